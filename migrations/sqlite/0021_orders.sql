-- What was given back, and why. A line is given back once: it is in one refund or in none.

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

-- How often a person has used a code: of their orders, those that were paid.
create index orders_promo on orders (promo_code_id, person_id) where promo_code_id is not null;
-- What a cancelled event still has to give back.
create index orders_event_paid on orders (event_id, id) where state in ('paid', 'partly_refunded');
