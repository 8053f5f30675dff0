//! People in the public JSON API: tokens, who is online, hints of presence.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Value, json};

use super::{
    model::{DirectoryEntry, Email, MadeToken, PersonCard, Token, TokenWish},
    server,
};
use crate::{
    error::AppError,
    ids::SignInId,
    server::{
        api::{Command, Page, Program},
        db::Tx,
        problem::Problem,
        security::{ClientAddress, host},
        sign_ins,
        state::AppState,
    },
};

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

/// `POST /api/v1/tokens`: a token, shown now and never again. Throttled as signing in is.
///
/// Its secret is nowhere but in this answer, so that the same key again cannot get it: it is answered with 409 and the token's id.
async fn create_token(
    State(state): State<AppState>,
    axum::Extension(ClientAddress(address)): axum::Extension<ClientAddress>,
    headers: HeaderMap,
    mut command: Command<NewToken>,
) -> Result<Response, Problem> {
    command.forget("password");
    let password = std::mem::take(&mut command.body.password);
    let email = Email::parse(&command.body.email)?;
    let wish = TokenWish::parse(&command.body.name, &command.body.scopes, command.body.expires_in_days)?;
    let person = server::joining::check(&state, &email, password, host(&headers), address).await?.0;
    let scopes = wish.scopes.clone();
    let made = state
        .store
        .write(async move |tx: &mut Tx| {
            let mut made = None;
            let effect = async |tx: &mut Tx, _: &NewToken| {
                let fresh = sign_ins::create_token(tx, person, &wish, &address.to_string()).await?;
                let id = fresh.id;
                made = Some(fresh);
                Ok(id)
            };
            let id = command.once(tx, person, effect).await?;
            made.ok_or_else(|| {
                AppError::conflict(format!(
                    "This token was made before (its id is {id}), and is told only once. End it, and ask again with another key."
                ))
            })
        })
        .await?;
    let made = MadeToken { id: made.id, token: made.secret.reveal().to_owned(), scopes, expires_at: made.expires_at };
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

#[derive(Serialize, Deserialize)]
struct Hinted {
    online: bool,
}

/// `POST /api/v1/presence/online` and `…/offline`: a hint that somebody is here, or was until now. Both move when
/// they were seen last; online is who has a live connection, whatever a hint says.
async fn hint(program: Program, command: Command<IgnoredAny>) -> Result<Json<Hinted>, Problem> {
    program.marks()?;
    let (person, hub) = (program.who.person, Arc::clone(&program.state.hub));
    let hinted = program.once(command, async move |tx, _| {
        let now = tx.now();
        server::set_last_seen(tx, person, now).await?;
        Ok(Hinted { online: hub.is_connected(person) })
    });
    Ok(Json(hinted.await?))
}
