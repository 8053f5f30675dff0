-- Making seat plans: how often a plan was changed, what it was before the last change, and tables on their way into one.

-- Its version is what a change was made to; whoever has another one looks again. `before` is the plan as JSON.
create table plans (
    event_id   integer primary key references events (id),
    version    integer not null default 0,
    before     text,
    changed_by integer references people (id),
    changed_at integer,
    check ((before is null) or (changed_by is not null))
);

-- A plan that is made of another one in steps: of a table, of another event's, or of what it was before.
-- `target` is the whole plan as it is to be; a step leaves it nearer, so that nothing is lost or done twice when a process ends.
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
    kept            integer not null default 0, -- seats that were taken meanwhile and stayed as they are
    failure         text    not null default '',
    created_at      integer not null,
    ended_at        integer
);
create index plan_imports_event on plan_imports (event_id, id);
create unique index plan_imports_running on plan_imports (event_id) where state = 'running';

-- How many seats a ticket type has is counted after each change; and a seat that goes is looked for in orders.
create index seats_ticket_type on seats (ticket_type_id);
create index order_lines_of_seat on order_lines (seat_id) where seat_id is not null;
