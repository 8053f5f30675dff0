-- Money: the ledger, deposits and withdrawals.

-- Rows instead of a check, which SQLite cannot change: a feature that brings a kind inserts it in its own migration.
create table account_kinds (
    kind text not null primary key
) without rowid;
insert into account_kinds (kind) values ('person'), ('gateway'), ('withdrawals'), ('sales');

-- Who or what holds money. The outside world is the account 'gateway', which goes below zero by
-- what has come in. A floor is what the balance may not fall below; null: there is none.
create table accounts (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null references account_kinds (kind),
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

-- Rows for the reason of account_kinds.
create table transfer_kinds (
    kind text not null primary key
) without rowid;
insert into transfer_kinds (kind) values
    ('opening'), ('deposit'), ('payment'), ('refund'),
    ('withdrawal'), ('withdrawal_returned'), ('withdrawal_processed');

-- Double entry, in whole minor units. A movement of money: why, and on whose behalf. The key makes it happen once.
create table transfers (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    kind            text    not null references transfer_kinds (kind),
    key             text    not null unique, -- 'payment:order:12'
    subject_id      integer not null,        -- the deposit, withdrawal or order that it is for
    note            text    not null default '', -- as a statement says it
    by_person_id    integer references people (id), -- null: Plenum itself
    at              integer not null
);
create index transfers_at on transfers (at);

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

-- Nothing in the ledger is ever changed; a mistake is corrected by another transfer. Triggers, because no statement of any feature,
-- of a later version or of an operator at a console is to be trusted with it.
create trigger postings_stay before update on postings begin select raise(abort, 'postings are never changed'); end;
create trigger postings_remain before delete on postings begin select raise(abort, 'postings are never deleted'); end;
create trigger transfers_stay before update on transfers begin select raise(abort, 'transfers are never changed'); end;
create trigger transfers_remain before delete on transfers begin select raise(abort, 'transfers are never deleted'); end;

-- A deposit is pending until its gateway answers. One that is answered too late has expired; an approval that comes after that is
-- credited all the same, because the gateway has the person's money by then.
create table deposits (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    person_id       integer not null references people (id),
    adapter         text    not null,        -- which gateway: 'simulator'
    reference       text    not null unique, -- what the gateway calls it; cannot be guessed
    state           text    not null check (state in ('pending', 'completed', 'declined', 'expired')),
    currency        text    not null check (length(currency) = 3),
    amount          integer not null check (amount > 0),
    checkout_url    text    not null default '', -- where the person pays; empty until the gateway has said
    created_at      integer not null,
    expires_at      integer not null,
    ended_at        integer,
    check ((state = 'pending') = (ended_at is null))
);
create index deposits_person on deposits (person_id, id);
create index deposits_pending on deposits (person_id, currency) where state = 'pending';

-- What gateways answered, each answer once however often it came, and its effect. Never changed.
create table gateway_answers (
    id         integer primary key autoincrement,
    deposit_id integer not null references deposits (id),
    answer     text    not null check (length(answer) between 1 and 64), -- what the gateway calls this answer
    outcome    text    not null check (outcome in ('approved', 'declined')),
    effect     text    not null check (effect in ('credited', 'declined', 'nothing', 'disputed')),
    at         integer not null,
    unique (deposit_id, answer)
);

-- The amount is set aside when it is requested. The person who decides about it or pays it out is not the person who receives it.
create table withdrawals (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    person_id       integer not null references people (id),
    state           text    not null check (state in ('requested', 'approved', 'rejected', 'processed', 'cancelled')),
    currency        text    not null check (length(currency) = 3),
    amount          integer not null check (amount > 0),
    note            text    not null default '' check (length(note) <= 140),   -- where it is to go, in its owner's words
    reason          text    not null default '' check (length(reason) <= 240), -- why it was rejected
    created_at      integer not null,
    decided_by      integer references people (id),
    decided_at      integer,
    processed_by    integer references people (id),
    ended_at        integer,
    check (decided_by <> person_id),
    check (processed_by <> person_id),
    check ((state in ('requested', 'approved')) = (ended_at is null))
);
create index withdrawals_person on withdrawals (person_id, id);
create index withdrawals_open on withdrawals (organisation_id, person_id, currency) where state in ('requested', 'approved');
create index withdrawals_organisation on withdrawals (organisation_id, id);

-- The balance below which a person is reminded, in minor units; a person without a row has the default.
create table wallet_settings (
    person_id   integer primary key references people (id),
    low_balance integer not null check (low_balance >= 0)
);
