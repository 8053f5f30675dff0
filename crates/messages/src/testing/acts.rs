//! What people do in conversations, each in a transaction of its own, as the server functions do it.

use plenum_core::{
    error::AppResult,
    ids::{ConversationId, MessageId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_store::db::{Store, Tx};

use crate::{
    model::{Access, Found, MemberEntry, Message, Readers, RoomEntry, Sidebar, Thread},
    server::{blocking, members, pacing, pointers, pointers::Mark, reactions, reading, reading::Part, rooms, search, sending},
};

/// The list of conversations.
///
/// # Errors
/// As the function within.
pub async fn sidebar(store: &Store, who: &Identity) -> AppResult<Snapshot<Sidebar>> {
    reading::sidebar(&mut *store.read().await?, who, store.epoch()).await
}

/// A conversation.
///
/// # Errors
/// As the function within.
pub async fn thread(
    store: &Store,
    who: &Identity,
    conversation: ConversationId,
    from: Option<u64>,
    around: Option<u64>,
) -> AppResult<Snapshot<Thread>> {
    reading::thread(&mut *store.read().await?, who, store.epoch(), conversation, Part::from_address(from, around)).await
}

/// The page before a number.
///
/// # Errors
/// As the function within.
pub async fn page_before(store: &Store, who: &Identity, conversation: ConversationId, before: u64) -> AppResult<Vec<Message>> {
    reading::page_before(&mut *store.read().await?, who, conversation, before).await
}

/// The page after a number.
///
/// # Errors
/// As the function within.
pub async fn page_after(store: &Store, who: &Identity, conversation: ConversationId, after: u64) -> AppResult<Vec<Message>> {
    reading::page_after(&mut *store.read().await?, who, conversation, after).await
}

/// A page of members.
///
/// # Errors
/// As the function within.
pub async fn members(store: &Store, who: &Identity, conversation: ConversationId, query: &str, offset: u32) -> AppResult<Vec<MemberEntry>> {
    members::page(&mut *store.read().await?, who, conversation, query, offset).await
}

/// Who has read a message.
///
/// # Errors
/// As the function within.
pub async fn readers(store: &Store, who: &Identity, message: MessageId) -> AppResult<Readers> {
    members::readers(&mut *store.read().await?, who, message).await
}

/// Searches.
///
/// # Errors
/// As the function within.
pub async fn search(store: &Store, who: &Identity, query: &str, before: Option<MessageId>) -> AppResult<Vec<Found>> {
    search::find(&mut *store.read().await?, who, query, before).await
}

/// The rooms.
///
/// # Errors
/// As the function within.
pub async fn rooms(store: &Store, who: &Identity) -> AppResult<Vec<RoomEntry>> {
    rooms::list(&mut *store.read().await?, who).await
}

/// Sends a message.
///
/// # Errors
/// As the function within.
pub async fn send(
    store: &Store,
    who: &Identity,
    conversation: ConversationId,
    text: String,
    reply_to: Option<MessageId>,
    key: String,
) -> AppResult<Message> {
    sending::render_and_send(store, who, conversation, text, reply_to, key).await
}

/// Edits a message.
///
/// # Errors
/// As the function within.
pub async fn edit(store: &Store, who: &Identity, message: MessageId, text: String) -> AppResult<Message> {
    sending::render_and_edit(store, who, message, text).await
}

/// Deletes a message.
///
/// # Errors
/// As the function within.
pub async fn delete(store: &Store, who: &Identity, message: MessageId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| sending::delete(tx, &who, message).await).await
}

/// Sets or takes back a reaction.
///
/// # Errors
/// As the function within.
pub async fn react(store: &Store, who: &Identity, message: MessageId, emoji: &str, on: bool) -> AppResult<()> {
    let (who, emoji) = (who.clone(), emoji.to_owned());
    store.write(async move |tx: &mut Tx| reactions::react(tx, &who, message, &emoji, on).await).await
}

/// Marks as read.
///
/// # Errors
/// As the function within.
pub async fn mark_read(store: &Store, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    pacing::mark(store, who, conversation, Mark::read(number)).await
}

/// Marks as delivered.
///
/// # Errors
/// As the function within.
pub async fn mark_delivered(store: &Store, who: &Identity, heads: Vec<(ConversationId, u64)>) -> AppResult<()> {
    pacing::mark_delivered(store, who, heads).await
}

/// Marks as unread.
///
/// # Errors
/// As the function within.
pub async fn mark_unread(store: &Store, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    pacing::mark_unread(store, who, conversation, number).await
}

/// Mutes or unmutes a conversation.
///
/// # Errors
/// As the function within.
pub async fn mute(store: &Store, who: &Identity, conversation: ConversationId, muted: bool) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| pointers::mute(tx, &who, conversation, muted).await).await
}

/// Creates a room.
///
/// # Errors
/// As the function within.
pub async fn create_room(store: &Store, who: &Identity, name: String, topic: String, access: Access) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::create_room(tx, &who, &name, &topic, access).await).await
}

/// Creates a group.
///
/// # Errors
/// As the function within.
pub async fn create_group(store: &Store, who: &Identity, people: Vec<PersonId>, name: String) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::create_group(tx, &who, &people, &name).await).await
}

/// The direct conversation with a person.
///
/// # Errors
/// As the function within.
pub async fn direct(store: &Store, who: &Identity, person: PersonId) -> AppResult<ConversationId> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::direct(tx, &who, person).await).await
}

/// Blocks a person, or no longer.
///
/// # Errors
/// As the function within.
pub async fn block(store: &Store, who: &Identity, person: PersonId, blocked: bool) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| blocking::set(tx, &who, person, blocked).await).await
}

/// Joins a room.
///
/// # Errors
/// As the function within.
pub async fn join(store: &Store, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::join(tx, &who, conversation).await).await
}

/// Leaves a conversation.
///
/// # Errors
/// As the function within.
pub async fn leave(store: &Store, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::leave(tx, &who, conversation).await).await
}

/// Adds a person.
///
/// # Errors
/// As the function within.
pub async fn invite(store: &Store, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::invite(tx, &who, conversation, person).await).await
}

/// Removes a person.
///
/// # Errors
/// As the function within.
pub async fn remove(store: &Store, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| members::remove(tx, &who, conversation, person).await).await
}

/// Changes name and topic.
///
/// # Errors
/// As the function within.
pub async fn rename(store: &Store, who: &Identity, conversation: ConversationId, name: String, topic: String) -> AppResult<()> {
    let who = who.clone();
    store.write(async move |tx: &mut Tx| rooms::rename(tx, &who, conversation, &name, &topic).await).await
}
