-- People who are suspended or removed, and what is still to be done about them.

alter table people add column state text not null default 'active' check (state in ('active', 'suspended', 'removed'));
alter table people add column state_at integer; -- since when; null: since they registered
create index people_inactive on people (id) where state <> 'active';

-- One row a person whose leaving is not done yet: what they ran passes on, and the data of those who were removed is erased, step by step.
create table departures (
    person_id    integer primary key references people (id),
    successor_id integer references people (id), -- who runs what they ran; null: what they had planned ends
    name         text    not null, -- of those who were removed: what is looked for; else empty
    email        text    not null,
    step         text    not null, -- what is done next
    place        integer not null default 0 -- how far that is
);
