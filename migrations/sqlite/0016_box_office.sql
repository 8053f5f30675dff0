-- Events, their places, and who has them. What may not happen is refused by an index or a check:
-- a seat is in one hold and in one sold order line, and no more is sold than there is.

-- Uploaded pictures, made anew by the server from what was sent.
create table pictures (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    uploaded_by     integer not null references people (id),
    media_type      text    not null,
    width           integer not null,
    height          integer not null,
    bytes           blob    not null check (length(bytes) <= 5242880),
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
    check (ends_at > starts_at and sales_until > sales_from)
);
create index events_organisation on events (organisation_id, starts_at);

-- A kind of ticket. Seats of a seated one carry its id; a standing one has a capacity of its own.
create table ticket_types (
    id       integer primary key autoincrement,
    event_id integer not null references events (id),
    position integer not null,
    name     text    not null check (length(name) between 1 and 60),
    price    integer not null check (price >= 0), -- minor units of the event's currency
    seated   integer not null check (seated in (0, 1)),
    capacity integer not null check (capacity >= 0), -- of a seated one: how many seats it has
    sold     integer not null default 0,
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

-- A claim on places until a time. Whether it still holds is judged when it is read; `state` says what became of it.
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

-- One row a seat: it is in one hold, or in none. A row whose time has passed claims nothing.
create table held_seats (
    seat_id integer primary key references seats (id),
    hold_id integer not null references holds (id),
    until   integer not null
) without rowid;
create index held_seats_hold on held_seats (hold_id);
create index held_seats_until on held_seats (until);

-- The places of standing ticket types in a hold.
create table held_places (
    hold_id        integer not null references holds (id),
    ticket_type_id integer not null references ticket_types (id),
    quantity       integer not null check (quantity > 0),
    until          integer not null,
    primary key (hold_id, ticket_type_id)
) without rowid;
create index held_places_type on held_places (ticket_type_id, until);

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

-- One place each. Sold: it is paid, and its place is somebody's.
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
