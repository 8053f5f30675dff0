//! Messages as they are stored, read back whole: author, quote, mentions, reactions.

use std::collections::HashMap;

use crate::model::{Message, Quote, Reaction};
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::{ConversationId, MessageId, Millis, PersonId},
    people::{Identity, PersonCard},
};
use plenum_store::db::Conn;

use super::{
    conversations::{self, Membership},
    markdown,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: MessageId,
    number: i64,
    author_id: PersonId,
    author_name: String,
    author_hue: u8,
    text: String,
    html: String,
    sent_at: Millis,
    edited_at: Option<Millis>,
    deleted_at: Option<Millis>,
    key: String,
    quote_id: Option<MessageId>,
    quote_number: Option<i64>,
    quote_author: Option<PersonId>,
    quote_name: Option<String>,
    quote_hue: Option<u8>,
    quote_text: Option<String>,
}

impl Row {
    fn message(self, mentions: Vec<PersonId>, reactions: Vec<Reaction>) -> Message {
        let deleted = self.deleted_at.is_some();
        let author = self.quote_author.zip(self.quote_name).zip(self.quote_hue).map(|((id, name), hue)| PersonCard { id, name, hue });
        let quote = self.quote_id.zip(self.quote_number).zip(author).map(|((message, number), author)| Quote {
            message,
            number: number.unsigned_abs(),
            author,
            text: markdown::preview(self.quote_text.as_deref().unwrap_or_default()),
        });
        Message {
            id: self.id,
            number: self.number.unsigned_abs(),
            author: PersonCard { id: self.author_id, name: self.author_name, hue: self.author_hue },
            text: self.text,
            html: self.html,
            sent_at: self.sent_at,
            edited_at: self.edited_at,
            deleted,
            // A tombstone quotes nothing, so that it need not follow what it answered.
            reply_to: quote.filter(|_| !deleted),
            mentions,
            reactions,
            key: self.key,
        }
    }
}

/// The messages of `conversation` with the numbers `first` to `last`, in order: three queries however many they are.
pub async fn load(conn: &mut Conn, conversation: ConversationId, first: u64, last: u64) -> AppResult<Vec<Message>> {
    let (first, last) = (signed(first), signed(last));
    if last < first {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select m.id, m.number, m.author_id, p.name as author_name, p.hue as author_hue, m.text, m.html, m.sent_at, m.edited_at, m.deleted_at, m.key,
                q.id as quote_id, q.number as quote_number, q.author_id as quote_author, qp.name as quote_name, qp.hue as quote_hue,
                substr(q.text, 1, 400) as quote_text
         from messages m join people p on p.id = m.author_id
         left join messages q on q.id = m.reply_to left join people qp on qp.id = q.author_id
         where m.conversation_id = $1 and m.number between $2 and $3 order by m.number",
    )
    .bind(conversation)
    .bind(first)
    .bind(last)
    .fetch_all(&mut *conn)
    .await?;
    let mut mentions = mentions(conn, conversation, first, last).await?;
    let mut reactions = reactions(conn, conversation, first, last).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.id;
            row.message(mentions.remove(&id).unwrap_or_default(), reactions.remove(&id).unwrap_or_default())
        })
        .collect())
}

/// One message.
pub async fn one(conn: &mut Conn, conversation: ConversationId, number: i64) -> AppResult<Message> {
    let number = number.unsigned_abs();
    load(conn, conversation, number, number).await?.pop().ok_or_else(|| AppError::no_such("message"))
}

/// What an answer to `message` quotes of it; `None` if it is not in `conversation`.
pub async fn quote(conn: &mut Conn, conversation: ConversationId, message: MessageId) -> AppResult<Option<Quote>> {
    let row: Option<(i64, PersonId, String, u8, String)> = sqlx::query_as(
        "select m.number, p.id, p.name, p.hue, substr(m.text, 1, 400) from messages m join people p on p.id = m.author_id
         where m.id = $1 and m.conversation_id = $2",
    )
    .bind(message)
    .bind(conversation)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(number, id, name, hue, text)| Quote {
        message,
        number: number.unsigned_abs(),
        author: PersonCard { id, name, hue },
        text: markdown::preview(&text),
    }))
}

async fn mentions(conn: &mut Conn, conversation: ConversationId, first: i64, last: i64) -> AppResult<HashMap<MessageId, Vec<PersonId>>> {
    let rows: Vec<(MessageId, PersonId)> = sqlx::query_as(
        "select mentions.message_id, mentions.person_id from messages m join mentions on mentions.message_id = m.id
         where m.conversation_id = $1 and m.number between $2 and $3 order by mentions.message_id, mentions.person_id",
    )
    .bind(conversation)
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await?;
    let mut mentions: HashMap<MessageId, Vec<PersonId>> = HashMap::new();
    for (message, person) in rows {
        mentions.entry(message).or_default().push(person);
    }
    Ok(mentions)
}

/// Reactions in order of their first use; equal times are ordered by emoji and person, so that every reader has one order.
pub async fn reactions(
    conn: &mut Conn,
    conversation: ConversationId,
    first: i64,
    last: i64,
) -> AppResult<HashMap<MessageId, Vec<Reaction>>> {
    let rows: Vec<(MessageId, String, PersonId)> = sqlx::query_as(
        "select r.message_id, r.emoji, r.person_id from messages m join reactions r on r.message_id = m.id
         where m.conversation_id = $1 and m.number between $2 and $3 order by r.message_id, r.at, r.emoji, r.person_id",
    )
    .bind(conversation)
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await?;
    let mut reactions: HashMap<MessageId, Vec<Reaction>> = HashMap::new();
    for (message, emoji, person) in rows {
        let kinds = reactions.entry(message).or_default();
        match kinds.iter_mut().find(|kind| kind.emoji == emoji) {
            Some(kind) => kind.people.push(person),
            None => kinds.push(Reaction { emoji, people: vec![person] }),
        }
    }
    Ok(reactions)
}

/// Where a message stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredMessage {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub number: i64,
    pub author_id: PersonId,
    pub text: String,
    pub sent_at: Millis,
    pub deleted_at: Option<Millis>,
}

/// Where `message` stands, whoever may read it.
pub async fn place(conn: &mut Conn, message: MessageId) -> AppResult<Option<StoredMessage>> {
    let place = sqlx::query_as("select id, conversation_id, number, author_id, text, sent_at, deleted_at from messages where id = $1")
        .bind(message)
        .fetch_optional(conn)
        .await?;
    Ok(place)
}

/// Where `message` stands, and how who asks stands to its conversation; 404 if they may not read it.
pub async fn message_find(conn: &mut Conn, who: &Identity, message: MessageId) -> AppResult<(StoredMessage, Membership)> {
    let place = place(conn, message).await?.ok_or_else(|| AppError::no_such("message"))?;
    match conversations::readable_by(conn, who, place.conversation_id).await {
        Ok(membership) => Ok((place, membership)),
        // The same answer as for a message that does not exist.
        Err(error) if error.kind == ErrorKind::NotFound => Err(AppError::no_such("message")),
        Err(error) => Err(error),
    }
}

/// A number of the wire as a column's value.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
