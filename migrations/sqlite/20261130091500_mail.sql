-- Mails, and the addresses that have refused them for good.

-- A mail is a row of the transaction that is its cause; a job sends it. Its content may hold a link that lets somebody in: it is erased
-- when the mail has reached a final state.
create table mails (
    id              integer primary key autoincrement, -- an id is never given again: a job that was put back names it
    organisation_id integer not null references organisations (id) on delete cascade,
    name            text    not null unique, -- the left half of its Message-ID, the same at each try
    kind            text    not null check (kind in ('password_reset', 'invitation', 'digest')),
    about           text    not null, -- 'invitation:7': what it is about, by which it is withdrawn
    recipient       text    not null,
    subject         text    not null,
    text            text    not null,
    html            text,
    unsubscribe     text,             -- the address at which mails like this one are stopped
    state           text    not null default 'waiting'
        check (state in ('waiting', 'sent', 'refused', 'withheld', 'failed', 'expired', 'withdrawn', 'unanswered')),
    attempts        integer not null default 0,
    -- How often its content was handed to a mail server that has not answered: two at the most, so that a crash sends it at most twice.
    unanswered      integer not null default 0 check (unanswered between 0 and 2),
    error           text,             -- why the last try failed
    created_at      integer not null,
    expires_at      integer not null, -- of no use from then on
    tried_at        integer,
    ended_at        integer,
    check ((state = 'waiting') = (ended_at is null))
);
create index mails_organisation on mails (organisation_id, id);
create index mails_waiting on mails (expires_at) where state = 'waiting';
create index mails_about on mails (about) where state = 'waiting';
create index mails_tried on mails (tried_at) where tried_at is not null;
create index mails_ended on mails (ended_at) where ended_at is not null;

-- Addresses that are not written to again unless an admin allows it.
create table mail_refusals (
    organisation_id integer not null references organisations (id) on delete cascade,
    address         text    not null,
    reason          text    not null, -- what the mail server said
    refused_at      integer not null,
    primary key (organisation_id, address)
) without rowid;
