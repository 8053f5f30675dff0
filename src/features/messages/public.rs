//! Messages in the public JSON API.

use axum::{
    Json, Router,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    model::{self, Line, Message, PAGE},
    server,
};
use crate::{
    channels::Channel,
    error::AppError,
    ids::{ConversationId, MessageId, PersonId},
    realtime::server::{dispatcher::Encoded, rules::Who},
    server::{
        api::{Command, Page, Program, in_header},
        problem::Problem,
        state::AppState,
    },
};

/// Conversations of one page.
const CONVERSATIONS: usize = 50;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/conversations", get(conversations))
        .route("/api/v1/conversations/{id}/messages", get(messages).post(send))
        .route("/api/v1/conversations/{id}/typing", post(typing))
        .route("/api/v1/conversations/{id}/read", post(read))
        .route("/api/v1/people/{id}/messages", post(send_privately))
}

#[derive(Deserialize)]
struct After {
    after: Option<i64>,
}

/// `GET /api/v1/conversations`: one's own, by id.
async fn conversations(program: Program, Query(After { after }): Query<After>) -> Result<Json<Page<Line>>, Problem> {
    program.asks()?;
    let lines = server::sidebar(&program.state.store, &program.who).await?.state.lines;
    let mut data: Vec<Line> = lines.into_values().filter(|line| after.is_none_or(|after| line.conversation.id.0 > after)).collect();
    let more = data.len() > CONVERSATIONS;
    data.truncate(CONVERSATIONS);
    let next = data.last().filter(|_| more).map(|line| line.conversation.id.0);
    Ok(Json(Page { data, next }))
}

#[derive(Deserialize)]
struct Before {
    before: Option<u64>,
}

/// `GET /api/v1/conversations/{id}/messages`: oldest first, those before number `before`, else the newest.
async fn messages(program: Program, Path(id): Path<i64>, Query(Before { before }): Query<Before>) -> Result<Json<Page<Message>>, Problem> {
    program.asks()?;
    let data = server::page_before(&program.state.store, &program.who, ConversationId(id), before.unwrap_or(u64::MAX)).await?;
    let full = u64::try_from(data.len()).is_ok_and(|count| count == PAGE);
    let next = data.first().filter(|first| full && first.number > 1).and_then(|first| i64::try_from(first.number).ok());
    Ok(Json(Page { data, next }))
}

#[derive(Deserialize)]
struct NewMessage {
    text: String,
    reply_to: Option<MessageId>,
}

/// `POST /api/v1/conversations/{id}/messages`: sends one. Messages keep their keys for ever.
async fn send(program: Program, Path(id): Path<i64>, message: Command<NewMessage>) -> Result<Response, Problem> {
    program.commands()?;
    send_to(&program, ConversationId(id), message).await
}

/// `POST /api/v1/people/{id}/messages`: sends one in the direct conversation with a person.
async fn send_privately(program: Program, Path(id): Path<i64>, message: Command<NewMessage>) -> Result<Response, Problem> {
    program.commands()?;
    model::parse_text(&message.body.text)?;
    let conversation = server::direct(&program.state.store, &program.who, PersonId(id)).await?;
    send_to(&program, conversation, message).await
}

async fn send_to(program: &Program, conversation: ConversationId, mut message: Command<NewMessage>) -> Result<Response, Problem> {
    let (text, key) = (model::parse_text(&message.body.text)?, message.take_key(server::fresh_key));
    let sent = server::send(&program.state.store, &program.who, conversation, text, message.body.reply_to, key).await;
    Ok((StatusCode::CREATED, Json(sent.map_err(in_header)?)).into_response())
}

/// `POST /api/v1/conversations/{id}/typing`: says that one is typing, as far as one lets others see it.
async fn typing(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let conversation = ConversationId(id);
    let Program { state, who, .. } = &program;
    if !server::may_join_channel(&mut *state.store.look().await?, who.person, conversation).await? {
        return Err(AppError::not_found("There is no such conversation.").into());
    }
    if !program.first(command).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let channel = Channel::Conversation(conversation).to_string();
    let who = Who { person: who.person, organisation: who.organisation, sign_in: who.sign_in };
    if let Some(relayed) = state.hub.rules().client_event(&who, &channel, "client-typing", "{}").await? {
        state.hub.deliver(&channel, &Encoded::ephemeral(&channel, &relayed.event, &relayed.payload, &relayed.conflation), None);
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Read {
    number: u64,
}

/// `POST /api/v1/conversations/{id}/read`: marks everything up to `number` as read.
async fn read(program: Program, Path(id): Path<i64>, mark: Command<Read>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let (conversation, who) = (ConversationId(id), program.who.clone());
    if mark.has_key() {
        program.once(mark, async move |tx, mark| server::mark_read_in(tx, &who, conversation, mark.number).await).await?;
    } else {
        server::mark_read(&program.state.store, &who, conversation, mark.body.number).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
