-- A change of somebody's e-mail address, which both addresses confirm. Each has a secret in its mail, of which the hash is here until it is
-- used; when both have been used the address changes, and the row goes.
create table email_changes (
    person_id  bigint  primary key references people (id) on delete cascade,
    email      text    not null,
    old_hash   bytea   unique,
    new_hash   bytea   unique,
    sign_in_id bigint  not null, -- that of the browser which asked: it stays
    asked_at   bigint  not null,
    expires_at bigint  not null
);
create index email_changes_expire on email_changes (expires_at);
