//! The conversations of the demo: a believable week of a small institution, and the crowd of
//! `plenum seed --large`. Nothing is announced: nobody is there yet.

mod large;
mod talk;
mod told;

use std::collections::{BTreeMap, HashMap};

use crate::model::{Access, ConversationKind};
use plenum_core::{
    activity::Verb,
    error::AppResult,
    ids::{ConversationId, MessageId, Millis, OrganisationId, PersonId},
};
use plenum_store::db::{Conn, Tx};

use super::{
    conversations, markdown, rooms,
    sending::{self, Entry},
};

pub use large::seed_large;
use talk::{CONVERSATIONS, Said, Talk};
pub use told::seed_notifications;

const MINUTE: Millis = 60_000;
/// How many messages members have not read yet, in turn.
const UNREAD: [i64; 5] = [2, 1, 4, 0, 3];

/// Fills the organisation with the conversations of its ten people, who are found by their
/// addresses and are in the general room already. Does nothing if anything has been said before.
pub async fn seed_conversations(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let said: Option<(i64,)> =
        sqlx::query_as("select m.id from messages m join conversations c on c.id = m.conversation_id where c.organisation_id = $1 limit 1")
            .bind(organisation)
            .fetch_optional(&mut **tx)
            .await?;
    if said.is_some() {
        return Ok(());
    }
    let people: Vec<(String, PersonId, String)> =
        sqlx::query_as("select email, id, name from people where organisation_id = $1").bind(organisation).fetch_all(&mut **tx).await?;
    let people: Cast = people.into_iter().filter_map(|(email, id, name)| Some((email.split_once('@')?.0.to_owned(), (id, name)))).collect();
    for talk in CONVERSATIONS {
        let id = conversation(tx, organisation, talk, &people).await?;
        say(tx, id, talk.said, &people).await?;
        settle(tx, id).await?;
    }
    record(tx, organisation).await
}

/// What feeds show of it, in the order in which it happened: that the rooms were made, and who joined them over the next hours.
async fn record(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    sqlx::query(
        "insert into activity (organisation_id, person_id, verb, subject_kind, subject_id, subject_name, conversation_id, audience, details, at)
         select $1, person_id, verb, 'conversation', id, name, id, 'conversation', details, at from (
             select c.created_by as person_id, $2 as verb, c.id, c.name, c.created_at as at,
                    case c.access when 'open' then '{\"kind\":\"room\"}' else '{\"kind\":\"private room\"}' end as details
             from conversations c where c.organisation_id = $1 and c.kind = 'room' and not c.general
             union all
             select m.person_id, $3, c.id, c.name, c.created_at + m.person_id * $4, '{}'
             from conversations c join memberships m on m.conversation_id = c.id and m.person_id <> c.created_by
             where c.organisation_id = $1 and c.kind = 'room' and not c.general and c.access = 'open'
         ) as happened order by at, id, person_id",
    )
    .bind(organisation)
    .bind(Verb::ConversationCreated.into_str())
    .bind(Verb::MemberJoined.into_str())
    .bind(5 * MINUTE)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// People by the first part of their address.
type Cast = BTreeMap<String, (PersonId, String)>;

/// The conversation and its members, made before the first word.
async fn conversation(tx: &mut Tx, organisation: OrganisationId, talk: &Talk, people: &Cast) -> AppResult<ConversationId> {
    let members: Vec<PersonId> = talk.members.iter().filter_map(|name| people.get(*name)).map(|(id, _)| *id).collect();
    let begun = tx.now() - (talk.said.first().map_or(0, |said| said.ago) + 60) * MINUTE;
    let id = if talk.general {
        rooms::general(tx, organisation).await?
    } else {
        let pair = match (talk.kind, members.as_slice()) {
            (ConversationKind::Direct, [one, other]) => Some(rooms::pair(*one, *other)),
            _ => None,
        };
        let new = Shell {
            organisation,
            kind: talk.kind,
            access: talk.access,
            name: talk.name,
            topic: talk.topic,
            direct_key: pair,
            by: members.first().copied(),
            at: begun,
        };
        create(tx, &new).await?
    };
    for (index, person) in members.iter().enumerate() {
        let owner = index == 0 && !talk.general && talk.kind != ConversationKind::Direct;
        enrol(tx, id, *person, owner, begun).await?;
    }
    Ok(id)
}

/// A conversation without members.
struct Shell<'a> {
    organisation: OrganisationId,
    kind: ConversationKind,
    access: Access,
    name: &'a str,
    topic: &'a str,
    direct_key: Option<String>,
    by: Option<PersonId>,
    at: Millis,
}

