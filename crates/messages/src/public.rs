//! Messages in the public JSON API.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{self, Line, Message, PAGE},
    server::{self, pacing, pointers, pointers::Mark, reading, rooms, sending},
};
use plenum_core::{
    channels::Channel,
    error::AppError,
    ids::{ConversationId, MessageId, PersonId},
};
use plenum_live::dispatcher::Encoded;
use plenum_store::{db::Tx, idempotency::fresh_key};
use plenum_web::{
    api::{After, Before, Command, Endpoints, Keyed, Page, Path, Program, Query, in_header},
    problem::Problem,
};

/// Conversations of one page.
const CONVERSATIONS: usize = 50;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_conversations))
        .with(routes!(list_messages, send_message))
        .with(routes!(show_typing))
        .with(routes!(mark_read))
        .with(routes!(send_private_message))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ConversationsAsked {
    /// Only conversations with a greater id: the `next` of the page before.
    #[param(inline)]
    after: Option<After>,
}

/// Lists one's conversations, by id.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "Conversations", security(("token" = ["read"])), params(ConversationsAsked),
    responses((status = 200, description = "Fifty at most.", body = Page<Line>)))]
async fn list_conversations(program: Program, Query(asked): Query<ConversationsAsked>) -> Result<Json<Page<Line>>, Problem> {
    program.asks()?;
    let store = &program.state.store;
    let lines = reading::sidebar(&mut *store.read().await?, &program.who, store.epoch()).await?.state.lines;
    let mut data: Vec<Line> =
        lines.into_values().filter(|line| asked.after.is_none_or(|after| line.conversation.id.0 > after.get())).collect();
    let more = data.len() > CONVERSATIONS;
    data.truncate(CONVERSATIONS);
    let next = data.last().filter(|_| more).map(|line| line.conversation.id.0);
    Ok(Json(Page { data, next }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct MessagesAsked {
    /// Only messages of a lower number: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
}

/// Lists messages of a conversation, oldest first.
///
/// The newest page comes first: `next` leads to the page before it.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/messages", tag = "Conversations", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The conversation.", minimum = 1), MessagesAsked),
    responses((status = 200, description = "Fifty at most.", body = Page<Message>), (status = 404, description = "There is no such conversation for one.")))]
async fn list_messages(
    program: Program,
    Path(id): Path<i64>,
    Query(MessagesAsked { before }): Query<MessagesAsked>,
) -> Result<Json<Page<Message>>, Problem> {
    program.asks()?;
    let data = reading::page_before(
        &mut *program.state.store.read().await?,
        &program.who,
        ConversationId(id),
        before.map_or(u64::MAX, Before::unsigned),
    )
    .await?;
    let full = u64::try_from(data.len()).is_ok_and(|count| count == PAGE);
    let next = data.first().filter(|first| full && first.number > 1).and_then(|first| i64::try_from(first.number).ok());
    Ok(Json(Page { data, next }))
}

/// A message to be sent.
#[derive(Deserialize, ToSchema)]
struct NewMessage {
    /// Markdown; `@Full Name` mentions a member, `@Full Name#7` the one with this id where several are called so.
    #[schema(min_length = 1, max_length = 8_000)]
    text: String,
    /// The message of the same conversation that it answers.
    reply_to: Option<MessageId>,
}

/// Sends a message.
///
/// A message keeps its `Idempotency-Key` for ever.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", tag = "Conversations", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The conversation.", minimum = 1), Keyed),
    request_body(content = NewMessage, example = json!({ "text": "Room 7 *is free*." })),
    responses((status = 201, description = "It is sent.", body = Message), (status = 404, description = "There is no such conversation for one.")))]
async fn send_message(program: Program, Path(id): Path<i64>, message: Command<NewMessage>) -> Result<Response, Problem> {
    program.commands()?;
    send_to(&program, ConversationId(id), message).await
}

/// Sends a message in the direct conversation with a person.
///
/// The conversation is made with its first message. A message keeps its `Idempotency-Key` for ever.
#[utoipa::path(post, path = "/api/v1/people/{id}/messages", tag = "People", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The person.", minimum = 1), Keyed),
    request_body(content = NewMessage, example = json!({ "text": "Have you got a minute?" })),
    responses((status = 201, description = "It is sent.", body = Message), (status = 404, description = "There is no such person.")))]
async fn send_private_message(program: Program, Path(id): Path<i64>, message: Command<NewMessage>) -> Result<Response, Problem> {
    program.commands()?;
    model::parse_text(&message.body.text)?;
    let who = program.who.clone();
    let conversation = program.state.store.write(async move |tx: &mut Tx| rooms::direct(tx, &who, PersonId(id)).await).await?;
    send_to(&program, conversation, message).await
}

async fn send_to(program: &Program, conversation: ConversationId, mut message: Command<NewMessage>) -> Result<Response, Problem> {
    let (text, key) = (model::parse_text(&message.body.text)?, message.take_key(fresh_key));
    let sent = sending::render_and_send(&program.state.store, &program.who, conversation, text, message.body.reply_to, key).await;
    Ok((StatusCode::CREATED, Json(sent.map_err(in_header)?)).into_response())
}

/// Shows the others that one is typing, if one lets them see it.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/typing", tag = "Conversations", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The conversation.", minimum = 1), Keyed),
    responses((status = 204, description = "It is shown, at most once in three seconds."), (status = 404, description = "There is no such conversation for one.")))]
async fn show_typing(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let conversation = ConversationId(id);
    let Program { state, who, .. } = &program;
    if !server::may_join_channel(&mut *state.store.look().await?, who.person, conversation).await? {
        return Err(AppError::no_such("conversation").into());
    }
    if !program.first(command).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let channel = Channel::Conversation(conversation).to_string();
    if let Some(relayed) = state.hub.rules().client_event(&program.live(), &channel, "client-typing", "{}").await? {
        let encoded = Encoded::ephemeral(&channel, &relayed.event, &relayed.payload, &relayed.conflation);
        state.hub.relay(&channel, &encoded, who.person, None);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// How far one has read.
#[derive(Deserialize, ToSchema)]
struct Read {
    /// The number of the last message that was read; going back does nothing.
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    number: After,
}

/// Marks everything up to a message as read.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/read", tag = "Conversations", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The conversation.", minimum = 1), Keyed),
    request_body(content = Read, example = json!({ "number": 38 })),
    responses((status = 204, description = "It is noted."), (status = 404, description = "One is not a member of such a conversation.")))]
async fn mark_read(program: Program, Path(id): Path<i64>, mark: Command<Read>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let (conversation, who) = (ConversationId(id), program.who.clone());
    if mark.has_key() {
        program.once(mark, async move |tx, mark| pointers::mark(tx, &who, conversation, Mark::read(mark.number.unsigned())).await).await?;
    } else {
        pacing::mark(&program.state.store, &who, conversation, Mark::read(mark.body.number.unsigned())).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
