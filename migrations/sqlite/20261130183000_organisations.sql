-- Organisations as the operator runs them: suspended and resumed, limited; and what each says and looks like.

alter table organisations add column suspended_at integer; -- null: it is not
alter table organisations add column postal_address text not null default '' check (length(postal_address) <= 500);
alter table organisations add column hue integer check (hue between 0 and 359); -- of its colour; null: Plenum's own
alter table organisations add column logo_id integer references pictures (id);

-- What anyone may read of an organisation. No row: it has no such page.
create table organisation_pages (
    organisation_id integer not null references organisations (id) on delete cascade,
    page            text    not null check (page in ('imprint', 'privacy')),
    text            text    not null check (length(text) between 1 and 20000),
    html            text    not null, -- rendered and sanitised when it was written
    primary key (organisation_id, page)
) without rowid;

-- What the operator allows an organisation. No row: as much as it likes. Messages of one day (UTC) are counted here.
create table organisation_limits (
    organisation_id integer primary key references organisations (id) on delete cascade,
    people          integer check (people >= 1),
    messages_a_day  integer check (messages_a_day >= 1),
    day             integer not null default 0,
    messages_today  integer not null default 0
);

-- A job that waits until its organisation is no longer suspended.
alter table jobs add column held_for integer;
create index jobs_held on jobs (held_for) where held_for is not null;
