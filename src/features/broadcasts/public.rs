//! Broadcasts in the public JSON API.

use axum::{
    Json,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{Audience, Broadcast, Draft},
    server,
};
use crate::{
    ids::{BroadcastId, Millis},
    server::{
        api::{Command, Endpoints, Keyed, Page, Program},
        db::Tx,
        problem::Problem,
    },
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(list_broadcasts, send_broadcast)).with(routes!(read_broadcast))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Before {
    /// Only broadcasts with a lower id: the `next` of the page before.
    #[param(value_type = i64, required = false, minimum = 1)]
    before: Option<i64>,
}

/// Lists the organisation's broadcasts, the newest first.
///
/// For admins and managers.
#[utoipa::path(get, path = "/api/v1/broadcasts", tag = "Broadcasts", security(("token" = ["read"])), params(Before),
    responses((status = 200, description = "Thirty at most.", body = Page<Broadcast>)))]
async fn list_broadcasts(program: Program, Query(Before { before }): Query<Before>) -> Result<Json<Page<Broadcast>>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let page = server::list(&mut *state.store.read().await?, who, state.store.epoch(), before.map(BroadcastId)).await?.state;
    Ok(Json(Page { data: page.broadcasts, next: (page.floor > 0).then_some(page.floor) }))
}

/// Shows a broadcast, and how far it has come.
///
/// For admins and managers. Receipts are counted about a second after somebody has seen or read it.
#[utoipa::path(get, path = "/api/v1/broadcasts/{id}", tag = "Broadcasts", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The broadcast.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Broadcast), (status = 404, description = "There is no such broadcast.")))]
async fn read_broadcast(program: Program, Path(id): Path<i64>) -> Result<Json<Broadcast>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    Ok(Json(server::detail(&mut *state.store.read().await?, who, state.store.epoch(), BroadcastId(id)).await?.state))
}

/// What is to be told, to whom and when.
#[derive(Deserialize, ToSchema)]
struct NewBroadcast {
    /// For whom: `everyone`, `role:instructor`, `room:4`, `person:7`. Whoever sends it is never among them.
    #[schema(pattern = "^(everyone|role:[a-z]+|room:[1-9][0-9]*|person:[1-9][0-9]*)$")]
    audience: String,
    /// One line; it may have `{{ name }}`, `{{ first_name }}` and `{{ organisation }}` in it.
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// A line or two, with the same variables.
    #[serde(default)]
    #[schema(max_length = 240)]
    text: String,
    /// Where it leads: a path of this site.
    #[serde(default)]
    #[schema(max_length = 200)]
    link: String,
    /// When it is to be sent, within a year; at once if it is not said.
    #[serde(default)]
    at: Option<Millis>,
}

/// Sends a broadcast, or schedules it.
///
/// For admins and managers; ten an hour. Each recipient gets one notification, over crashes too; whoever has switched announcements off gets
/// none and is counted.
#[utoipa::path(post, path = "/api/v1/broadcasts", tag = "Broadcasts", security(("token" = ["write"])), params(Keyed),
    request_body(content = NewBroadcast, example = json!({ "audience": "role:instructor", "title": "Dear {{ first_name }}, room 7 is free", "link": "/messages/rooms" })),
    responses((status = 201, description = "It is on its way.", body = Broadcast)))]
async fn send_broadcast(program: Program, broadcast: Command<NewBroadcast>) -> Result<Response, Problem> {
    program.commands()?;
    let who = program.who.clone();
    let made = program
        .once(broadcast, async move |tx: &mut Tx, wanted: &NewBroadcast| {
            let audience: Audience = wanted.audience.parse()?;
            let draft = Draft::parse(audience, &wanted.title, &wanted.text, &wanted.link, wanted.at)?;
            server::create(tx, &who, &draft).await
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}
