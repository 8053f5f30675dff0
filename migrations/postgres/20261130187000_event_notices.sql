-- What is still to be said of an event, instead of a row for each of those who are told: they may be very many. A job reads them by their
-- id, some at a time; a later change begins anew. Its course and its place are two notices, because neither says the other.
create table event_notices (
    event_id     bigint  not null references events (id),
    about        text    not null check (about in ('course', 'place')),
    what         text    not null check (what in ('live', 'changed', 'postponed', 'rescheduled', 'cancelled')),
    at           bigint  not null, -- whose ticket or basket has ended since is told as well
    after_person bigint  not null default 0, -- people up to here have been told
    primary key (event_id, about)
);
-- The rows were deleted in the order of their people: the rest begins at the first of them.
insert into event_notices (event_id, about, what, at, after_person)
    select event_id, about, max(what), 9000000000000000, min(person_id) - 1 from event_tellings group by event_id, about;
drop table event_tellings;
create index tickets_event_person on tickets (event_id, person_id);
create index holds_event_person on holds (event_id, person_id);
create index waiting_event_person on waiting (event_id, person_id) where state in ('waiting', 'offered');
