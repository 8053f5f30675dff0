//! The inbox in the public JSON API.

use axum::{
    Json,
    extract::{Path, Query},
    http::StatusCode,
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{Act, Filter, Notification, Shelf, Sweep},
    server,
};
use crate::{
    ids::NotificationId,
    server::{
        api::{Command, Endpoints, Keyed, Page, Program},
        db::Tx,
        problem::Problem,
    },
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_notifications))
        .with(routes!(read_notifications))
        .with(routes!(read_notification))
        .with(routes!(follow_notification))
        .with(routes!(delete_notification))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Asked {
    /// Only notifications of a lower number: the `next` of the page before.
    #[param(value_type = i64, required = false, minimum = 1)]
    before: Option<u64>,
    /// Only those that were not read.
    #[serde(default)]
    #[param(required = false)]
    unread: bool,
}

/// Lists what is in one's inbox, the newest first.
///
/// What was archived, put off or deleted is not in it.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "Inbox", security(("token" = ["read"])), params(Asked),
    responses((status = 200, description = "Thirty at most.", body = Page<Notification>)))]
async fn list_notifications(program: Program, Query(Asked { before, unread }): Query<Asked>) -> Result<Json<Page<Notification>>, Problem> {
    program.asks()?;
    let filter = Filter { shelf: if unread { Shelf::Unread } else { Shelf::Inbox }, category: None };
    let Program { state, who, .. } = &program;
    let page = server::page(&mut *state.store.read().await?, who, state.store.epoch(), filter, before).await?.state;
    Ok(Json(Page { data: page.notifications, next: i64::try_from(page.floor).ok().filter(|floor| *floor > 0) }))
}

/// Marks a notification as read.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is read."), (status = 404, description = "One has no such notification.")))]
async fn read_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let person = program.who.person;
    program.once(command, async move |tx: &mut Tx, _: &IgnoredAny| server::act(tx, person, NotificationId(id), Act::Read).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that one went where a notification leads; it is read, too.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/follow", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is followed."), (status = 404, description = "One has no such notification.")))]
async fn follow_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let person = program.who.person;
    program.once(command, async move |tx: &mut Tx, _: &IgnoredAny| server::act(tx, person, NotificationId(id), Act::Follow).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far one has read.
#[derive(Deserialize, ToSchema)]
struct ReadTo {
    /// The number of the newest notification that is meant; what is newer stays as it is.
    #[schema(minimum = 0)]
    up_to: u64,
}

/// Marks all notifications up to a number as read.
#[utoipa::path(post, path = "/api/v1/notifications/read", tag = "Inbox", security(("token" = ["write"])), params(Keyed),
    request_body(content = ReadTo, example = json!({ "up_to": 12 })),
    responses((status = 204, description = "They are read.")))]
async fn read_notifications(program: Program, command: Command<ReadTo>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let person = program.who.person;
    let sweep = async move |tx: &mut Tx, wanted: &ReadTo| server::sweep(tx, person, Sweep::Read, wanted.up_to).await.map(drop);
    program.once(command, sweep).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a notification.
#[utoipa::path(delete, path = "/api/v1/notifications/{id}", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1)),
    responses((status = 204, description = "It is gone."), (status = 404, description = "One has no such notification.")))]
async fn delete_notification(program: Program, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    program.commands()?;
    let person = program.who.person;
    program.state.store.write(async move |tx: &mut Tx| server::act(tx, person, NotificationId(id), Act::Delete).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
