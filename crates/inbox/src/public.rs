//! The inbox in the public JSON API, and the one thing that mail programs ask.

use axum::{Extension, Form, Json, extract::State, http::StatusCode};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{Act, BulkAction, Category, Filter, Folder, Notification},
    server,
};
use plenum_core::counts::Counts;
use plenum_core::{error::AppError, ids::NotificationId};
use plenum_store::db::Tx;
use plenum_web::{
    api::{After, Before, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
    security::ClientAddress,
    state::AppState,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_notifications))
        .with(routes!(count_notifications))
        .with(routes!(read_notifications))
        .with(routes!(clear_notifications))
        .with(routes!(show_notification))
        .with(routes!(follow_notification))
        .with(routes!(delete_notification))
        .with(routes!(read_notification))
        .with(routes!(unread_notification))
        .with(routes!(archive_notification))
        .with(routes!(restore_notification))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only notifications of a lower number: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
    /// Only those that were not read.
    #[serde(default)]
    #[param(required = false)]
    unread: bool,
    /// What was archived, instead of what is in the inbox.
    #[serde(default)]
    #[param(required = false)]
    archived: bool,
    /// Only those of this category.
    #[param(inline)]
    category: Option<Category>,
}

/// Lists what is in one's inbox, the newest first.
///
/// What was put off or deleted is not in it; what was archived, only if it is asked for.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "Inbox", security(("token" = ["read"])), params(Asked),
    responses((status = 200, description = "Thirty at most.", body = Page<Notification>)))]
async fn list_notifications(program: Program, Query(asked): Query<Asked>) -> Result<Json<Page<Notification>>, Problem> {
    program.asks()?;
    let Asked { before, unread, archived, category } = asked;
    let shelf = match (archived, unread) {
        (true, _) => Folder::Archive,
        (false, true) => Folder::Unread,
        (false, false) => Folder::Inbox,
    };
    let filter = Filter { shelf, category };
    let Program { state, who, .. } = &program;
    let page = server::page(&mut *state.store.read().await?, who, state.store.epoch(), filter, before.map(Before::unsigned)).await?.state;
    Ok(Json(Page { data: page.notifications, next: i64::try_from(page.floor).ok().filter(|floor| *floor > 0) }))
}

/// Counts what is in one's inbox.
#[utoipa::path(get, path = "/api/v1/notifications/counts", tag = "Inbox", security(("token" = ["read"])),
    responses((status = 200, description = "What was not seen, and what was not read.", body = Counts)))]
async fn count_notifications(program: Program) -> Result<Json<Counts>, Problem> {
    program.asks()?;
    let (counts, _) = server::counts_of(&mut *program.state.store.look().await?, program.who.person).await?;
    Ok(Json(counts))
}

/// Shows a notification, in the inbox or archived.
#[utoipa::path(get, path = "/api/v1/notifications/{id}", tag = "Inbox", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Notification), (status = 404, description = "One has no such notification.")))]
async fn show_notification(program: Program, Path(id): Path<i64>) -> Result<Json<Notification>, Problem> {
    program.asks()?;
    Ok(Json(server::one(&mut *program.state.store.look().await?, program.who.person, NotificationId(id)).await?))
}

/// Does something to one of them, once for the command's key.
async fn act(program: Program, id: i64, command: Command<IgnoredAny>, act: Act) -> Result<StatusCode, Problem> {
    program.marks()?;
    let person = program.who.person;
    program.once(command, async move |tx: &mut Tx, _: &IgnoredAny| server::act(tx, person, NotificationId(id), act).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a notification as read.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is read."), (status = 404, description = "One has no such notification.")))]
async fn read_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    act(program, id, command, Act::Read).await
}

/// Marks a notification as unread.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/unread", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is unread."), (status = 404, description = "One has no such notification.")))]
async fn unread_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    act(program, id, command, Act::Unread).await
}

/// Puts a notification into the archive.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/archive", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is archived."), (status = 404, description = "One has no such notification.")))]
async fn archive_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    act(program, id, command, Act::Archive).await
}

/// Puts a notification back into the inbox: an archived one, one that was put off, one that was deleted within the last hour.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/restore", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is in the inbox."), (status = 404, description = "One has no such notification.")))]
async fn restore_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    act(program, id, command, Act::Restore).await
}

/// Says that one went where a notification leads; it is read, too.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/follow", tag = "Inbox", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The notification.", minimum = 1), Keyed),
    responses((status = 204, description = "It is followed."), (status = 404, description = "One has no such notification.")))]
async fn follow_notification(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<StatusCode, Problem> {
    act(program, id, command, Act::Follow).await
}

/// How far.
#[derive(Deserialize, ToSchema)]
struct UpTo {
    /// The number of the newest notification that is meant; what is newer stays as it is.
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    up_to: After,
}

/// Marks all notifications up to a number as read.
#[utoipa::path(post, path = "/api/v1/notifications/read", tag = "Inbox", security(("token" = ["write"])), params(Keyed),
    request_body(content = UpTo, example = json!({ "up_to": 12 })),
    responses((status = 204, description = "They are read.")))]
async fn read_notifications(program: Program, command: Command<UpTo>) -> Result<StatusCode, Problem> {
    program.marks()?;
    let person = program.who.person;
    let sweep =
        async move |tx: &mut Tx, wanted: &UpTo| server::sweep(tx, person, BulkAction::Read, wanted.up_to.unsigned()).await.map(drop);
    program.once(command, sweep).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes all notifications up to a number that are not archived.
///
/// For an hour each of them can be restored.
#[utoipa::path(post, path = "/api/v1/notifications/clear", tag = "Inbox", security(("token" = ["write"])), params(Keyed),
    request_body(content = UpTo, example = json!({ "up_to": 12 })),
    responses((status = 204, description = "They are gone.")))]
async fn clear_notifications(program: Program, command: Command<UpTo>) -> Result<StatusCode, Problem> {
    program.commands()?;
    let person = program.who.person;
    let sweep =
        async move |tx: &mut Tx, wanted: &UpTo| server::sweep(tx, person, BulkAction::Clear, wanted.up_to.unsigned()).await.map(drop);
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

/// What a link of a daily mail carries.
#[derive(Deserialize)]
pub struct Link {
    token: String,
}

/// What a mail program posts when its reader wants no more of these (RFC 8058).
#[derive(Deserialize)]
pub struct OneClick {
    #[serde(rename = "List-Unsubscribe")]
    wish: String,
}

/// Stops the daily mail at the wish of a mail program. It has no cookie and no token but the link's own.
///
/// # Errors
/// 422 for a link that is nobody's, or another wish; 429.
pub async fn unsubscribe_at_once(
    State(state): State<AppState>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Query(Link { token }): Query<Link>,
    Form(OneClick { wish }): Form<OneClick>,
) -> Result<StatusCode, Problem> {
    state.rates.command_from_address(address)?;
    if wish != "One-Click" {
        return Err(AppError::invalid("List-Unsubscribe", "One-Click is what can be wished for here.").into());
    }
    let person = server::unsubscribe::person(state.hub.secret(), &token)?;
    state.store.write(async move |tx: &mut Tx| server::unsubscribe::stop(tx, person).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
