-- How an organisation and its server run: figures of the last week, alarms, backups, health.

-- One row a point: all figures of an organisation in one interval, as JSON `{"people_online": 412, …}`. Intervals of 5 s are kept for a
-- quarter of an hour, of 5 min for a day, of 30 min for a week; a missing row is a gap, not a zero. The row of the interval that is under
-- way is written over as it fills, so that a crash takes no more than the last few seconds.
create table figure_points (
    organisation_id integer not null references organisations (id) on delete cascade,
    seconds         integer not null, -- how long the interval is
    at              integer not null, -- when it begins
    weight          integer not null, -- how many samples are in it
    figures         text    not null,
    primary key (organisation_id, seconds, at)
) without rowid;

-- Thresholds whose crossing notifies the admins. The state of each is in its row, so that a restart neither forgets nor repeats it.
create table alarms (
    id              integer primary key autoincrement, -- an id is never given again: the log of a channel knows them
    organisation_id integer not null references organisations (id) on delete cascade,
    figure          text    not null,
    side            text    not null check (side in ('above', 'below')),
    threshold       real    not null,
    seconds         integer not null check (seconds between 0 and 86400), -- for how long, before it is raised or ended
    enabled         boolean not null default true check (enabled in (false, true)),
    crossed_since   integer, -- beyond the threshold, and not raised yet
    raised_at       integer,
    value           real,    -- when it was raised
    back_since      integer, -- raised, and back within the threshold
    ended_at        integer, -- null while it is raised
    created_by      integer references people (id),
    created_at      integer not null
);
create index alarms_organisation on alarms (organisation_id);

-- Backups that `plenum backup` has made of this database; the last few.
create table backups (
    id    integer primary key,
    at    integer not null,
    bytes integer not null
);

-- One row, written to see whether writing works, and when that was last: a clock that
-- says less than this has been set back.
create table pulse (
    id integer primary key check (id = 1),
    at integer not null
);
