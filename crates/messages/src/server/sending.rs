//! Sending, editing and deleting: one order without gaps (I7), each message once (I6, I8),
//! and no text left behind when it is edited away.

use crate::{live::ConversationEvent, model::Message};
use plenum_core::{
    activity::Verb,
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, PersonId},
    people::{Identity, Role},
};
use plenum_inbox::server as inbox;
use plenum_store::db::{Activity, Conn, Store, Tx};

use super::{
    conversations::{self, Standing},
    markdown::{self, Rendered},
    news,
    pointers::{self, Mark},
    search, stored,
};

/// Renders `text` for `conversation` before the write, so that no parsing holds the writer. Whoever joins or leaves in that instant is or is not mentioned; nobody gets a right by it.
pub async fn prepare(store: &Store, conversation: ConversationId, text: &str) -> AppResult<Rendered> {
    let members = if text.contains('@') {
        sqlx::query_as("select p.id, p.name from memberships m join people p on p.id = m.person_id where m.conversation_id = $1")
            .bind(conversation)
            .fetch_all(&mut *store.look().await?)
            .await?
    } else {
        Vec::new()
    };
    Ok(markdown::render(text, &members))
}

/// Sends a message and moves its author's own pointers to it. The same key again answers with the
/// message that it made, whatever has become of it since.
///
/// # Errors
/// 403 if the author has not joined; 404; 422 `key` for a key used for another message, `reply_to`
/// for a message of another conversation.
pub async fn send(
    tx: &mut Tx,
    who: &Identity,
    conversation: ConversationId,
    rendered: &Rendered,
    reply_to: Option<MessageId>,
    key: &str,
) -> AppResult<Message> {
    let standing = match may_write(tx, who, conversation).await {
        Ok(standing) => standing,
        // What was sent before one left stays sent.
        Err(refusal) => return already_sent(tx, who.person, conversation, rendered, reply_to, key).await?.ok_or(refusal),
    };
    let quote = match reply_to {
        Some(quoted) => Some(
            stored::quote(tx, conversation, quoted)
                .await?
                .ok_or_else(|| AppError::invalid("reply_to", "The message that this answers is not in this conversation."))?,
        ),
        None => None,
    };
    let (number, at) = (standing.head + 1, tx.now());
    let entry = Entry { conversation, number, author: who.person, rendered, reply_to, key, at };
    let Some(id) = insert(tx, &entry).await? else {
        return already_sent(tx, who.person, conversation, rendered, reply_to, key).await?.ok_or_else(AppError::internal);
    };
    sqlx::query("update conversations set head = $2 where id = $1").bind(conversation).bind(number).execute(&mut **tx).await?;
    let number = number.unsigned_abs();
    let message = Message {
        id,
        number,
        author: standing.card(who.person),
        text: rendered.text.clone(),
        html: rendered.html.clone(),
        sent_at: at,
        edited_at: None,
        deleted: false,
        reply_to: quote,
        mentions: rendered.mentions.clone(),
        reactions: Vec::new(),
        key: key.to_owned(),
    };
    tx.announce(conversation, &ConversationEvent::MessageSent(message.clone()));
    pointers::advance(tx, &standing, who.person, who.privacy.send_read_marks, Mark { read: Some(number), delivered: Some(number) }).await?;
    news::tell(tx, &standing, &message).await?;
    tx.moved(conversation.0);
    Ok(message)
}

async fn may_write(conn: &mut Conn, who: &Identity, conversation: ConversationId) -> AppResult<Standing> {
    let standing = conversations::readable_by(conn, who, conversation).await?;
    standing.must_have_joined()?;
    Ok(standing)
}

/// A message on its way into its tables.
pub struct Entry<'a> {
    pub conversation: ConversationId,
    pub number: i64,
    pub author: PersonId,
    pub rendered: &'a Rendered,
    pub reply_to: Option<MessageId>,
    pub key: &'a str,
    pub at: Millis,
}

/// Writes a message's rows; its number is the one after the conversation's head. `None`: its author has used the key before.
pub async fn insert(conn: &mut Conn, entry: &Entry<'_>) -> AppResult<Option<MessageId>> {
    let id: Option<MessageId> = sqlx::query_scalar(
        "insert into messages (conversation_id, number, author_id, text, html, reply_to, key, sent_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (author_id, key) do nothing returning id",
    )
    .bind(entry.conversation)
    .bind(entry.number)
    .bind(entry.author)
    .bind(&entry.rendered.text)
    .bind(&entry.rendered.html)
    .bind(entry.reply_to)
    .bind(entry.key)
    .bind(entry.at)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(id) = id else { return Ok(None) };
    mention(conn, id, &entry.rendered.mentions).await?;
    search::add(conn, id, &entry.rendered.text).await?;
    Ok(Some(id))
}

