-- The deleted ones of a conversation's last messages, which nobody has to read.
create index messages_deleted on messages (conversation_id, number) where deleted_at is not null;
