-- Spaces, conversations, their members, and messages.

-- Rows instead of a check, which SQLite cannot change: a feature that brings a kind inserts it in its own migration.
create table space_kinds (
    kind text not null primary key
) without rowid;
insert into space_kinds (kind) values ('event');

-- What people join.
create table spaces (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null references space_kinds (kind),
    name            text    not null check (length(name) between 1 and 120),
    conversation_id integer references conversations (id), -- its room
    created_at      integer not null
);

create table space_members (
    space_id  integer not null references spaces (id),
    person_id integer not null references people (id),
    staff     boolean not null default false check (staff in (false, true)),
    joined_at integer not null,
    primary key (space_id, person_id)
) without rowid;
create index space_members_person on space_members (person_id);

-- Rows for the reason of space_kinds.
create table conversation_kinds (
    kind text not null primary key
) without rowid;
insert into conversation_kinds (kind) values ('room'), ('group'), ('direct');

create table conversations (
    id              integer primary key,
    organisation_id integer not null references organisations (id),
    kind            text    not null references conversation_kinds (kind),
    access          text    not null check (access in ('open', 'private')),
    general         boolean not null default false check (general in (false, true)),
    name            text    not null default '',
    topic           text    not null default '',
    direct_key      text,    -- 'smaller:larger' person id: one direct conversation per pair
    head            integer not null default 0, -- number of the last message
    member_count    integer not null default 0,
    created_by      integer references people (id),
    created_at      integer not null,
    space_id        integer references spaces (id), -- the space whose room it is
    check (kind = 'direct' or direct_key is null)
);
create unique index conversations_direct on conversations (organisation_id, direct_key) where direct_key is not null;
create unique index conversations_general on conversations (organisation_id) where general;
-- A space's room has the space's name, and several spaces may have the same one.
create unique index conversations_room_name on conversations (organisation_id, lower(name)) where kind = 'room' and space_id is null;

create table memberships (
    conversation_id  integer not null references conversations (id),
    person_id        integer not null references people (id),
    owner            boolean not null default false check (owner in (false, true)),
    read_number      integer not null default 0, -- never moves back (I12)
    delivered_number integer not null default 0,
    shown_read       integer not null default 0, -- what others see; does not move while read marks are off
    unread_from      integer,
    muted            boolean not null default false check (muted in (false, true)),
    joined_at        integer not null,
    primary key (conversation_id, person_id)
) without rowid;
create index memberships_person on memberships (person_id);

create table messages (
    id              integer primary key,
    conversation_id integer not null references conversations (id),
    number          integer not null, -- 1, 2, 3… without gaps (I7)
    author_id       integer not null references people (id),
    text            text    not null,
    html            text    not null,
    reply_to        integer references messages (id),
    key             text    not null, -- the sender's idempotency key, for ever (I6, I8)
    sent_at         integer not null,
    edited_at       integer,
    deleted_at      integer,
    unique (conversation_id, number)
);
create unique index messages_key on messages (author_id, key);
create index messages_reply_to on messages (reply_to) where reply_to is not null;

create table mentions (
    message_id integer not null references messages (id),
    person_id  integer not null references people (id),
    primary key (message_id, person_id)
) without rowid;

create table reactions (
    message_id integer not null references messages (id),
    person_id  integer not null references people (id),
    emoji      text    not null,
    at         integer not null,
    primary key (message_id, emoji, person_id)
) without rowid;

-- Full text of the messages that are not deleted; maintained by the functions that write messages. The
-- text itself is read from messages; a deleted one is erased from the index, not only marked.
create virtual table message_search using fts5 (text, content = 'messages', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2");
insert into message_search (message_search, rank) values ('secure-delete', 1);
