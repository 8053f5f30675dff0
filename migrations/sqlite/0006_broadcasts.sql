-- Broadcasts: variants, samples, times of each recipient's own zone, series, and every recipient's progress.

-- A broadcast that is repeated.
create table broadcast_series (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    sender_id       integer not null references people (id),
    audience_name   text    not null,
    draft           text    not null, -- what is sent, to whom and how often: JSON
    state           text    not null check (state in ('running', 'paused', 'ended')),
    next_local      text    not null, -- the next time as a calendar and a clock say it: '2026-11-22T09:00'
    next_at         integer not null, -- when that is; or when it comes first, if it is a time of each recipient's own zone
    made            integer not null default 0, -- broadcasts made so far
    missed          integer not null default 0, -- times that passed while no server ran
    missed_at       integer,                    -- the last of these
    halt            text check (halt in ('sender', 'audience')), -- why Plenum paused it
    created_at      integer not null,
    ended_at        integer
);
create index broadcast_series_organisation on broadcast_series (organisation_id, id) where state <> 'ended';
create index broadcast_series_sender on broadcast_series (sender_id, created_at);

create table broadcasts (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    sender_id       integer not null references people (id),
    audience        text    not null, -- 'everyone', 'role:instructor', 'room:4', 'person:7'
    audience_name   text    not null, -- as it was called when it was chosen
    state           text    not null check (state in ('scheduled', 'sending', 'deciding', 'paused', 'sent', 'cancelled')),
    due_at          integer not null,
    created_at      integer not null,
    started_at      integer, -- from then on the audience is fixed: nobody who came later is added
    ended_at        integer,
    next_at         integer, -- the remaining recipients receive it at their own times; this is the first of these
    series_id       integer references broadcast_series (id),
    occurrence      integer, -- which of its series
    local_at        text,    -- the time of each recipient's own zone: '2026-11-22T09:00'; null: one instant for all
    late            text    check (late in ('at_once', 'next_day')), -- for recipients whose local time has passed already
    sample_percent  integer check (sample_percent between 5 and 50), -- so many receive one of the variants; the rest waits for the winner
    sample_hours    integer,
    measure         text    check (measure in ('read', 'acted')),
    decide_at       integer, -- when the winner is chosen, if nobody does before
    winner          integer,
    ground          text    check (ground in ('clear', 'leading', 'tie', 'few', 'chosen')), -- why it is the winner
    newest_person   integer not null default 0, -- the greatest id of a person when it started
    gathered_to     integer not null default 0, -- the audience is written down up to this id
    gathered        boolean not null default false check (gathered in (false, true)), -- all of it is
    held            integer not null default 0, -- recipients who wait for the winner
    retrying        boolean not null default false check (retrying in (false, true)), -- failed recipients are queued again
    failure         text,    -- why it failed the last time, in a few words
    check ((sample_percent is null) = (measure is null) and (local_at is null) = (late is null) and (winner is null) = (ground is null))
);
create index broadcasts_organisation on broadcasts (organisation_id, id);
create index broadcasts_sender on broadcasts (sender_id, created_at) where series_id is null;
create unique index broadcasts_occurrence on broadcasts (series_id, occurrence) where series_id is not null;

-- What a broadcast says, and how many recipients have reached each status; counted in the transactions that move them.
create table broadcast_variants (
    broadcast_id integer not null references broadcasts (id) on delete cascade,
    number       integer not null check (number between 0 and 3),
    title        text    not null,
    text         text    not null default '',
    link         text    not null default '', -- a path of this site; empty: none
    weight       integer not null check (weight between 1 and 100),
    recipients   integer not null default 0,
    refused      integer not null default 0,
    failed       integer not null default 0,
    delivered    integer not null default 0,
    seen         integer not null default 0,
    read         integer not null default 0,
    acted        integer not null default 0,
    primary key (broadcast_id, number)
) without rowid;

-- Deliveries and marks over time, counted in intervals of a minute, a quarter of an hour, an hour or a day: the later, the longer.
create table broadcast_moments (
    broadcast_id integer not null references broadcasts (id) on delete cascade,
    at           integer not null, -- when it begins
    delivered    integer not null default 0,
    seen         integer not null default 0,
    read         integer not null default 0,
    acted        integer not null default 0,
    primary key (broadcast_id, at)
) without rowid;

-- One row a recipient (I26). A status moves forward only, except that failed recipients can be tried again.
create table broadcast_recipients (
    broadcast_id integer not null references broadcasts (id) on delete cascade,
    person_id    integer not null references people (id) on delete cascade,
    variant      integer, -- null: waits for the winner
    status       text    not null check (status in ('held', 'queued', 'delivered', 'seen', 'read', 'acted', 'refused', 'failed')),
    due_at       integer not null, -- not delivered before
    reason       text,    -- why it failed
    delivered_at integer,
    seen_at      integer,
    read_at      integer,
    acted_at     integer,
    primary key (broadcast_id, person_id),
    check ((variant is null) = (status = 'held'))
) without rowid;
create index broadcast_recipients_waiting on broadcast_recipients (broadcast_id, due_at, person_id) where status = 'queued';
create index broadcast_recipients_held on broadcast_recipients (broadcast_id, person_id) where status = 'held';
create index broadcast_recipients_failed on broadcast_recipients (broadcast_id, person_id) where status = 'failed';

-- Notifications of broadcasts that were seen (1), read (2) or acted on (3), until the recipients' rows and the counts say so too.
create table broadcast_marks (
    broadcast_id integer not null,
    person_id    integer not null,
    level        integer not null check (level between 1 and 3),
    primary key (broadcast_id, person_id)
) without rowid;
-- A trigger, because the inbox knows nothing of broadcasts: every statement that marks a notification leaves a row here, in the
-- same transaction, so that no mark is missed and none is lost when the notification is deleted.
create trigger notifications_of_broadcasts after update of seen_at, read_at, acted_at on notifications
when substr(new.subject, 1, 10) = 'broadcast:' and (old.seen_at is null and new.seen_at is not null
    or old.read_at is null and new.read_at is not null or old.acted_at is null and new.acted_at is not null)
begin
    insert into broadcast_marks (broadcast_id, person_id, level)
    values (cast(substr(new.subject, 11) as integer), new.person_id,
        case when new.acted_at is not null then 3 when new.read_at is not null then 2 else 1 end)
    on conflict (broadcast_id, person_id) do update set level = max(broadcast_marks.level, excluded.level);
end;

-- Texts that are sent often.
create table broadcast_templates (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    name            text    not null,
    title           text    not null,
    text            text    not null default '',
    link            text    not null default '',
    changed_by      integer not null references people (id),
    changed_at      integer not null
);
create unique index broadcast_templates_name on broadcast_templates (organisation_id, name);
