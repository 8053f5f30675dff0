//! The browser's private API of messages: who asks, is the input valid, call the
//! server's function within a transaction.

pub mod reports;

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Found, MemberEntry, Message, Readers, RoomEntry, Sidebar, Thread};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{ConversationId, MessageId, PersonId},
    live::Snapshot,
    people::PersonCard,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model,
        server::{self, pacing, pointers, pointers::Mark, reactions, reading, reading::Part, sending},
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::{
        db::{Conn, Tx},
        heavy::{Asker, HeavyReads},
        idempotency::{fresh_key, parse_key_if_any},
    },
    plenum_web::{
        server_fn::{command, command_with_input, command_with_state, query, query_snapshot, query_with_state},
        state::AppState,
    },
};

/// The list of one's conversations.
///
/// # Errors
/// 401.
#[server(name = LoadSidebar, prefix = "/fn", endpoint = "messages/sidebar", input = GetUrl, output = Json)]
pub async fn sidebar() -> Result<Snapshot<Sidebar>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| reading::sidebar(conn, who, epoch).await).await
}

/// A conversation: its last page, or the window that begins at number `from`, or the one around number `around`.
///
/// # Errors
/// 401; 404 if there is no such conversation for this person.
#[server(name = LoadThread, prefix = "/fn", endpoint = "messages/thread", input = GetUrl, output = Json)]
pub async fn thread(conversation: ConversationId, from: Option<u64>, around: Option<u64>) -> Result<Snapshot<Thread>, AppError> {
    let part = Part::from_address(from, around);
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| reading::thread(conn, who, epoch, conversation, part).await)
        .await
}

/// The page of history before number `before`, oldest first.
///
/// # Errors
/// As [`thread`].
#[server(name = LoadOlder, prefix = "/fn", endpoint = "messages/older", input = GetUrl, output = Json)]
pub async fn older(conversation: ConversationId, before: u64) -> Result<Vec<Message>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| reading::page_before(conn, who, conversation, before).await).await
}

/// The page after number `after`, oldest first.
///
/// # Errors
/// As [`thread`].
#[server(name = LoadNewer, prefix = "/fn", endpoint = "messages/newer", input = GetUrl, output = Json)]
pub async fn newer(conversation: ConversationId, after: u64) -> Result<Vec<Message>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| reading::page_after(conn, who, conversation, after).await).await
}

/// Sends a message. The same key again answers with the message that it made (I6, I8).
/// Without a key (a page without scripts) one is made here. `author` is who wrote it: somebody
/// else may have signed in to the browser since, and must not say it.
///
/// # Errors
/// 401; 403 if one is not a member; 404; 409 `author` if one is somebody else; 422 for the text or a
/// key used for another text; 429.
#[server(name = SendMessage, prefix = "/fn", endpoint = "messages/send", output = Json)]
pub async fn send(
    conversation: ConversationId,
    text: String,
    reply_to: Option<MessageId>,
    key: Option<String>,
    author: Option<PersonId>,
) -> Result<Message, AppError> {
    command_with_state(async move |state, who| {
        model::check_author(author, who.person)?;
        let text = model::parse_text(&text)?;
        let key = parse_key_if_any(&key.unwrap_or_default())?.unwrap_or_else(fresh_key);
        sending::render_and_send(&state.store, &who, conversation, text, reply_to, key).await
    })
    .await
}

/// Edits one's own message.
///
/// # Errors
/// 401; 403 if it is another's; 404; 409 if it is deleted; 422 for the text; 429.
#[server(name = EditMessage, prefix = "/fn", endpoint = "messages/edit", output = Json)]
pub async fn edit(message: MessageId, text: String) -> Result<Message, AppError> {
    command_with_state(async move |state, who| sending::render_and_edit(&state.store, &who, message, model::parse_text(&text)?).await).await
}

/// Deletes a message: one's own, or as the conversation's owner. A tombstone stays.
///
/// # Errors
/// 401; 403; 404; 429. Deleting twice is no error.
#[server(name = DeleteMessage, prefix = "/fn", endpoint = "messages/delete", output = Json)]
pub async fn delete(message: MessageId) -> Result<(), AppError> {
    command(async move |tx, who| sending::delete(tx, who, message).await).await
}

/// Sets or takes back a reaction.
///
/// # Errors
/// 401; 403; 404; 409 if the message is deleted; 422 if `emoji` is none; 429.
#[server(name = ReactToMessage, prefix = "/fn", endpoint = "messages/react", output = Json)]
pub async fn react(message: MessageId, emoji: String, on: bool) -> Result<(), AppError> {
    command(async move |tx, who| reactions::react(tx, who, message, &emoji, on).await).await
}

