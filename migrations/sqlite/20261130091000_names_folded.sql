-- Names and words as people compare them, whatever the case and the accents; written with what they are made of. Null: that was written
-- before there was this column, and its ASCII letters are compared.
alter table people add column name_folded text;
alter table events add column words_folded text;
