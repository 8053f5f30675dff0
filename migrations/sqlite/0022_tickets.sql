-- What happened at the doors: a row for each time somebody was let in, also if that was taken back.
create table check_ins (
    id        integer primary key autoincrement,
    event_id  integer not null references events (id),
    ticket_id integer not null references tickets (id),
    person_id integer not null references people (id), -- who let them in
    at        integer not null,
    undone_at integer
);
create index check_ins_event on check_ins (event_id, id);
-- A ticket is let in once, however many doors there are.
create unique index check_ins_ticket on check_ins (ticket_id) where undone_at is null;

-- What the doors, the desk and the operations board count.
create index tickets_state on tickets (event_id, state);
create index orders_paid on orders (event_id, paid_at) where paid_at is not null;
create index orders_paid_lately on orders (paid_at) where paid_at is not null;
create index holds_event on holds (event_id, state);
create index if not exists transfers_at on transfers (at);