async fn mention(conn: &mut Conn, message: MessageId, people: &[PersonId]) -> AppResult<()> {
    for person in people {
        sqlx::query("insert into mentions (message_id, person_id) values ($1, $2)").bind(message).bind(person).execute(&mut *conn).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Sent {
    conversation_id: ConversationId,
    number: i64,
    text: String,
    reply_to: Option<MessageId>,
    changed: bool,
}

/// The message that `key` made before, if it was this one.
async fn already_sent(
    conn: &mut Conn,
    author: PersonId,
    conversation: ConversationId,
    rendered: &Rendered,
    reply_to: Option<MessageId>,
    key: &str,
) -> AppResult<Option<Message>> {
    let sent: Option<Sent> = sqlx::query_as(
        "select conversation_id, number, text, reply_to, edited_at is not null or deleted_at is not null as changed
         from messages where author_id = $1 and key = $2",
    )
    .bind(author)
    .bind(key)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(sent) = sent else { return Ok(None) };
    // The first text of an edited message is gone, so that it cannot be compared.
    let same = sent.conversation_id == conversation && sent.reply_to == reply_to && (sent.changed || sent.text == rendered.text);
    if !same {
        return Err(AppError::invalid("key", "This key was used for another message."));
    }
    stored::one(conn, conversation, sent.number).await.map(Some)
}

/// Edits one's own message.
///
/// # Errors
/// 403 if it is another's or one has left; 404; 409 if it is deleted.
pub async fn edit(tx: &mut Tx, who: &Identity, message: MessageId, rendered: &Rendered) -> AppResult<Message> {
    let (place, standing) = stored::place(tx, who, message).await?;
    standing.must_have_joined()?;
    if place.author_id != who.person {
        return Err(AppError::forbidden("Only its author can edit a message."));
    }
    if place.deleted_at.is_some() {
        return Err(AppError::conflict("This message has been deleted."));
    }
    if place.text == rendered.text {
        return stored::one(tx, place.conversation_id, place.number).await;
    }
    search::remove(tx, message, &place.text).await?;
    sqlx::query("update messages set text = $2, html = $3, edited_at = $4 where id = $1")
        .bind(message)
        .bind(&rendered.text)
        .bind(&rendered.html)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    sqlx::query("delete from mentions where message_id = $1").bind(message).execute(&mut **tx).await?;
    mention(tx, message, &rendered.mentions).await?;
    search::add(tx, message, &rendered.text).await?;
    let edited = stored::one(tx, place.conversation_id, place.number).await?;
    tx.announce(place.conversation_id, &ConversationEvent::MessageEdited(edited.clone()));
    inbox::retell(tx, &news::subject(message), &markdown::preview(&rendered.text)).await?;
    follow_up(tx, &standing, &place).await?;
    Ok(edited)
}

/// Deletes a message; a tombstone stays, the text is gone from tables, index and log. Deleting twice is no error.
///
/// # Errors
/// 403 unless who asks wrote it, owns the conversation or runs the organisation; 404.
pub async fn delete(tx: &mut Tx, who: &Identity, message: MessageId) -> AppResult<()> {
    let (place, standing) = stored::place(tx, who, message).await?;
    let own = place.author_id == who.person;
    if !own && !standing.owner && !who.has(Role::Admin) {
        return Err(AppError::forbidden("Only its author or an owner of the conversation can delete a message."));
    }
    if place.deleted_at.is_some() {
        return Ok(());
    }
    search::remove(tx, message, &place.text).await?;
    sqlx::query("update messages set text = '', html = '', deleted_at = $2 where id = $1")
        .bind(message)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    sqlx::query("delete from mentions where message_id = $1").bind(message).execute(&mut **tx).await?;
    sqlx::query("delete from reactions where message_id = $1").bind(message).execute(&mut **tx).await?;
    let tombstone = stored::one(tx, place.conversation_id, place.number).await?;
    tx.announce(place.conversation_id, &ConversationEvent::MessageDeleted(tombstone));
    inbox::retract(tx, &news::subject(message)).await?;
    if !own {
        let deleted = Activity::by(who, Verb::MessageDeleted, message.0).named(&standing.name).about(place.author_id);
        tx.record(deleted.within(place.conversation_id)).await?;
    }
    follow_up(tx, &standing, &place).await
}

/// What else shows a changed text: the messages that quote it, and the lists if it is the last.
async fn follow_up(tx: &mut Tx, standing: &Standing, place: &stored::Place) -> AppResult<()> {
    let quoting: Vec<i64> = sqlx::query_scalar("select number from messages where reply_to = $1 and deleted_at is null order by number")
        .bind(place.id)
        .fetch_all(&mut **tx)
        .await?;
    for number in quoting {
        let message = stored::one(tx, place.conversation_id, number).await?;
        tx.announce(place.conversation_id, &ConversationEvent::MessageEdited(message));
    }
    if place.number == standing.head {
        tx.moved(place.conversation_id.0);
    }
    Ok(())
}
