//! Sending, editing and deleting: one order without gaps (I7), each message once (I6, I8),
//! and no text left behind when it is edited away.

use crate::{
    live::{ConversationEvent, QuoteChanged},
    model::{Message, Quote},
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult, ErrorCode},
    ids::{ConversationId, MessageId, Millis, PersonId},
    people::Identity,
};
use plenum_directory::server::organisations::admit_message;
use plenum_inbox::server as inbox;
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    person_is_active,
};

use super::{
    blocking,
    conversations::{self, Membership},
    markdown::{self, Rendered},
    news,
    pointers::{self, Mark},
    search, stored,
};

/// People that one message mentions at the most: each is told.
const MENTIONS: usize = 50;

/// Renders `text` for `conversation`, in which `who` may write, before the write, so that no parsing holds the writer. Whoever joins or
/// leaves in that instant is or is not mentioned; nobody gets a right by it.
///
/// # Errors
/// 403 unless they have joined; 404; 422 `text` if it mentions too many.
pub async fn prepare(store: &Store, who: &Identity, conversation: ConversationId, text: &str) -> AppResult<Rendered> {
    let mut conn = store.read().await?;
    may_write(&mut conn, who, conversation).await?;
    let members = if text.contains('@') {
        let statement = concat!(
            "select p.id, p.name from memberships m join people p on p.id = m.person_id where m.conversation_id = $1 and ",
            person_is_active!("p")
        );
        sqlx::query_as(statement).bind(conversation).fetch_all(&mut *conn).await?
    } else {
        Vec::new()
    };
    drop(conn);
    let rendered = markdown::render(text, &members);
    if rendered.mentions.len() > MENTIONS {
        return Err(AppError::invalid("text", format!("A message mentions at most {MENTIONS} people.")));
    }
    Ok(rendered)
}

/// Renders `text` and sends it in one write.
///
/// # Errors
/// As [`send`].
pub async fn render_and_send(
    store: &Store,
    who: &Identity,
    conversation: ConversationId,
    text: String,
    reply_to: Option<MessageId>,
    key: String,
) -> AppResult<Message> {
    let rendered = match prepare(store, who, conversation, &text).await {
        Ok(rendered) => rendered,
        // What was sent before one left stays sent.
        Err(refusal) => {
            let sent = already_sent(&mut *store.read().await?, who.person, conversation, &text, reply_to, &key).await?;
            return sent.ok_or(refusal);
        }
    };
    let who = who.clone();
    store.write(async move |tx: &mut Tx| send(tx, &who, conversation, &rendered, reply_to, &key).await).await
}

/// Renders `text` and makes it that of the message of who asks, in one write.
///
/// # Errors
/// As [`edit`].
pub async fn render_and_edit(store: &Store, who: &Identity, message: MessageId, text: String) -> AppResult<Message> {
    let (place, membership) = stored::message_find(&mut *store.read().await?, who, message).await?;
    may_edit(who, &place, &membership)?;
    let (rendered, who) = (prepare(store, who, place.conversation_id, &text).await?, who.clone());
    store.write(async move |tx: &mut Tx| edit(tx, &who, message, &rendered).await).await
}

