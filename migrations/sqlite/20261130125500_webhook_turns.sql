-- A delivery says itself when it is to be tried: an organisation has one job, which sends what is due of all its applications.

alter table webhook_deliveries add column due_at integer not null default 0; -- tried (again) from then on
create index webhook_deliveries_due on webhook_deliveries (application_id, due_at) where done_at is null;

delete from jobs where kind = 'webhook.deliver';
insert into jobs (kind, payload, unique_key, due_at, created_at)
select 'webhook.deliver', '{"organisation":' || organisation_id || '}', 'webhook.deliver:' || organisation_id, 0, min(d.created_at)
from webhook_deliveries d join applications a on a.id = d.application_id where d.done_at is null group by organisation_id;
