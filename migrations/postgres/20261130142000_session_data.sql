-- What a browser's session holds, as a JSON object; null: nothing. A program's token has no session.
alter table sign_ins add column data text;