/// Sends a message and moves its author's own pointers to it. The same key again answers with the
/// message that it made, whatever has become of it since.
///
/// # Errors
/// 403 if the author has not joined, or one of the two has blocked the other; 404; 409 if the organisation has sent as many messages today as
/// it may; 422 `key` for a key used for another message, `reply_to`
/// for a message of another conversation.
pub async fn send(
    tx: &mut Tx,
    who: &Identity,
    conversation: ConversationId,
    rendered: &Rendered,
    reply_to: Option<MessageId>,
    key: &str,
) -> AppResult<Message> {
    let membership = match may_write(tx, who, conversation).await {
        Ok(membership) => membership,
        // What was sent before one left stays sent.
        Err(refusal) => return already_sent(tx, who.person, conversation, &rendered.text, reply_to, key).await?.ok_or(refusal),
    };
    let quote = match reply_to {
        Some(quoted) => Some(
            stored::quote(tx, conversation, quoted)
                .await?
                .ok_or_else(|| AppError::invalid("reply_to", "The message that this answers is not in this conversation."))?,
        ),
        None => None,
    };
    let (number, at) = (membership.head + 1, tx.now());
    let entry = Entry { conversation, number, author: who.person, rendered, reply_to, key, at };
    let Some(id) = insert(tx, &entry).await? else {
        return already_sent(tx, who.person, conversation, &rendered.text, reply_to, key).await?.ok_or_else(AppError::internal);
    };
    admit_message(tx, who.organisation).await?;
    sqlx::query("update conversations set head = $2 where id = $1").bind(conversation).bind(number).execute(&mut **tx).await?;
    let number = number.unsigned_abs();
    let message = Message {
        id,
        number,
        author: membership.card(who.person),
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
    message_announce(tx, conversation, ConversationEvent::MessageSent, &message);
    pointers::advance(tx, &membership, who.person, who.privacy.send_read_marks, Mark { read: Some(number), delivered: Some(number) })
        .await?;
    news::members_notify(tx, &membership, &message).await?;
    tx.moved(conversation.0);
    Ok(message)
}

async fn may_write(conn: &mut Conn, who: &Identity, conversation: ConversationId) -> AppResult<Membership> {
    let membership = conversations::readable_by(conn, who, conversation).await?;
    membership.must_have_joined()?;
    blocking::must_be_open(conn, who, &membership).await?;
    Ok(membership)
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
    search::add(conn, entry.conversation, id, &entry.rendered.plain).await?;
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
///
/// # Errors
/// 422 `key` if it made another one.
pub async fn already_sent(
    conn: &mut Conn,
    author: PersonId,
    conversation: ConversationId,
    text: &str,
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
    let same = sent.conversation_id == conversation && sent.reply_to == reply_to && (sent.changed || sent.text == text);
    if !same {
        return Err(AppError::invalid("key", "This key was used for another message.").with_code(ErrorCode::IdempotencyKey));
    }
    stored::one(conn, conversation, sent.number).await.map(Some)
}

/// Whether `who` may edit the message at `place`.
///
/// # Errors
/// 403 if it is another's or one has left; 409 if it is deleted.
fn may_edit(who: &Identity, place: &stored::StoredMessage, membership: &Membership) -> AppResult<()> {
    membership.must_have_joined()?;
    if place.author_id != who.person {
        return Err(AppError::forbidden("Only its author can edit a message."));
    }
    if place.deleted_at.is_some() {
        return Err(AppError::conflict("This message has been deleted."));
    }
    Ok(())
}

/// Edits one's own message. Whoever is mentioned by it and was not before is told; for whoever is not any more, what told them goes.
///
/// # Errors
/// As [`may_edit`]; 403 if one can no longer write here; 404.
pub async fn edit(tx: &mut Tx, who: &Identity, message: MessageId, rendered: &Rendered) -> AppResult<Message> {
    let (place, membership) = stored::message_find(tx, who, message).await?;
    may_edit(who, &place, &membership)?;
    blocking::must_be_open(tx, who, &membership).await?;
    if place.text == rendered.text {
        return stored::one(tx, place.conversation_id, place.number).await;
    }
    let before: Vec<PersonId> =
        sqlx::query_scalar("select person_id from mentions where message_id = $1").bind(message).fetch_all(&mut **tx).await?;
    search::remove(tx, message).await?;
    sqlx::query("update messages set text = $2, html = $3, edited_at = $4 where id = $1")
        .bind(message)
        .bind(&rendered.text)
        .bind(&rendered.html)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    sqlx::query("delete from mentions where message_id = $1").bind(message).execute(&mut **tx).await?;
    mention(tx, message, &rendered.mentions).await?;
    search::add(tx, place.conversation_id, message, &rendered.plain).await?;
    let edited = stored::one(tx, place.conversation_id, place.number).await?;
    message_announce(tx, place.conversation_id, ConversationEvent::MessageEdited, &edited);
    inbox::retell(tx, &news::subject(message), &markdown::preview(&rendered.text)).await?;
    news::retell_mentions(tx, &membership, &edited, &before).await?;
    follow_up(tx, membership.head, &place).await?;
    Ok(edited)
}

/// Deletes a message; a tombstone stays, the text is gone from tables, index and log. Deleting twice is no error.
///
/// # Errors
/// 403 unless who asks wrote it, owns the conversation or runs the organisation; 404.
pub async fn delete(tx: &mut Tx, who: &Identity, message: MessageId) -> AppResult<()> {
    let (place, membership) = stored::message_find(tx, who, message).await?;
    let own = place.author_id == who.person;
    if !membership.rights(who).may_delete(own) {
        return Err(AppError::forbidden("Only its author or an owner of the conversation can delete a message."));
    }
    if place.deleted_at.is_some() {
        return Ok(());
    }
    erase(tx, who, &place, &membership.name, membership.head).await
}

/// Deletes the message at `place`, in the conversation of this name and head; whoever calls it has asked whether `who` may.
pub(super) async fn erase(tx: &mut Tx, who: &Identity, place: &stored::StoredMessage, name: &str, head: i64) -> AppResult<()> {
    let message = place.id;
    search::remove(tx, message).await?;
    sqlx::query("update messages set text = '', html = '', deleted_at = $2 where id = $1")
        .bind(message)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    sqlx::query("delete from mentions where message_id = $1").bind(message).execute(&mut **tx).await?;
    sqlx::query("delete from reactions where message_id = $1").bind(message).execute(&mut **tx).await?;
    let tombstone = stored::one(tx, place.conversation_id, place.number).await?;
    message_announce(tx, place.conversation_id, ConversationEvent::MessageDeleted, &tombstone);
    inbox::retract(tx, &news::subject(message)).await?;
    if place.author_id != who.person {
        let deleted = Activity::by(who, Record::MessageDeleted, Subject::named(message.0, name));
        tx.record(deleted.about(place.author_id).within(place.conversation_id)).await?;
    }
    // Also of an older one: lists count what is unread without it.
    tx.moved(place.conversation_id.0);
    follow_up(tx, head, place).await
}

/// Announces `message` by `event`. The text that it quotes is announced beside it, under the quoted message: the log has it in one row
/// however many replies there are, and an edit changes it with that one row (I33).
fn message_announce(tx: &mut Tx, conversation: ConversationId, event: fn(Message) -> ConversationEvent, message: &Message) {
    let mut message = message.clone();
    if let Some(quote) = &mut message.reply_to {
        let text = std::mem::take(&mut quote.text);
        quote_announce(tx, conversation, quote.message, text);
    }
    tx.announce(conversation, &event(message));
}

fn quote_announce(tx: &mut Tx, conversation: ConversationId, message: MessageId, text: String) {
    tx.announce(conversation, &ConversationEvent::QuoteChanged(QuoteChanged { message, text }));
}

/// What else shows a changed text: the messages that quote it, and the lists if it is the last.
async fn follow_up(tx: &mut Tx, head: i64, place: &stored::StoredMessage) -> AppResult<()> {
    let is_quoted: bool = sqlx::query_scalar("select exists (select 1 from messages where reply_to = $1 and deleted_at is null)")
        .bind(place.id)
        .fetch_one(&mut **tx)
        .await?;
    if is_quoted && let Some(Quote { message, text, .. }) = stored::quote(tx, place.conversation_id, place.id).await? {
        quote_announce(tx, place.conversation_id, message, text);
    }
    if place.number == head {
        tx.moved(place.conversation_id.0);
    }
    Ok(())
}
