-- Full text of the messages that are not deleted, as people read it: without markup, and with a blank of no width between letters of
-- scripts that have none between words. So the index has its own text; a deleted one is erased from it, not only marked.
drop table if exists message_search;
create virtual table message_search using fts5 (text, tokenize = "unicode61 remove_diacritics 2");
insert into message_search (message_search, rank) values ('secure-delete', 1);
insert into message_search (rowid, text) select id, text from messages where deleted_at is null;
