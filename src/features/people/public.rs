//! People in the public JSON API: tokens, who is online, hints of presence.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    model::{DirectoryEntry, Email, PersonCard},
    server,
};
use crate::{
    error::AppError,
    ids::{Millis, SignInId},
    server::{
        api::{Body, Page, Program, Scope},
        problem::Problem,
        security::{ClientAddress, host},
        sign_ins::{self, Token},
        state::AppState,
    },
};

const DAY: Millis = 24 * 3_600_000;
/// Days that a token is valid for, unless it is said; and at the most.
const DAYS: (u32, u32) = (90, 365);

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/tokens", post(create_token).get(list_tokens))
        .route("/api/v1/tokens/{id}", delete(end_token))
        .route("/api/v1/people/online", get(online))
        .route("/api/v1/presence/online", post(hint))
        .route("/api/v1/presence/offline", post(hint))
}

#[derive(Deserialize)]
struct NewToken {
    email: String,
    password: String,
    name: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    expires_in_days: Option<u32>,
}

#[derive(Serialize)]
struct Made {
    id: SignInId,
    token: String,
    scopes: Vec<&'static str>,
    expires_at: Millis,
}

/// `POST /api/v1/tokens`: a token, shown now and never again. Throttled as signing in is.
async fn create_token(
    State(state): State<AppState>,
    axum::Extension(ClientAddress(address)): axum::Extension<ClientAddress>,
    headers: HeaderMap,
    Body(wanted): Body<NewToken>,
) -> Result<Response, Problem> {
    let email = Email::parse(&wanted.email)?;
    let name = wanted.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("name", "A name has 1 to 80 characters.").into());
    }
    let scopes: Option<Vec<Scope>> = wanted.scopes.iter().map(|word| Scope::from_word(word)).collect();
    let scopes = scopes
        .filter(|scopes| !scopes.is_empty())
        .ok_or_else(|| AppError::invalid("scopes", "Name at least one of read, write, connect, admin."))?;
    let (usual, most) = DAYS;
    let days = wanted.expires_in_days.unwrap_or(usual);
    if !(1..=most).contains(&days) {
        return Err(AppError::invalid("expires_in_days", format!("A token is valid for 1 to {most} days.")).into());
    }
    let person = server::joining::check(&state, &email, wanted.password, host(&headers), address).await?.0;
    let words: Vec<&'static str> = scopes.iter().map(|scope| scope.word()).collect();
    let (kept, address) = (words.join(" "), address.to_string());
    let (id, secret, expires_at) = state
        .store
        .write(async move |tx| sign_ins::create_token(tx, person, &name, &kept, Millis::from(days) * DAY, &address).await)
        .await?;
    let made = Made { id, token: secret.reveal().to_owned(), scopes: words, expires_at };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `GET /api/v1/tokens`: one's own, without their secrets.
async fn list_tokens(program: Program) -> Result<Json<Page<Token>>, Problem> {
    program.asks()?;
    let data = sign_ins::tokens(&mut *program.state.store.look().await?, &program.who).await?;
    Ok(Json(Page { data, next: None }))
}

/// `DELETE /api/v1/tokens/{id}`: ends it; its sockets close.
async fn end_token(program: Program, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    program.commands()?;
    let person = program.who.person;
    let ended = program.state.store.write(async move |tx| sign_ins::end_token(tx, person, SignInId(id)).await).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(AppError::not_found("There is no such token.").into()) }
}

/// `GET /api/v1/people/online`: who of the organisation is online, as far as they let others see it; at most a hundred.
async fn online(program: Program) -> Result<Json<Value>, Problem> {
    program.asks()?;
    let people = program.state.hub.people_online(program.who.organisation);
    let count = people.len();
    let entries = server::directory::entries(&mut *program.state.store.look().await?, &program.who, &people).await?;
    let data: Vec<PersonCard> = entries.into_iter().map(|DirectoryEntry { card, .. }| card).collect();
    Ok(Json(json!({ "data": data, "count": count })))
}

/// `POST /api/v1/presence/online` and `…/offline`: a hint that somebody is here, or was until now. Both move when
/// they were seen last; online is who has a live connection, whatever a hint says.
async fn hint(program: Program) -> Result<Json<Value>, Problem> {
    program.marks()?;
    let person = program.who.person;
    program
        .state
        .store
        .write(async move |tx| {
            let now = tx.now();
            server::set_last_seen(tx, person, now).await
        })
        .await?;
    Ok(Json(json!({ "online": program.state.hub.is_connected(person) })))
}
