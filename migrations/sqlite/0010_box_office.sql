-- The box office: events, seat plans, holds, the waiting list, orders, tickets, check-ins. What may not happen is refused by an
-- index or a check: a seat is in one hold and in one sold order line, and no more is sold than there is.

-- Uploaded pictures, encoded again by the server from what was sent.
create table pictures (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    uploaded_by     integer not null references people (id),
    media_type      text    not null,
    width           integer not null,
    height          integer not null,
    bytes           blob    not null check (length(bytes) <= 5242880),
    small           blob, -- the same picture for lists
    created_at      integer not null
);

create table events (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    space_id        integer not null unique references spaces (id),
    state           text    not null check (state in ('draft', 'published', 'live', 'ended', 'postponed', 'cancelled')),
    title           text    not null check (length(title) between 1 and 120),
    description     text    not null default '',
    html            text    not null default '', -- of the description, made when it was written
    place           text    not null check (place in ('hall', 'virtual')),
    venue           text    not null default '',
    zone            text    not null, -- IANA name of the venue's time zone
    doors_at        integer,
    starts_at       integer not null,
    ends_at         integer not null,
    sales_from      integer not null,
    sales_until     integer not null,
    currency        text    not null check (length(currency) = 3),
    places_each     integer not null default 6 check (places_each between 1 and 50), -- at most so many for one person
    picture_id      integer references pictures (id),
    note            text    not null default '', -- why it was postponed or cancelled
    created_by      integer not null references people (id),
    created_at      integer not null,
    published_at    integer,
    version         integer not null default 1, -- a save names the version it saw: two people who write at once do not overwrite one another
    check (ends_at > starts_at and sales_until > sales_from)
);
create index events_organisation on events (organisation_id, starts_at);
-- What is due next, by state.
create index events_due on events (state, starts_at, ends_at);

-- Notices about an event that are still to be sent; a row is deleted when its notice is sent. A later change replaces what was not
-- sent yet. Its course and its place are two notices, because neither says the other.
create table event_tellings (
    event_id  integer not null references events (id),
    person_id integer not null references people (id),
    about     text    not null check (about in ('course', 'place')),
    what      text    not null check (what in ('live', 'changed', 'postponed', 'rescheduled', 'cancelled')),
    primary key (event_id, person_id, about)
) without rowid;

-- A kind of ticket. Seats of a seated one carry its id; a standing one has a capacity of its own.
create table ticket_types (
    id       integer primary key autoincrement,
    event_id integer not null references events (id),
    position integer not null,
    name     text    not null check (length(name) between 1 and 60),
    price    integer not null check (price >= 0), -- minor units of the event's currency
    seated   boolean not null check (seated in (false, true)),
    capacity integer not null check (capacity >= 0), -- of a seated one: how many seats it has
    sold     integer not null default 0,
    version  integer not null default 1, -- as in events
    check (sold between 0 and capacity),
    unique (event_id, position)
);

create table sections (
    id       integer primary key autoincrement,
    event_id integer not null references events (id),
    position integer not null,
    name     text    not null check (length(name) between 1 and 60),
    unique (event_id, position)
);

-- Where a seat is drawn: x and y in tenths of a seat's width from the top left corner of the plan.
create table seats (
    id             integer primary key autoincrement,
    event_id       integer not null references events (id),
    section_id     integer not null references sections (id),
    ticket_type_id integer not null references ticket_types (id),
    row            text    not null check (length(row) between 1 and 8),
    number         integer not null check (number between 1 and 999),
    kind           text    not null default 'standard' check (kind in ('standard', 'accessible', 'companion', 'restricted')),
    x              integer not null,
    y              integer not null,
    unique (section_id, row, number)
);
create index seats_event on seats (event_id, id);
-- How many seats a ticket type has is counted after each change.
create index seats_ticket_type on seats (ticket_type_id);

-- How often an event's seat plan was changed. A change names the version that it was made to; with another one the editor reads the
-- plan again. `before` is the plan before the last change, as JSON.
create table plans (
    event_id   integer primary key references events (id),
    version    integer not null default 0,
    before     text,
    changed_by integer references people (id),
    changed_at integer,
    check ((before is null) or (changed_by is not null))
);

-- A plan that is made in steps from another one: from a table, from another event's plan, or from the plan before the last change.
-- `target` is the whole plan as it is to be; each step brings the plan nearer, so that nothing is lost or done twice when a process ends.
create table plan_imports (
    id              integer primary key autoincrement,
    event_id        integer not null references events (id),
    person_id       integer not null references people (id), -- who follows it
    source          text    not null check (source in ('table', 'copy', 'undo')),
    mode            text    not null check (mode in ('replace', 'add')),
    state           text    not null check (state in ('checked', 'running', 'done', 'cancelled', 'failed')),
    base            integer not null,           -- the version that it was checked against
    lines           integer not null,           -- of the table
    wrong           integer not null,           -- of these
    report          text    not null,           -- the first of the wrong lines, JSON
    target          text    not null,
    steps           integer not null,           -- seats to be written
    written         integer not null default 0, -- of these
    kept            integer not null default 0, -- seats that were taken meanwhile and were not changed
    failure         text    not null default '',
    created_at      integer not null,
    ended_at        integer
);
create index plan_imports_event on plan_imports (event_id, id);
create unique index plan_imports_running on plan_imports (event_id) where state = 'running';

-- A claim on places until a time. Whether it is still valid is judged when it is read; `state` says how it ended.
create table holds (
    id         integer primary key autoincrement,
    event_id   integer not null references events (id),
    person_id  integer not null references people (id),
    state      text    not null check (state in ('active', 'released', 'expired', 'bought')),
    until      integer not null,
    extensions integer not null default 0,
    created_at integer not null
);
-- One basket for each person and event.
create unique index holds_active on holds (event_id, person_id) where state = 'active';
create index holds_until on holds (until) where state = 'active';
create index holds_event on holds (event_id, state);

