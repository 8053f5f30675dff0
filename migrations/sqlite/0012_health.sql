-- What is needed to say whether all is well.

-- A job that is tried again has the key it had: one of its key waits.
alter table dead_letters add column unique_key text;
create index dead_letters_kind on dead_letters (kind);

-- Backups that `plenum backup` has made of this database; the last few.
create table backups (
    id    integer primary key,
    at    integer not null,
    bytes integer not null
);

-- One row that is written to see whether writing works, and when that was last: a clock that
-- says less than this has been set back.
create table pulse (
    id integer primary key check (id = 1),
    at integer not null
);
