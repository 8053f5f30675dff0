-- The bank accounts that withdrawals go to, sealed; and the files with which the organisation's bank pays them.

-- A bank account as it is shown: 'DE89 … 3000'. Empty: the owner of the withdrawal is asked for it.
alter table withdrawals add column account text not null default '' check (length(account) <= 20);

-- Its details. The key is in a file outside the database. Only withdrawals of before have them as plain text, in `note`: a job seals
-- that and empties it.
create table withdrawal_accounts (
    withdrawal_id integer primary key references withdrawals (id),
    key_id        text    not null check (length(key_id) = 16),
    sealed        blob    not null
);
create index withdrawals_plain on withdrawals (id) where note <> '';

-- A statement shows the account shortened. The note is no part of the money, so that clearing it changes no sum.
drop trigger transfers_stay;
update transfers set note = '' where kind in ('withdrawal', 'withdrawal_returned', 'withdrawal_processed');
create trigger transfers_stay before update on transfers begin select raise(abort, 'transfers are never changed'); end;

-- The organisation's own account, which its withdrawals are paid from.
create table payer_accounts (
    organisation_id integer primary key references organisations (id),
    name            text    not null check (length(name) between 1 and 70),
    account         text    not null check (length(account) <= 20), -- as it is shown; empty: its key is lost
    key_id          text    not null check (length(key_id) = 16),
    sealed          blob    not null,
    changed_by      integer not null references people (id),
    changed_at      integer not null
);

-- A payment file, made whole in one transaction: its bytes, sealed, are what each download gives.
create table payment_files (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    message_id      text    not null unique check (length(message_id) between 1 and 35),
    state           text    not null check (state in ('made', 'processing', 'processed')),
    transactions    integer not null check (transactions > 0),
    sum             integer not null check (sum > 0), -- in cents: a file is in euros
    account         text    not null, -- the payer's, as it is shown
    key_id          text    not null check (length(key_id) = 16),
    sealed          blob    not null,
    made_by         integer not null references people (id),
    made_at         integer not null,
    processed_by    integer references people (id),
    processed_at    integer,
    ended_at        integer,
    check ((state = 'made') = (processed_by is null)),
    check ((processed_by is null) = (processed_at is null)),
    check ((state = 'processed') = (ended_at is not null))
);
create index payment_files_organisation on payment_files (organisation_id, id);
create index payment_files_open on payment_files (organisation_id) where state <> 'processed';

-- A withdrawal is in one file at the most.
create table payment_file_items (
    withdrawal_id integer primary key references withdrawals (id),
    file_id       integer not null references payment_files (id)
);
create index payment_file_items_file on payment_file_items (file_id, withdrawal_id);
