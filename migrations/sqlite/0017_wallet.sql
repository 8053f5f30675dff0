-- Money on its way into wallets and out of them. What has moved is in the ledger; here is what is to move, and what was said of it.

-- A deposit is pending until its gateway answers. What came too late is expired; an approval that comes after that is credited all the
-- same, because the gateway has the person's money by then.
create table deposits (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    person_id       integer not null references people (id),
    adapter         text    not null,        -- which gateway: 'simulator'
    reference       text    not null unique, -- what the gateway calls it; cannot be guessed
    state           text    not null check (state in ('pending', 'completed', 'declined', 'expired')),
    currency        text    not null check (length(currency) = 3),
    amount          integer not null check (amount > 0),
    way             text    not null default '', -- where the person pays; empty until the gateway has said
    created_at      integer not null,
    expires_at      integer not null,
    ended_at        integer,
    check ((state = 'pending') = (ended_at is null))
);
create index deposits_person on deposits (person_id, id);
create index deposits_pending on deposits (person_id, currency) where state = 'pending';

-- What gateways answered, each once however often it came, and what came of it. Never changed.
create table gateway_answers (
    id         integer primary key autoincrement,
    deposit_id integer not null references deposits (id),
    answer     text    not null check (length(answer) between 1 and 64), -- what the gateway calls this answer
    outcome    text    not null check (outcome in ('approved', 'declined')),
    effect     text    not null check (effect in ('credited', 'declined', 'nothing', 'disputed')),
    at         integer not null,
    unique (deposit_id, answer)
);

-- What is requested is set aside at once. Whoever decides about it or pays it out is somebody else than whoever gets it.
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

-- Below which balance somebody is reminded, in minor units; who has no row has the default.
create table wallet_settings (
    person_id   integer primary key references people (id),
    low_balance integer not null check (low_balance >= 0)
);
