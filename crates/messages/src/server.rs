//! The server's side of messages: rules and SQL, no page.
//!
//! Every function here is one read or one write: it opens the transaction and calls an inner
//! function that takes it, with typed arguments. The inner ones:
//! - `conversations`: who may see what, and the lines of the list;
//! - `reading`: snapshots and pages; `stored`: messages as rows;
//! - `sending`, `reactions`, `markdown`: what is said;
//! - `pointers`, `pacing`: how far people have got;
//! - `members`, `rooms`, [`spaces`]: who is where; `news`: whom a message concerns;
//! - `search`, `heads`, `seed`.
//!
//! Membership is always asked inside the transaction that uses it (I24).

mod conversations;
mod heads;
mod markdown;
mod members;
mod news;
mod pacing;
mod pointers;
mod reactions;
mod reading;
mod rooms;
mod search;
mod seed;
mod sending;
pub mod spaces;
mod stored;
#[cfg(test)]
pub mod tests;

pub use conversations::{may_join_channel, member_ids, readable_by};
pub use heads::ConversationHeads;
pub use members::welcome;
pub use seed::{seed_conversations, seed_large, seed_notifications};

use super::model::{Access, Found, MemberEntry, Message, Readers, RoomEntry, Sidebar, Thread};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, MessageId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_store::db::{Store, Tx};
use pointers::Mark;
use reading::Part;

/// Deliveries that one request may report.
const DELIVERIES: usize = 300;

/// The list of conversations of who asks.
///
/// # Errors
/// If the database refuses.
pub async fn sidebar(store: &Store, who: &Identity) -> AppResult<Snapshot<Sidebar>> {
    reading::sidebar(&mut *store.read().await?, who, store.epoch()).await
}

/// Unread messages over all conversations that who asks has not muted.
///
/// # Errors
/// If the database refuses.
pub async fn unread(store: &Store, who: &Identity) -> AppResult<u64> {
    reading::unread(&mut *store.look().await?, who).await
}

/// A conversation: its last page, the window from number `from`, or the one around number `around`.
///
/// # Errors
/// 404 if there is no such conversation for who asks.
pub async fn thread(
    store: &Store,
    who: &Identity,
    conversation: ConversationId,
    from: Option<u64>,
    around: Option<u64>,
) -> AppResult<Snapshot<Thread>> {
    reading::thread(&mut *store.read().await?, who, store.epoch(), conversation, Part::from_address(from, around)).await
}

/// The page before number `before`, oldest first.
///
/// # Errors
/// As [`thread`].
pub async fn page_before(store: &Store, who: &Identity, conversation: ConversationId, before: u64) -> AppResult<Vec<Message>> {
    reading::page_before(&mut *store.read().await?, who, conversation, before).await
}

/// The page after number `after`, oldest first.
///
/// # Errors
/// As [`thread`].
pub async fn page_after(store: &Store, who: &Identity, conversation: ConversationId, after: u64) -> AppResult<Vec<Message>> {
    reading::page_after(&mut *store.read().await?, who, conversation, after).await
}

/// An idempotency key for a page that made none.
pub fn fresh_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Sends a message.
///
/// # Errors
/// See [`sending::send`].
pub async fn send(
    store: &Store,
    who: &Identity,
    conversation: ConversationId,
    text: String,
    reply_to: Option<MessageId>,
    key: String,
) -> AppResult<Message> {
    let rendered = sending::prepare(store, conversation, &text).await?;
    let who = who.clone();
    store.write(async move |tx: &mut Tx| sending::send(tx, &who, conversation, &rendered, reply_to, &key).await).await
}

/// Edits one's own message.
///
/// # Errors
/// See [`sending::edit`].
pub async fn edit(store: &Store, who: &Identity, message: MessageId, text: String) -> AppResult<Message> {
    let (place, _) = stored::place(&mut *store.read().await?, who, message).await?;
    let rendered = sending::prepare(store, place.conversation_id, &text).await?;
    let who = who.clone();
    store.write(async move |tx: &mut Tx| sending::edit(tx, &who, message, &rendered).await).await
}

/// Deletes a message; a tombstone stays.
///
/// # Errors
/// See [`sending::delete`].
pub async fn delete(store: &Store, who: &Identity, message: MessageId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| sending::delete(tx, &who, message).await).await
}

/// Sets or takes back a reaction.
///
/// # Errors
/// See [`reactions::react`].
pub async fn react(store: &Store, who: &Identity, message: MessageId, emoji: &str, on: bool) -> AppResult<()> {
    let (who, emoji) = (who.clone(), emoji.to_owned());
    store.write(async move |tx: &mut Tx| reactions::react(tx, &who, message, &emoji, on).await).await
}

