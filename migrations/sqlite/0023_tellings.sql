-- Where it is and when the doors open can change after an event is published: those who have tickets are told of it, too, and beside what
-- becomes of the event, because neither says the other.
create table event_tellings_new (
    event_id  integer not null references events (id),
    person_id integer not null references people (id),
    about     text    not null check (about in ('course', 'place')),
    what      text    not null check (what in ('live', 'changed', 'postponed', 'rescheduled', 'cancelled')),
    primary key (event_id, person_id, about)
) without rowid;
insert into event_tellings_new (event_id, person_id, about, what) select event_id, person_id, 'course', what from event_tellings;
drop table event_tellings;
alter table event_tellings_new rename to event_tellings;
