-- Events as their organisers change them, and what their visitors are told.

-- Whoever saves says which version they saw: two who write at once do not overwrite one another.
alter table events add column version integer not null default 1;
alter table ticket_types add column version integer not null default 1;
-- What is due next, by state.
create index events_due on events (state, starts_at, ends_at);

-- The same picture for lists.
alter table pictures add column small blob;

-- Who is still to be told what has become of an event; a row goes when they are told. What comes later replaces what they have not
-- heard yet.
create table event_tellings (
    event_id  integer not null references events (id),
    person_id integer not null references people (id),
    what      text    not null check (what in ('live', 'postponed', 'rescheduled', 'cancelled')),
    primary key (event_id, person_id)
) without rowid;
