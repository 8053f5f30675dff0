-- The activity record: what happened, once and for all. Feeds, audit and figures read it (I32).

create table activity (
    id              integer primary key,
    organisation_id integer not null references organisations (id),
    person_id       integer references people (id), -- who did it; null: Plenum itself
    verb            text    not null,
    subject_kind    text    not null,
    subject_id      integer not null,
    subject_name    text    not null default '',    -- as it was called then
    about_id        integer references people (id), -- the other person: the new member, the message's author, the holder of the role
    conversation_id integer references conversations (id),
    details         text    not null default '{}',  -- JSON, never message bodies or secrets
    -- Who sees it in a feed: 'organisation' its people, 'conversation' the members of conversation_id, 'person' about_id, 'admins' nobody.
    -- No check: the catalogue of verbs says which there are, and a column's check cannot be changed when there is one more.
    audience        text    not null default 'admins',
    at              integer not null
);
create index activity_organisation on activity (organisation_id, id);
-- Feeds skip rows that only admins see.
create index activity_feeds on activity (organisation_id, id) where audience <> 'admins';
create index activity_conversation on activity (conversation_id, id) where audience = 'conversation';
create index activity_person on activity (person_id, id);
