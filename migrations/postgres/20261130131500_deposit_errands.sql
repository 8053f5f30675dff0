-- Where the person goes on when a deposit is paid: a path of this site, and until when what is there waits for them.
alter table deposits add column back_path text not null default '' check (back_path = '' or back_path like '/%');
alter table deposits add column back_until bigint check (back_until is null or back_path <> '');
