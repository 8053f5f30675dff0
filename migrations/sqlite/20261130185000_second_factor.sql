-- The second factor of a person, an authenticator app (RFC 6238). `secret` is sealed under the key file of the settings. Until it is
-- confirmed it is being set up and asks nobody for anything. `used_step` is the time step of the last code: each works once.
create table second_factors (
    person_id      integer primary key references people (id) on delete cascade,
    secret         blob    not null,
    begun_at       integer not null,
    confirmed_at   integer,
    used_step      integer not null default 0,
    failures       integer not null default 0 check (failures >= 0),
    failures_since integer not null default 0
);

-- Recovery codes that have not been used, as SHA-256 of 80 random bits.
create table recovery_codes (
    person_id integer not null references second_factors (person_id) on delete cascade,
    code_hash blob    not null,
    primary key (person_id, code_hash)
) without rowid;

-- Roles whose people must have a second factor before they do anything else.
create table second_factor_roles (
    organisation_id integer not null references organisations (id) on delete cascade,
    role            text    not null,
    primary key (organisation_id, role)
) without rowid;