-- One row a seat: it is in one hold, or in none. A row whose time has passed claims nothing.
create table held_seats (
    seat_id        integer primary key references seats (id),
    hold_id        integer not null references holds (id),
    until          integer not null,
    ticket_type_id integer references ticket_types (id) -- the seat's, repeated: how many of a type are held is counted from an index alone
) without rowid;
create index held_seats_hold on held_seats (hold_id);
create index held_seats_until on held_seats (until);
create index held_seats_type on held_seats (ticket_type_id, until);

-- The places of standing ticket types in a hold.
create table held_places (
    hold_id        integer not null references holds (id),
    ticket_type_id integer not null references ticket_types (id),
    quantity       integer not null check (quantity > 0),
    until          integer not null,
    primary key (hold_id, ticket_type_id)
) without rowid;
create index held_places_type on held_places (ticket_type_id, until);

-- The waiting list of a ticket type that is sold out: first come, first served. `lasts` and `extensions` are the terms of
-- the hold that is offered, as they were when the person joined the list.
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
-- A trigger, because an offered hold is bought in more than one place, and each of them ends the wait.
create trigger waiting_taken after update of state on holds when new.state = 'bought' begin
    update waiting set state = 'taken' where hold_id = new.id and state = 'offered';
end;

create table promo_codes (
    id         integer primary key autoincrement,
    event_id   integer not null references events (id),
    code       text    not null check (length(code) between 3 and 24), -- upper case
    percent    integer check (percent between 1 and 100),
    amount     integer check (amount > 0), -- off the whole order
    uses       integer not null default 0,
    most_uses  integer check (most_uses > 0),
    most_each  integer check (most_each > 0), -- orders of one person
    from_at    integer,
    until_at   integer,
    ended_at   integer,
    created_at integer not null,
    unique (event_id, code),
    check ((percent is null) <> (amount is null)),
    check (most_uses is null or uses <= most_uses)
);

create table orders (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    event_id        integer not null references events (id),
    person_id       integer not null references people (id),
    hold_id         integer not null unique references holds (id), -- one order of a hold
    number          text    not null unique,
    state           text    not null check (state in ('draft', 'awaiting_payment', 'paid', 'partly_refunded', 'refunded', 'cancelled', 'expired')),
    currency        text    not null check (length(currency) = 3),
    subtotal        integer not null check (subtotal >= 0),
    discount        integer not null default 0 check (discount between 0 and subtotal),
    refunded        integer not null default 0 check (refunded between 0 and subtotal - discount),
    promo_code_id   integer references promo_codes (id),
    created_at      integer not null,
    paid_at         integer,
    ended_at        integer
);
create index orders_person on orders (person_id, id);
create index orders_event on orders (event_id, id);
-- How often a person has used a code: of their orders, those that were paid.
create index orders_promo on orders (promo_code_id, person_id) where promo_code_id is not null;
-- What a cancelled event still has to refund.
create index orders_event_paid on orders (event_id, id) where state in ('paid', 'partly_refunded');
-- What the desk and the operations board count.
create index orders_paid on orders (event_id, paid_at) where paid_at is not null;
create index orders_paid_lately on orders (paid_at) where paid_at is not null;

-- One place each. Sold: the order is paid.
create table order_lines (
    id             integer primary key autoincrement,
    order_id       integer not null references orders (id),
    ticket_type_id integer not null references ticket_types (id),
    seat_id        integer references seats (id),
    state          text    not null check (state in ('open', 'sold', 'refunded', 'void')),
    price          integer not null check (price >= 0),
    discount       integer not null default 0 check (discount between 0 and price)
);
create index order_lines_order on order_lines (order_id);
-- No seat is sold twice (I1).
create unique index order_lines_seat on order_lines (seat_id) where seat_id is not null and state = 'sold';
-- A seat that is removed from a plan is looked for in all orders.
create index order_lines_of_seat on order_lines (seat_id) where seat_id is not null;

-- What was refunded, and why. A line is refunded once: it is in one refund or in none.
create table refunds (
    id           integer primary key autoincrement,
    order_id     integer not null references orders (id),
    reason       text    not null check (length(reason) between 1 and 300),
    amount       integer not null check (amount >= 0), -- minor units of the order's currency
    by_person_id integer references people (id),        -- null: Plenum itself, of a cancelled event
    at           integer not null
);
create index refunds_order on refunds (order_id, id);

create table refund_lines (
    order_line_id integer primary key references order_lines (id),
    refund_id     integer not null references refunds (id)
) without rowid;
create index refund_lines_refund on refund_lines (refund_id);

create table tickets (
    id            integer primary key autoincrement,
    event_id      integer not null references events (id),
    person_id     integer not null references people (id),
    order_line_id integer not null unique references order_lines (id),
    state         text    not null check (state in ('valid', 'used', 'void')),
    created_at    integer not null,
    used_at       integer,
    checked_by    integer references people (id),
    check ((state = 'used') <= (used_at is not null))
);
create index tickets_event on tickets (event_id, id);
create index tickets_person on tickets (person_id, id);
create index tickets_state on tickets (event_id, state);

-- Check-ins at the doors: a row for each admission, also if it was undone.
create table check_ins (
    id        integer primary key autoincrement,
    event_id  integer not null references events (id),
    ticket_id integer not null references tickets (id),
    person_id integer not null references people (id), -- who checked the ticket
    at        integer not null,
    undone_at integer
);
create index check_ins_event on check_ins (event_id, id);
-- A ticket admits once, however many doors there are.
create unique index check_ins_ticket on check_ins (ticket_id) where undone_at is null;
