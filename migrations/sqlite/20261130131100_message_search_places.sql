-- The index knows the conversation of each message, as a word of a column of its own: a search asks it for those of its person, and
-- reads nothing of the others (I33).
create table message_texts as select rowid as id, text from message_search;
drop table if exists message_search;
create virtual table message_search using fts5 (text, place, tokenize = "unicode61 remove_diacritics 2");
insert into message_search (message_search, rank) values ('secure-delete', 1);
insert into message_search (rowid, text, place) select t.id, t.text, 'c' || m.conversation_id from message_texts t join messages m on m.id = t.id;
drop table if exists message_texts;
