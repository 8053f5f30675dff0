-- Who has blocked whom.
create table blocks (
    blocker_id integer not null references people (id),
    blocked_id integer not null references people (id),
    blocked_at integer not null,
    primary key (blocker_id, blocked_id),
    check (blocker_id <> blocked_id)
) without rowid;
create index blocks_blocked on blocks (blocked_id, blocker_id);

-- Messages that somebody has reported to the admins. The text is that of the moment of the report, so that no edit hides it; it and the
-- note are erased a while after the decision.
create table message_reports (
    id              integer primary key autoincrement,
    organisation_id integer not null references organisations (id),
    message_id      integer not null references messages (id),
    reporter_id     integer not null references people (id),
    reason          text    not null check (reason in ('spam', 'harassment', 'violence', 'private', 'other')),
    note            text    not null,
    text            text    not null,
    reported_at     integer not null,
    decision        text    check (decision in ('dismissed', 'deleted')),
    decided_by      integer references people (id),
    decided_at      integer,
    erased_at       integer,
    unique (message_id, reporter_id),
    check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null)),
    check (erased_at is null or (text = '' and note = '' and decided_at is not null))
);
create index message_reports_open on message_reports (organisation_id, id) where decided_at is null;
create index message_reports_decided on message_reports (organisation_id, decided_at) where decided_at is not null;
create index message_reports_kept on message_reports (decided_at) where decided_at is not null and erased_at is null;
