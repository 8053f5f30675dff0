-- Organisations, people, their roles, and the browsers and programs they are signed in with.

create table organisations (
    id           integer primary key,
    name         text    not null check (length(name) between 1 and 120),
    host         text    unique, -- null: any host that is not another organisation's
    registration text    not null default 'invitation' check (registration in ('invitation', 'open')),
    created_at   integer not null
);

create table people (
    id              integer primary key,
    organisation_id integer not null references organisations (id),
    email           text    not null,
    name            text    not null check (length(name) between 1 and 80),
    password_hash   text    not null, -- argon2id, PHC string
    hue             integer not null check (hue between 0 and 11),
    time_zone       text    not null default 'Europe/Berlin',
    show_presence   boolean not null default true check (show_presence in (false, true)),
    send_typing     boolean not null default true check (send_typing in (false, true)),
    send_read_marks boolean not null default true check (send_read_marks in (false, true)),
    last_seen_at    integer,
    created_at      integer not null
);
create unique index people_email on people (organisation_id, email);
create index people_name on people (organisation_id, name);

create table roles (
    person_id integer not null references people (id) on delete cascade,
    role      text    not null check (role in ('member', 'instructor', 'clinician', 'agent', 'organiser', 'manager', 'admin')),
    primary key (person_id, role)
) without rowid;

-- A sign-in is found by the SHA-256 of the cookie's secret: a stolen backup signs nobody in.
-- A program's access is a sign-in too: listed, revoked and hashed like a browser's.
create table sign_ins (
    id         integer primary key,
    person_id  integer not null references people (id) on delete cascade,
    token_hash blob    not null unique,
    device     text    not null,
    address    text    not null,
    created_at integer not null,
    used_at    integer not null,
    expires_at integer not null,
    scopes     text -- of a program, separated by blanks; null: a browser, which may do all that its person may
);
create index sign_ins_person on sign_ins (person_id);

create table invitations (
    id              integer primary key,
    organisation_id integer not null references organisations (id),
    token_hash      blob    not null unique,
    email           text,
    role            text    not null default 'member' check (role in ('member', 'instructor', 'clinician', 'agent', 'organiser', 'manager', 'admin')),
    invited_by      integer references people (id),
    created_at      integer not null,
    expires_at      integer not null,
    used_by         integer references people (id)
);

create table password_resets (
    token_hash blob    primary key,
    person_id  integer not null references people (id) on delete cascade,
    expires_at integer not null
) without rowid;
