-- What a notification of a group stands for: it goes with the last of these, in whatever order they are undone.
create table notification_parts (
    subject         text    not null,
    notification_id integer not null references notifications (id) on delete cascade,
    primary key (subject, notification_id)
) without rowid;
create index notification_parts_notification on notification_parts (notification_id);
insert into notification_parts (subject, notification_id)
select subject, id from notifications where subject is not null and group_key is not null;
