//! People in the public JSON API: tokens, who is online, suspending and removing people, hints of presence.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::server;
use plenum_core::people::{Email, MadeToken, PersonCard, PersonState, Scope, Token, TokenWish};
use plenum_core::{
    error::AppError,
    ids::{PersonId, SignInId},
};
use plenum_directory as directory;
use plenum_directory::model::DirectoryEntry;
use plenum_store::db::Tx;
use plenum_web::{
    api::{Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
    security::{ClientAddress, host},
    sign_ins,
    state::AppState,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(create_token, list_tokens))
        .with(routes!(end_token))
        .with(routes!(list_online))
        .with(routes!(suspend_person))
        .with(routes!(restore_person))
        .with(routes!(remove_person))
        .with(routes!(hint_online))
        .with(routes!(hint_offline))
}

/// The token that a program wants, and whose.
#[derive(Deserialize, ToSchema)]
struct NewToken {
    /// The person's address.
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// Their password.
    #[schema(format = Password)]
    password: String,
    /// The code of their authenticator app, or a recovery code, if they have a second factor. It works once.
    #[serde(default)]
    #[schema(format = Password)]
    code: String,
    /// What the token is for.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it may be used for: `read`, `write`, `connect`, `admin` (for admins only).
    #[serde(default)]
    #[schema(value_type = Vec<Scope>, required, min_items = 1)]
    scopes: Vec<String>,
    /// How many days it is valid; 90 if it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<u32>,
}

/// Makes a token.
///
/// Its secret is told in this answer and never again: the same `Idempotency-Key` again is 409 and names the token's id. Failed tries
/// are slowed down as at the sign-in page. A changed password ends all of a person's tokens.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "Tokens", security(()), params(Keyed),
    request_body(content = NewToken, example = json!({ "email": "ines@plenum.example", "password": "…", "name": "Timetable", "scopes": ["read", "write"] })),
    responses(
        (status = 201, description = "It is made.", body = MadeToken,
            example = json!({ "id": 7, "token": "k6lV5KT_DYaHElgyepCf…", "scopes": ["read", "write"], "expires_at": 1_795_268_975_227_i64 })),
        (status = 401, description = "Address or password is wrong."),
        (status = 409, description = "Fifty tokens are valid already, or the key has made one."),
    ))]
async fn create_token(
    State(state): State<AppState>,
    axum::Extension(ClientAddress(address)): axum::Extension<ClientAddress>,
    headers: HeaderMap,
    mut command: Command<NewToken>,
) -> Result<Response, Problem> {
    command.forget("password");
    command.forget("code");
    let password = std::mem::take(&mut command.body.password);
    let code = std::mem::take(&mut command.body.code);
    let email = Email::parse(&command.body.email)?;
    let wish = TokenWish::parse(&command.body.name, &command.body.scopes, command.body.expires_in_days)?;
    let (person, hash) = server::joining::check(&state, &email, password, host(&headers), address).await?;
    server::second_factor::ask_at(&state, person, address, code).await?;
    let scopes = wish.scopes.clone();
    let made = state
        .store
        .write(async move |tx: &mut Tx| {
            let mut made = None;
            let effect = async |tx: &mut Tx, _: &NewToken| {
                let fresh = server::tokens::make(tx, person, &hash, &wish, address).await?;
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

/// Lists one's tokens, by last use and without their secrets.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "Tokens", security(("token" = ["read"])),
    responses((status = 200, description = "All that are valid; there is no next page.", body = Page<Token>)))]
async fn list_tokens(program: Program) -> Result<Json<Page<Token>>, Problem> {
    program.asks()?;
    let data = sign_ins::tokens(&mut *program.state.store.look().await?, &program.who).await?;
    Ok(Json(Page { data, next: None }))
}

/// Ends a token; its sockets close.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "Tokens", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The token.", minimum = 1)),
    responses((status = 204, description = "It has ended."), (status = 404, description = "One has no such token.")))]
async fn end_token(program: Program, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    program.commands()?;
    let who = program.who.clone();
    program.state.store.write(async move |tx| server::tokens::end(tx, &who, SignInId(id)).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The people who are online.
#[derive(Serialize, ToSchema)]
struct Online {
    /// Those of them who let others see it; at most a hundred.
    data: Vec<PersonCard>,
    /// How many are online.
    count: usize,
}

/// Lists who of the organisation is online, as far as they let others see it.
#[utoipa::path(get, path = "/api/v1/people/online", tag = "People", security(("token" = ["read"])),
    responses((status = 200, description = "At most a hundred people, and how many there are.", body = Online)))]
async fn list_online(program: Program) -> Result<Json<Online>, Problem> {
    program.asks()?;
    let people = program.state.hub.people_online(program.who.organisation, program.who.person);
    let count = people.len();
    let entries = directory::server::search::entries(&mut *program.state.store.look().await?, &program.who, &people).await?;
    let data = entries.into_iter().map(|DirectoryEntry { card, .. }| card).collect();
    Ok(Json(Online { data, count }))
}