/// Marks everything up to `number` as read. Coalesced to one write per 2 s, person and conversation.
///
/// # Errors
/// 401; 404; 429.
#[server(name = MarkRead, prefix = "/fn", endpoint = "messages/read", output = Json)]
pub async fn mark_read(conversation: ConversationId, number: u64) -> Result<(), AppError> {
    command_with_state(async move |state, who| pacing::mark(&state.store, &who, conversation, Mark::read(number)).await).mark().await
}

/// Says that messages have reached this browser.
///
/// # Errors
/// 401; 429.
#[server(name = MarkDelivered, prefix = "/fn", endpoint = "messages/delivered", input = Json, output = Json)]
pub async fn mark_delivered(heads: Vec<(ConversationId, u64)>) -> Result<(), AppError> {
    command_with_state(async move |state, who| pacing::mark_delivered(&state.store, &who, heads).await).mark().await
}

/// Marks unread from `number` on, for oneself; pointer and receipts stay (I12).
///
/// # Errors
/// 401; 404; 429.
#[server(name = MarkUnread, prefix = "/fn", endpoint = "messages/unread", output = Json)]
pub async fn mark_unread(conversation: ConversationId, number: u64) -> Result<(), AppError> {
    command_with_state(async move |state, who| pacing::mark_unread(&state.store, &who, conversation, number).await).mark().await
}

/// Mutes or unmutes a conversation for oneself.
///
/// # Errors
/// 401; 404; 429.
#[server(name = MuteConversation, prefix = "/fn", endpoint = "messages/mute", output = Json)]
pub async fn mute(conversation: ConversationId, muted: bool) -> Result<(), AppError> {
    command(async move |tx, who| pointers::mute(tx, who, conversation, muted).await).await
}

/// Creates a room; its maker is its owner and first member.
///
/// # Errors
/// 401; 409 if the name is taken; 422 for the name; 429.
#[server(name = CreateRoom, prefix = "/fn", endpoint = "messages/create_room", output = Json)]
pub async fn create_room(name: String, topic: Option<String>, private: Option<bool>) -> Result<ConversationId, AppError> {
    let access = if private.unwrap_or_default() { model::Access::Private } else { model::Access::Open };
    let topic = topic.unwrap_or_default();
    let create = async move |tx: &mut Tx, who: &Identity, name: &String| server::rooms::create_room(tx, who, name, &topic, access).await;
    let id = command_with_input(move || model::parse_room_name(&name), create).await?;
    leptos_axum::redirect(&format!("/messages/{id}"));
    Ok(id)
}

/// Creates a group with `people` (a form's fields `people[]`) and oneself; with one other person it is
/// the direct conversation.
///
/// # Errors
/// 401; 404 for an unknown person; 422 `people` if nobody is named or more than 49, `name`; 429.
#[server(name = CreateGroup, prefix = "/fn", endpoint = "messages/create_group", output = Json)]
pub async fn create_group(#[server(default)] people: Vec<PersonId>, #[server(default)] name: String) -> Result<ConversationId, AppError> {
    let id = command(async move |tx, who| server::rooms::create_group(tx, who, &people, &name).await).await?;
    leptos_axum::redirect(&format!("/messages/{id}"));
    Ok(id)
}

/// The direct conversation with `person`; made if there is none yet, whoever starts.
///
/// # Errors
/// 401; 404; 429.
#[server(name = StartDirect, prefix = "/fn", endpoint = "messages/direct", output = Json)]
pub async fn direct(person: PersonId) -> Result<ConversationId, AppError> {
    let id = command(async move |tx, who| server::rooms::direct(tx, who, person).await).await?;
    leptos_axum::redirect(&format!("/messages/{id}"));
    Ok(id)
}

/// Blocks `person`, or no longer.
///
/// # Errors
/// 401; 404; 409 if one has blocked too many; 422 for oneself; 429.
#[server(name = BlockPerson, prefix = "/fn", endpoint = "messages/block", output = Json)]
pub async fn block(person: PersonId, blocked: bool) -> Result<(), AppError> {
    command(async move |tx, who| server::blocking::set(tx, who, person, blocked).await).done(format!("/people/{person}")).await
}