async fn create(conn: &mut Conn, shell: &Shell<'_>) -> AppResult<ConversationId> {
    Ok(sqlx::query_scalar(
        "insert into conversations (organisation_id, kind, access, name, topic, direct_key, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
    )
    .bind(shell.organisation)
    .bind(shell.kind)
    .bind(shell.access)
    .bind(shell.name)
    .bind(shell.topic)
    .bind(&shell.direct_key)
    .bind(shell.by)
    .bind(shell.at)
    .fetch_one(conn)
    .await?)
}

async fn enrol(conn: &mut Conn, conversation: ConversationId, person: PersonId, owner: bool, at: Millis) -> AppResult<()> {
    sqlx::query("insert into memberships (conversation_id, person_id, owner, joined_at) values ($1, $2, $3, $4) on conflict do nothing")
        .bind(conversation)
        .bind(person)
        .bind(owner)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was said, with replies and reactions.
async fn say(tx: &mut Tx, conversation: ConversationId, said: &[Said], people: &Cast) -> AppResult<()> {
    let names: Vec<(PersonId, String)> = people.values().cloned().collect();
    let now = tx.now();
    let mut sent: Vec<MessageId> = Vec::with_capacity(said.len());
    for (number, line) in (1..).zip(said) {
        let Some((author, _)) = people.get(line.who) else { continue };
        let rendered = markdown::render(line.text, &names);
        let key = format!("seed-{conversation}-{number}");
        let reply_to = line.answers.and_then(|index| sent.get(index)).copied();
        let at = now - line.ago * MINUTE;
        let number = i64::try_from(sent.len()).unwrap_or_default() + 1;
        let entry = Entry { conversation, number, author: *author, rendered: &rendered, reply_to, key: &key, at };
        let Some(id) = sending::insert(tx, &entry).await? else { continue };
        sent.push(id);
        for (emoji, fans) in line.reactions {
            for (order, fan) in (1..).zip(*fans) {
                let Some((fan, _)) = people.get(*fan) else { continue };
                sqlx::query("insert into reactions (message_id, person_id, emoji, at) values ($1, $2, $3, $4) on conflict do nothing")
                    .bind(id)
                    .bind(fan)
                    .bind(emoji)
                    .bind((at + order * 2 * MINUTE).min(now))
                    .execute(&mut **tx)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Counts, head and pointers, from the rows: everyone has read what they answered, and most have something left to read.
async fn settle(conn: &mut Conn, conversation: ConversationId) -> AppResult<()> {
    let head: i64 = sqlx::query_scalar(
        "update conversations set head = (select coalesce(max(number), 0) from messages where conversation_id = $1),
           member_count = (select count(*) from memberships where conversation_id = $1)
         where id = $1 returning head",
    )
    .bind(conversation)
    .fetch_one(&mut *conn)
    .await?;
    let written: HashMap<PersonId, i64> =
        sqlx::query_as("select author_id, max(number) from messages where conversation_id = $1 group by author_id")
            .bind(conversation)
            .fetch_all(&mut *conn)
            .await?
            .into_iter()
            .collect();
    let members = conversations::member_ids(conn, conversation).await?;
    let turn = usize::try_from(conversation.0).unwrap_or_default();
    for (index, person) in members.into_iter().enumerate() {
        let unread = UNREAD.get((index + turn) % UNREAD.len()).copied().unwrap_or_default();
        let read = (head - unread).max(written.get(&person).copied().unwrap_or_default()).max(0);
        sqlx::query(
            "update memberships set read_number = $3, shown_read = $3, delivered_number = $4 where conversation_id = $1 and person_id = $2",
        )
        .bind(conversation)
        .bind(person)
        .bind(read)
        .bind(head)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
