-- What the institution tells its people, and what became of it at each of them.

create table broadcasts (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    sender_id       integer not null references people (id),
    audience        text    not null, -- 'everyone', 'role:instructor', 'room:4', 'person:7'
    audience_name   text    not null, -- as it was called when it was chosen
    title           text    not null,
    text            text    not null default '',
    link            text    not null default '', -- a path of this site; empty: none
    state           text    not null check (state in ('scheduled', 'sending', 'paused', 'sent', 'cancelled')),
    due_at          integer not null,
    created_at      integer not null,
    started_at      integer, -- from then on the audience is fixed: nobody who came later is added
    ended_at        integer,
    newest_person   integer not null default 0, -- the greatest id of a person when it started
    gathered_to     integer not null default 0, -- the audience is written down up to this id
    gathered        integer not null default 0 check (gathered in (0, 1)), -- all of it is
    -- How many recipients have come so far; written in the transactions that bring them there.
    recipients      integer not null default 0,
    refused         integer not null default 0,
    delivered       integer not null default 0,
    seen            integer not null default 0,
    read            integer not null default 0
);
create index broadcasts_organisation on broadcasts (organisation_id, id);
create index broadcasts_sender on broadcasts (sender_id, created_at);

-- One row a recipient (I26). A status moves forward only; who does not want announcements has refused.
create table broadcast_recipients (
    broadcast_id integer not null references broadcasts (id) on delete cascade,
    person_id    integer not null references people (id) on delete cascade,
    status       text    not null default 'queued' check (status in ('queued', 'delivered', 'seen', 'read', 'refused')),
    at           integer not null, -- since when it is there
    primary key (broadcast_id, person_id)
) without rowid;
create index broadcast_recipients_queued on broadcast_recipients (broadcast_id, person_id) where status = 'queued';

-- Notifications of broadcasts that were seen or read, until the recipients' rows and the counts say so too. The inbox knows
-- nothing of broadcasts: whatever marks a notification leaves a row here, in the same transaction, so that no mark is missed and
-- none is lost when the notification is deleted.
create table broadcast_marks (
    broadcast_id integer not null,
    person_id    integer not null,
    read         integer not null check (read in (0, 1)),
    primary key (broadcast_id, person_id)
) without rowid;
create trigger notifications_of_broadcasts after update of seen_at, read_at on notifications
when substr(new.subject, 1, 10) = 'broadcast:' and (old.seen_at is null and new.seen_at is not null or old.read_at is null and new.read_at is not null)
begin
    insert into broadcast_marks (broadcast_id, person_id, read)
    values (cast(substr(new.subject, 11) as integer), new.person_id, new.read_at is not null)
    on conflict (broadcast_id, person_id) do update set read = max(broadcast_marks.read, excluded.read);
end;
