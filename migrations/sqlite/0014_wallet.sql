-- The ledger: double entry, in whole minor units. Nothing in it is ever changed; a mistake is
-- put right by another transfer.

-- Who or what holds money. The outside world is the account 'gateway', which goes below zero by
-- what has come in. A floor is what the balance may not fall below; null: there is none.
create table accounts (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null check (kind in ('person', 'gateway', 'withdrawals', 'sales')),
    person_id       integer references people (id),
    currency        text    not null check (length(currency) = 3),
    balance         integer not null default 0, -- the sum of its postings, changed in the transaction that posts
    floor           integer,
    created_at      integer not null,
    check ((kind = 'person') = (person_id is not null)),
    check (floor is null or balance >= floor)
);
create unique index accounts_person on accounts (person_id, currency) where person_id is not null;
create unique index accounts_own on accounts (organisation_id, kind, currency) where person_id is null;

-- Money that moves: why, and on whose behalf. The key is what makes it happen once.
create table transfers (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null check (kind in ('opening', 'deposit', 'withdrawal', 'withdrawal_returned', 'withdrawal_processed', 'payment', 'refund')),
    key             text    not null unique, -- 'payment:order:12'
    subject_id      integer not null,        -- the deposit, withdrawal or order that it is for
    note            text    not null default '', -- as a statement says it
    by_person_id    integer references people (id), -- null: Plenum itself
    at              integer not null
);

-- Its parts: what each account gets (above zero) or gives. The parts of a transfer sum to zero in each currency.
create table postings (
    id            integer primary key autoincrement,
    transfer_id   integer not null references transfers (id),
    account_id    integer not null references accounts (id),
    amount        integer not null check (amount <> 0),
    balance_after integer not null,
    unique (transfer_id, account_id)
);
create index postings_account on postings (account_id, id);

create trigger postings_stay before update on postings begin select raise(abort, 'postings are never changed'); end;
create trigger postings_remain before delete on postings begin select raise(abort, 'postings are never deleted'); end;
create trigger transfers_stay before update on transfers begin select raise(abort, 'transfers are never changed'); end;
create trigger transfers_remain before delete on transfers begin select raise(abort, 'transfers are never deleted'); end;