/// The people whom one has blocked, by name.
///
/// # Errors
/// 401.
#[server(name = ListBlocked, prefix = "/fn", endpoint = "messages/blocked", input = GetUrl, output = Json)]
pub async fn blocked() -> Result<Vec<PersonCard>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| plenum_directory::server::blocks::list(conn, who).await).await
}

/// Joins an open room.
///
/// # Errors
/// 401; 404; 429.
#[server(name = JoinRoom, prefix = "/fn", endpoint = "messages/join", output = Json)]
pub async fn join(conversation: ConversationId) -> Result<(), AppError> {
    command(async move |tx, who| server::members::join(tx, who, conversation).await).await?;
    leptos_axum::redirect(&format!("/messages/{conversation}"));
    Ok(())
}

/// Leaves a room or group.
///
/// # Errors
/// 401; 404; 409 for the general room and direct conversations; 429.
#[server(name = LeaveConversation, prefix = "/fn", endpoint = "messages/leave", output = Json)]
pub async fn leave(conversation: ConversationId) -> Result<(), AppError> {
    command(async move |tx, who| server::members::leave(tx, who, conversation).await).await?;
    leptos_axum::redirect("/messages");
    Ok(())
}

/// Adds `person` to a room or group that one is a member of.
///
/// # Errors
/// 401; 403; 404; 409 for direct conversations; 429.
#[server(name = InvitePerson, prefix = "/fn", endpoint = "messages/invite", output = Json)]
pub async fn invite(conversation: ConversationId, person: PersonId) -> Result<(), AppError> {
    command(async move |tx, who| server::members::invite(tx, who, conversation, person).await).await
}

/// Removes `person`, as the conversation's owner.
///
/// # Errors
/// 401; 403; 404; 409 for the general room and direct conversations; 429.
#[server(name = RemovePerson, prefix = "/fn", endpoint = "messages/remove", output = Json)]
pub async fn remove(conversation: ConversationId, person: PersonId) -> Result<(), AppError> {
    command(async move |tx, who| server::members::remove(tx, who, conversation, person).await).await
}

/// Changes name and topic of a room or group, as its owner.
///
/// # Errors
/// 401; 403; 404; 409 `name` if it is taken; 422 `name` or `topic`; 429.
#[server(name = RenameConversation, prefix = "/fn", endpoint = "messages/rename", output = Json)]
pub async fn rename(
    conversation: ConversationId,
    #[server(default)] name: String,
    #[server(default)] topic: String,
) -> Result<(), AppError> {
    command(async move |tx, who| server::rooms::rename(tx, who, conversation, &name, &topic).await)
        .done(format!("/messages/{conversation}?panel=about&done=rename"))
        .await
}

/// A page of members by name, from `offset` on, with when they were last here as they let others see it; at most 100.
///
/// # Errors
/// 401; 404.
#[server(name = ListMembers, prefix = "/fn", endpoint = "messages/members", input = GetUrl, output = Json)]
pub async fn members(conversation: ConversationId, query: String, offset: u32) -> Result<Vec<MemberEntry>, AppError> {
    let page = async move |conn: &mut Conn, who: &Identity| server::members::page(conn, who, conversation, &query, offset).await;
    plenum_web::server_fn::query(page).await
}

/// Who has read a message, as far as they let others see it.
///
/// # Errors
/// 401; 404.
#[server(name = ListReaders, prefix = "/fn", endpoint = "messages/readers", input = GetUrl, output = Json)]
pub async fn readers(message: MessageId) -> Result<Readers, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::members::readers(conn, who, message).await).await
}

/// Searches one's conversations, newest first; at most 50 hits, those before `before` (a message's id) if given.
///
/// # Errors
/// 401; 422 if there is nothing to search for; 429 if one searches for much at a time.
#[server(name = SearchMessages, prefix = "/fn", endpoint = "messages/search", input = GetUrl, output = Json)]
pub async fn search(query: String, before: Option<MessageId>) -> Result<Vec<Found>, AppError> {
    let find = async move |state: AppState, who: Identity| {
        let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
        let _turn = heavy.turn().await?;
        server::search::find(&mut *state.store.read().await?, &who, &query, before).await
    };
    query_with_state(find).await
}

/// The open rooms of the organisation and one's own private ones, by name.
///
/// # Errors
/// 401.
#[server(name = ListRooms, prefix = "/fn", endpoint = "messages/rooms", input = GetUrl, output = Json)]
pub async fn rooms() -> Result<Vec<RoomEntry>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::rooms::list(conn, who).await).await
}
