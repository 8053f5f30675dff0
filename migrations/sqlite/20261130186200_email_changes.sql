-- A change of somebody's e-mail address, which both addresses confirm. Each has a secret in its mail, of which the hash is here until it is
-- used; when both have been used the address changes, and the row goes.
create table email_changes (
    person_id  integer primary key references people (id) on delete cascade,
    email      text    not null,
    old_hash   blob    unique,
    new_hash   blob    unique,
    sign_in_id integer not null, -- that of the browser which asked: it stays
    asked_at   integer not null,
    expires_at integer not null
);
create index email_changes_expire on email_changes (expires_at);
