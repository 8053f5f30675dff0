-- Payments by card, made on a gateway's own page. What the gateway has captured is in the account 'captured' until it pays an order, is
-- credited to a wallet, or is back with whoever paid: the balance of that account is what is still to be returned.
insert into account_kinds (kind) values ('captured');
-- capture: from outside; credit: into a wallet, because what it was for was not there any more; return: back outside.
insert into transfer_kinds (kind) values ('capture'), ('credit'), ('return');

-- The reference is the key under which the gateway is asked, so that it is written before anything is sent. A row that is closed (not
-- paid in time, declined) is captured all the same if the gateway says so later: it has the money then.
create table card_payments (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    person_id       integer not null references people (id),
    order_id        integer references orders (id),
    deposit_id      integer unique references deposits (id),
    reference       text    not null unique, -- what the gateway calls it; cannot be guessed
    state           text    not null check (state in ('open', 'closed', 'used', 'credited', 'returning', 'returned')),
    currency        text    not null check (length(currency) = 3),
    amount          integer not null check (amount > 0),
    title           text    not null,        -- what the gateway's page says is paid
    late            text    not null check (late in ('refund', 'wallet')), -- where money goes that comes too late
    session         text    unique,          -- the gateway's page; null until the gateway has said
    checkout_url    text    not null default '',
    intent          text    not null default '', -- what a refund names
    refund          text    not null default '', -- what the gateway calls the refund
    created_at      integer not null,
    expires_at      integer not null,
    look_at         integer,                 -- when the gateway is asked how it is; null: no more
    captured_at     integer,
    check ((order_id is null) <> (deposit_id is null)),
    check ((state in ('open', 'closed')) = (captured_at is null))
);
create index card_payments_order on card_payments (order_id, id) where order_id is not null;
create index card_payments_open on card_payments (person_id) where state = 'open';
create index card_payments_look on card_payments (look_at) where look_at is not null;
create index card_payments_returning on card_payments (id) where state = 'returning';
