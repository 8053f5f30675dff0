-- Notifications, and how each person wants to receive them.

-- One row a person, made with their first notification or setting.
create table inboxes (
    person_id     integer primary key references people (id) on delete cascade,
    head          integer not null default 0, -- number of the newest notification; never given again
    quiet_from    integer check (quiet_from between 0 and 1439), -- minutes of the person's day; null: no quiet hours
    quiet_until   integer check (quiet_until between 0 and 1439),
    sound         boolean not null default false check (sound in (false, true)),
    -- The daily mail of what is unseen.
    digest        boolean not null default false check (digest in (false, true)),
    digest_hour   integer not null default 8 check (digest_hour between 0 and 23), -- of the person's day
    digest_texts  boolean not null default false check (digest_texts in (false, true)), -- the mail quotes the messages
    digest_due_at integer, -- the next one; null: none is scheduled
    digested_at   integer not null default 0,
    digested_to   integer not null default 0, -- the newest notification when the last one was made
    -- When a browser of the person's was here last, and the newest notification then; and the last long
    -- absence, which the visit that ends it does not move.
    here_at       integer,
    here_number   integer not null default 0,
    away_since    integer,
    away_number   integer not null default 0,
    back_at       integer,
    check ((quiet_from is null) = (quiet_until is null))
);
create index inboxes_digest_due on inboxes (digest_due_at) where digest_due_at is not null;

-- What a person does not want, by category; a category without a row is wanted.
create table notification_refusals (
    person_id integer not null references people (id) on delete cascade,
    category  text    not null,
    way       text    not null check (way in ('app', 'browser', 'mail')),
    primary key (person_id, category, way)
) without rowid;

create table notifications (
    id            integer primary key autoincrement, -- an id is never given again: pages remember what they have undone
    person_id     integer not null references people (id) on delete cascade,
    number        integer not null, -- place in the person's inbox; a higher one when it is news again
    category      text    not null,
    title         text    not null,
    text          text    not null default '',
    link          text    not null, -- a path of this site
    actor_id      integer references people (id),
    count         integer not null default 1, -- how many things it stands for
    subject       text,    -- what it is about: 'message:7'
    thread        text,    -- where that is, and which number it has there: read up to there, and it is read
    thread_number integer,
    place         text    not null default '', -- the thread's name: pages and mails group by it
    group_key     text,    -- while unread, what comes with the same key joins it
    created_at    integer not null,
    seen_at       integer,
    read_at       integer,
    acted_at      integer, -- its link was followed; a link to the inbox itself does not count
    archived_at   integer,
    snoozed_until integer,
    deleted_at    integer  -- hidden from its person; removed for good an hour later, until then it can come back
);
create unique index notifications_number on notifications (person_id, number);
create unique index notifications_group on notifications (person_id, group_key)
    where group_key is not null and read_at is null and archived_at is null and snoozed_until is null and deleted_at is null;
create index notifications_unread on notifications (person_id, category, seen_at)
    where read_at is null and archived_at is null and snoozed_until is null and deleted_at is null;
create index notifications_thread on notifications (person_id, thread, thread_number) where thread is not null and read_at is null;
create index notifications_subject on notifications (subject) where subject is not null;
create index notifications_snoozed on notifications (snoozed_until) where snoozed_until is not null;
create index notifications_deleted on notifications (deleted_at) where deleted_at is not null;
create index notifications_created on notifications (created_at);