/// Marks everything up to `number` as read, within two seconds.
///
/// # Errors
/// 404 if who asks is not a member.
pub async fn mark_read(store: &Store, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    pacing::mark(store, who, conversation, Mark { read: Some(number), delivered: Some(number) }).await
}

/// The same within `tx`, at once.
///
/// # Errors
/// As [`mark_read`].
pub async fn mark_read_in(tx: &mut Tx, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    pointers::mark(tx, who, conversation, Mark { read: Some(number), delivered: Some(number) }).await
}

/// Says that messages have reached a browser of who asks. What is none of theirs is left out.
///
/// # Errors
/// If the database refuses.
pub async fn mark_delivered(store: &Store, who: &Identity, mut heads: Vec<(ConversationId, u64)>) -> AppResult<()> {
    heads.truncate(DELIVERIES);
    let news = pointers::undelivered(&mut *store.read().await?, who, heads).await?;
    let marks =
        news.into_iter().map(|(conversation, number)| pacing::mark(store, who, conversation, Mark { read: None, delivered: Some(number) }));
    // Together, so that they share a commit.
    for outcome in futures::future::join_all(marks).await {
        if let Err(error) = outcome {
            tracing::debug!(%error, "a delivery was not written");
        }
    }
    Ok(())
}

/// Marks unread from `number` on, for who asks alone.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mark_unread(store: &Store, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    // What was read before must not take the mark back afterwards.
    let (waiting, who) = (pacing::take(store, who, conversation), who.clone());
    store
        .write(async move |tx: &mut Tx| {
            if waiting != Mark::default() {
                pointers::mark(tx, &who, conversation, waiting).await?;
            }
            pointers::mark_unread(tx, &who, conversation, number).await
        })
        .await
}

/// Mutes or unmutes a conversation for who asks.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mute(store: &Store, who: &Identity, conversation: ConversationId, muted: bool) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| pointers::mute(tx, &who, conversation, muted).await).await
}

/// Creates a room that who asks owns.
///
/// # Errors
/// See [`rooms::create_room`].
pub async fn create_room(store: &Store, who: &Identity, name: String, topic: String, access: Access) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::create_room(tx, &who, &name, &topic, access).await).await
}

/// Creates a group.
///
/// # Errors
/// See [`rooms::create_group`].
pub async fn create_group(store: &Store, who: &Identity, people: Vec<PersonId>, name: String) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::create_group(tx, &who, &people, &name).await).await
}

/// The direct conversation with `person`.
///
/// # Errors
/// See [`rooms::direct`].
pub async fn direct(store: &Store, who: &Identity, person: PersonId) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::direct(tx, &who, person).await).await
}

/// Joins an open room.
///
/// # Errors
/// See [`members::join`].
pub async fn join(store: &Store, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::join(tx, &who, conversation).await).await
}

/// Leaves a room or group.
///
/// # Errors
/// See [`members::leave`].
pub async fn leave(store: &Store, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::leave(tx, &who, conversation).await).await
}

/// Adds `person` to a room or group.
///
/// # Errors
/// See [`members::invite`].
pub async fn invite(store: &Store, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::invite(tx, &who, conversation, person).await).await
}

/// Removes `person` from a room or group.
///
/// # Errors
/// See [`members::remove`].
pub async fn remove(store: &Store, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::remove(tx, &who, conversation, person).await).await
}

/// Changes name and topic of a room or group.
///
/// # Errors
/// See [`rooms::rename`].
pub async fn rename(store: &Store, who: &Identity, conversation: ConversationId, name: String, topic: String) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::rename(tx, &who, conversation, &name, &topic).await).await
}

/// A page of members by name, those whose name contains `query`, with when they were last here.
///
/// # Errors
/// As [`thread`].
pub async fn members(store: &Store, who: &Identity, conversation: ConversationId, query: &str, offset: u32) -> AppResult<Vec<MemberEntry>> {
    members::page(&mut *store.read().await?, who, conversation, query, offset).await
}

/// Who has read a message, as far as they let others see it.
///
/// # Errors
/// 404 if there is no such message for who asks.
pub async fn readers(store: &Store, who: &Identity, message: MessageId) -> AppResult<Readers> {
    members::readers(&mut *store.read().await?, who, message).await
}

/// Searches the conversations of who asks, newest first.
///
/// # Errors
/// 422 `query` if there is no word in it.
pub async fn search(store: &Store, who: &Identity, query: &str, before: Option<MessageId>) -> AppResult<Vec<Found>> {
    search::find(&mut *store.read().await?, who, query, before).await
}

/// The open rooms of the organisation and one's own private ones, by name.
///
/// # Errors
/// If the database refuses.
pub async fn rooms(store: &Store, who: &Identity) -> AppResult<Vec<RoomEntry>> {
    rooms::list(&mut *store.read().await?, who).await
}
