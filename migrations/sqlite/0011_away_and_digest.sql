-- How long somebody was away, and the mail a day.

-- Where it happened, if that has a name: a conversation's. Pages and mails put together what happened in one place.
alter table notifications add column place text not null default '';

-- When a browser of the person's was here last, and the newest notification then; and the last long absence, which the visit that
-- ends it does not move.
alter table inboxes add column here_at integer;
alter table inboxes add column here_number integer not null default 0;
alter table inboxes add column away_since integer;
alter table inboxes add column away_number integer not null default 0;
alter table inboxes add column back_at integer;

alter table inboxes add column digest_hour integer not null default 8 check (digest_hour between 0 and 23); -- of the person's day
alter table inboxes add column digest_texts integer not null default 0 check (digest_texts in (0, 1)); -- what was said stands in it
alter table inboxes add column digest_due_at integer; -- the next one; null while there is none to come
alter table inboxes add column digested_to integer not null default 0; -- the newest notification when the last one was made
create index inboxes_digest_due on inboxes (digest_due_at) where digest_due_at is not null;

-- Who was here before this was written down.
update inboxes set here_at = (select last_seen_at from people where people.id = inboxes.person_id);
update inboxes set here_number = (
    select coalesce(max(number), 0) from notifications n where n.person_id = inboxes.person_id and n.created_at <= inboxes.here_at
);
