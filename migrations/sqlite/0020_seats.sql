-- Seats as they are watched: what is held is counted from an index alone, holds that end are found at once; and those who wait.

-- The seat's, repeated here: how many of a type are held is then counted without looking at a single seat.
alter table held_seats add column ticket_type_id integer references ticket_types (id);
update held_seats set ticket_type_id = (select ticket_type_id from seats where id = held_seats.seat_id);
create index held_seats_type on held_seats (ticket_type_id, until);

create index holds_until on holds (until) where state = 'active';

-- Who wants a place of a ticket type that is sold out: first come, first served. `lasts` and `extensions` are the terms of
-- the hold that is offered, as they were when its owner joined.
create table waiting (
    id             integer primary key autoincrement,
    event_id       integer not null references events (id),
    ticket_type_id integer not null references ticket_types (id),
    person_id      integer not null references people (id),
    state          text    not null check (state in ('waiting', 'offered', 'taken', 'lapsed', 'left')),
    lasts          integer not null check (lasts > 0),
    extensions     integer not null,
    hold_id        integer references holds (id), -- what was offered
    created_at     integer not null,
    check ((state in ('offered', 'taken', 'lapsed')) <= (hold_id is not null))
);
create unique index waiting_once on waiting (ticket_type_id, person_id) where state in ('waiting', 'offered');
create index waiting_next on waiting (event_id, ticket_type_id, id) where state = 'waiting';
create index waiting_person on waiting (person_id, event_id) where state in ('waiting', 'offered');
create index waiting_hold on waiting (hold_id) where state = 'offered';
-- Whoever buys what they were offered has it, whatever it is bought with.
create trigger waiting_taken after update of state on holds when new.state = 'bought' begin
    update waiting set state = 'taken' where hold_id = new.id and state = 'offered';
end;
