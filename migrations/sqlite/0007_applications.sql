-- External applications, and the requests to their webhooks.

create table applications (
    id                  integer primary key,
    organisation_id     integer not null references organisations (id),
    name                text    not null check (length(name) between 1 and 80),
    app_id              text    not null unique, -- in the paths of the HTTP API
    key                 text    not null unique, -- in the socket's address and in every signature
    secret              text    not null,        -- signatures cannot be checked against a hash
    old_secret          text,                    -- valid too, while backends are being changed over
    enabled             boolean not null default true check (enabled in (false, true)),
    origins             text    not null default '', -- separated by blanks; empty: any
    client_events       boolean not null default true check (client_events in (false, true)),
    subscription_counts boolean not null default false check (subscription_counts in (false, true)),
    durable             boolean not null default false check (durable in (false, true)), -- its events are in the live log too, under its id
    connections         integer not null default 0 check (connections >= 0), -- 0: any number
    presence_members    integer not null default 100 check (presence_members >= 0),
    data_bytes          integer not null default 10000 check (data_bytes >= 0),
    created_at          integer not null
);
create index applications_organisation on applications (organisation_id);

create table webhooks (
    id             integer primary key,
    application_id integer not null references applications (id) on delete cascade,
    url            text    not null,
    events         text    not null, -- separated by blanks
    created_at     integer not null
);
create index webhooks_application on webhooks (application_id);

-- One row a request, tried until the backend takes it or five minutes are over.
create table webhook_deliveries (
    id             integer primary key,
    application_id integer not null references applications (id) on delete cascade,
    url            text    not null,
    body           text    not null,
    events         integer not null, -- how many are in it
    attempts       integer not null default 0,
    status         integer, -- what the backend answered last
    error          text,
    created_at     integer not null,
    done_at        integer -- taken, or given up
);
create index webhook_deliveries_application on webhook_deliveries (application_id, id);
create index webhook_deliveries_created_at on webhook_deliveries (created_at);

-- What Plenum's own application signs with, for its people's other clients. Never disclosed.
create table own_application (
    id     integer primary key check (id = 1),
    secret text    not null
);
