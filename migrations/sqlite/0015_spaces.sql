-- What people join, and who is in it.

create table spaces (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null check (kind in ('event')),
    name            text    not null check (length(name) between 1 and 120),
    conversation_id integer references conversations (id), -- its room
    created_at      integer not null
);

create table space_members (
    space_id  integer not null references spaces (id),
    person_id integer not null references people (id),
    staff     integer not null default 0 check (staff in (0, 1)),
    joined_at integer not null,
    primary key (space_id, person_id)
) without rowid;
create index space_members_person on space_members (person_id);

-- A space's room has the space's name, and several spaces may have the same one.
alter table conversations add column space_id integer references spaces (id);
drop index conversations_room_name;
create unique index conversations_room_name on conversations (organisation_id, lower(name)) where kind = 'room' and space_id is null;
