-- Who checks tickets at the doors of a space's events and sees nothing of its money. They need not be in the space.
create table space_ushers (
    space_id  bigint not null references spaces (id),
    person_id bigint not null references people (id),
    added_at  bigint not null,
    primary key (space_id, person_id)
);
create index space_ushers_person on space_ushers (person_id);
