-- The activity record feeds the feeds: who may see a row, whom and where it is about, and what things were called then.

alter table activity add column subject_name text not null default '';
-- The other person: who was added, whose message it was, who holds the role now.
alter table activity add column about_id integer references people (id);
alter table activity add column conversation_id integer references conversations (id);
-- Who sees it in a feed: 'organisation' its people, 'conversation' the members of conversation_id, 'person' about_id, 'admins' nobody.
-- No check: the verbs' catalogue says which there are, and a column's check cannot be changed when there is one more.
alter table activity add column audience text not null default 'admins';

update activity set conversation_id = subject_id where subject_kind = 'conversation';
update activity set conversation_id = json_extract(details, '$.conversation') where verb = 'message.deleted';
update activity set about_id = json_extract(details, '$.member') where verb in ('member.invited', 'member.removed');
update activity set about_id = json_extract(details, '$.author') where verb = 'message.deleted';
-- Everyone is a member from the first moment: that is no news.
update activity set about_id = subject_id where verb in ('role.granted', 'role.revoked') and json_extract(details, '$.role') <> 'member';
update activity set about_id = person_id where verb in ('password.changed', 'password.reset', 'token.created', 'token.ended');
update activity set subject_name = (select name from conversations where id = conversation_id) where conversation_id is not null;
update activity set subject_name = coalesce((select name from people where id = subject_id), '') where subject_kind = 'person';
update activity set subject_name = coalesce((select name from applications where id = subject_id), '') where subject_kind = 'application';
update activity set subject_name = coalesce((select title from broadcasts where id = subject_id), '') where subject_kind = 'broadcast';
update activity set audience = 'conversation' where verb in ('conversation.created', 'member.invited', 'member.left', 'member.removed');
update activity set audience = 'organisation' where verb = 'person.registered';
update activity set audience = 'person' where about_id is not null and verb in ('message.deleted', 'role.granted', 'role.revoked', 'password.changed', 'password.reset', 'token.created', 'token.ended');

-- Feeds pass over what only admins see.
create index activity_feeds on activity (organisation_id, id) where audience <> 'admins';
create index activity_conversation on activity (conversation_id, id) where audience = 'conversation';
create index activity_person on activity (person_id, id);
