-- The live layer and the store's own tables: the log, its numbers, idempotent replies, jobs.

-- One row. The epoch makes cursors of another database or of a restored backup void.
create table live_epoch (
    id          integer primary key check (id = 1),
    epoch       text    not null,
    live_schema integer not null
);

-- One row a channel that was ever announced on. `seq` is the last number given and
-- `floor` the highest number ever pruned; pruning rows of the log never touches `seq`.
-- Application 0 is Plenum's own.
create table channels (
    id          integer primary key,
    application integer not null,
    name        text    not null,
    seq         integer not null default 0,
    floor       integer not null default 0,
    unique (application, name),
    check (floor <= seq)
);

-- The log. A state event carries a key and replaces the older row of that key.
create table live_log (
    channel_id integer not null references channels (id),
    seq        integer not null,
    key        text,
    event      text    not null,
    data       text    not null,
    at         integer not null,
    primary key (channel_id, seq)
) without rowid;
create unique index live_log_key on live_log (channel_id, key) where key is not null;
create index live_log_at on live_log (at);

-- Replies to commands that carried an idempotency key, for 24 hours (I6).
create table idempotency (
    person_id  integer not null,
    key        text    not null,
    request    blob    not null, -- SHA-256 of command and arguments
    reply      text    not null,
    created_at integer not null,
    primary key (person_id, key)
) without rowid;
create index idempotency_created_at on idempotency (created_at);

-- Work that is due at a time: retention, retries, expiries, schedules.
create table jobs (
    id           integer primary key,
    kind         text    not null,
    payload      text    not null,
    unique_key   text    unique, -- at most one waiting job of this key
    due_at       integer not null,
    leased_until integer,
    attempts     integer not null default 0,
    last_error   text,
    created_at   integer not null
);
create index jobs_due_at on jobs (due_at);

-- Jobs that failed three times, until an admin retries or removes them. A job that is retried
-- keeps its key, so that one job of a key waits.
create table dead_letters (
    id         integer primary key,
    kind       text    not null,
    payload    text    not null,
    error      text    not null,
    attempts   integer not null,
    created_at integer not null,
    died_at    integer not null,
    unique_key text
);
create index dead_letters_kind on dead_letters (kind);