/// Who takes over.
#[derive(Deserialize, Default, ToSchema)]
struct Successor {
    /// The person who runs from now on what this person ran; null: nobody.
    #[serde(default)]
    #[schema(example = 4)]
    successor: Option<i64>,
}

/// How a person stands.
#[derive(Serialize, Deserialize, ToSchema)]
struct Standing {
    /// Who.
    id: i64,
    /// How they stand now.
    state: PersonState,
}

/// Suspends a person.
///
/// Their sign-ins, tokens, sockets and invitations end at once, and they cannot sign in until they are restored. What they run passes to
/// `successor`, if one is named; else their broadcasts that are under way are cancelled. For admins.
#[utoipa::path(post, path = "/api/v1/people/{id}/suspend", tag = "People", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The person.", minimum = 1), Keyed),
    request_body(content = Successor, example = json!({ "successor": 4 })),
    responses(
        (status = 200, description = "They are suspended.", body = Standing, example = json!({ "id": 7, "state": "suspended" })),
        (status = 404, description = "There is no such person."),
        (status = 409, description = "They are suspended already, the last admin, or oneself."),
    ))]
async fn suspend_person(program: Program, Path(id): Path<i64>, command: Command<Option<Successor>>) -> Result<Json<Standing>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let suspended = program.once(command, async move |tx, wanted| {
        let successor = wanted.as_ref().and_then(|wanted| wanted.successor).map(PersonId);
        server::leaving::suspend(tx, &who, PersonId(id), successor).await?;
        Ok(Standing { id, state: PersonState::Suspended })
    });
    Ok(Json(suspended.await?))
}

/// Restores a person who was suspended.
///
/// They have their roles and memberships as before. What has ended stays ended. For admins.
#[utoipa::path(post, path = "/api/v1/people/{id}/restore", tag = "People", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The person.", minimum = 1), Keyed),
    responses(
        (status = 200, description = "They are restored.", body = Standing, example = json!({ "id": 7, "state": "active" })),
        (status = 404, description = "There is no such person."),
        (status = 409, description = "They are not suspended."),
    ))]
async fn restore_person(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<Json<Standing>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let restored = program.once(command, async move |tx, _| {
        server::leaving::restore(tx, &who, PersonId(id)).await?;
        Ok(Standing { id, state: PersonState::Active })
    });
    Ok(Json(restored.await?))
}

/// Who takes over, in the address.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct SuccessorAsked {
    /// The person who runs from now on what this person ran; needed if there is anything.
    #[param(minimum = 1, example = 4)]
    successor: Option<i64>,
}

/// Removes a person for good.
///
/// Their access ends at once, and their name, address and settings are erased. Their messages, orders and records stay, under the name
/// "A former member"; their tickets stay valid. For admins.
#[utoipa::path(delete, path = "/api/v1/people/{id}", tag = "People", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The person.", minimum = 1), SuccessorAsked),
    responses(
        (status = 204, description = "They are removed."),
        (status = 404, description = "There is no such person."),
        (status = 409, description = "They are the last admin or oneself, or have money, a payment under way, or an order that awaits payment."),
    ))]
async fn remove_person(program: Program, Path(id): Path<i64>, Query(asked): Query<SuccessorAsked>) -> Result<StatusCode, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let successor = asked.successor.map(PersonId);
    program.state.store.write(async move |tx| server::leaving::remove(tx, &who, PersonId(id), successor).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of a hint.
#[derive(Serialize, Deserialize, ToSchema)]
struct Hinted {
    /// One has a live connection, whatever the hint said.
    online: bool,
}

/// Hints that one is here.
///
/// It moves when one was seen last. Online is who has a live connection, whatever a hint says.
#[utoipa::path(post, path = "/api/v1/presence/online", tag = "People", security(("token" = ["write"])), params(Keyed),
    responses((status = 200, description = "It is noted.", body = Hinted)))]
async fn hint_online(program: Program, command: Command<IgnoredAny>) -> Result<Json<Hinted>, Problem> {
    hint(program, command).await
}

/// Hints that one was here until now.
///
/// It moves when one was seen last. Online is who has a live connection, whatever a hint says.
#[utoipa::path(post, path = "/api/v1/presence/offline", tag = "People", security(("token" = ["write"])), params(Keyed),
    responses((status = 200, description = "It is noted.", body = Hinted)))]
async fn hint_offline(program: Program, command: Command<IgnoredAny>) -> Result<Json<Hinted>, Problem> {
    hint(program, command).await
}

async fn hint(program: Program, command: Command<IgnoredAny>) -> Result<Json<Hinted>, Problem> {
    program.marks()?;
    let (person, hub) = (program.who.person, Arc::clone(&program.state.hub));
    let hinted = program.once(command, async move |tx, _| {
        let now = tx.now();
        directory::server::set_last_seen(tx, person, now).await?;
        Ok(Hinted { online: hub.is_connected(person) })
    });
    Ok(Json(hinted.await?))
}
