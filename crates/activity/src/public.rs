//! The record in the public JSON API.

use axum::Json;
use serde::Deserialize;
use utoipa_axum::routes;

use super::{
    model::{Scope, audit::Asked},
    server::{self, Part, audit},
};
use plenum_core::{
    activity::{Item, SubjectKind, Topic},
    ids::ActivityId,
    people::Scope as TokenScope,
};
use plenum_web::{
    api::{Before, Endpoints, Page, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(list_activity)).with(routes!(list_audit))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FeedAsked {
    /// Only what happened before this item: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
    /// Only of this topic.
    #[param(inline)]
    topic: Option<Topic>,
}

fn activity(before: Before) -> ActivityId {
    ActivityId(before.get())
}

fn next(floor: ActivityId) -> Option<i64> {
    (floor.0 > 0).then_some(floor.0)
}

/// Lists what happened that one may see, the newest first.
///
/// In the conversations that one is in and has not muted, for all people of the organisation, and for oneself; without what one did oneself.
#[utoipa::path(get, path = "/api/v1/activity", tag = "Activity", security(("token" = ["read"])), params(FeedAsked),
    responses((status = 200, description = "Forty at most.", body = Page<Item>)))]
async fn list_activity(program: Program, Query(FeedAsked { before, topic }): Query<FeedAsked>) -> Result<Json<Page<Item>>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let part = Part { before: before.map(activity), floor: None };
    let feed = server::open(&mut *state.store.read().await?, who, state.store.epoch(), Scope::Today, topic, part).await?.state.feed;
    Ok(Json(Page { next: next(feed.floor), data: feed.items }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditAsked {
    /// Only rows before this one: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
    /// Part of the name or address of who did it, or of whom it is about.
    #[serde(default)]
    #[param(required = false)]
    person: String,
    /// Only of this topic.
    #[param(inline)]
    topic: Option<Topic>,
    /// The kind of what it was done to.
    #[param(inline)]
    subject: Option<SubjectKind>,
    /// The first day, `2026-11-21`, in one's time zone.
    #[serde(default)]
    #[param(required = false, format = Date)]
    from: String,
    /// The last day, likewise.
    #[serde(default)]
    #[param(required = false, format = Date)]
    to: String,
    /// Part of a name or a detail.
    #[serde(default)]
    #[param(required = false)]
    text: String,
}

/// Lists the audit log, the newest first.
///
/// For admins, with a token that has the scope `admin`.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Activity", security(("token" = ["admin"])), params(AuditAsked),
    responses((status = 200, description = "Fifty at most.", body = Page<Item>)))]
async fn list_audit(program: Program, Query(asked): Query<AuditAsked>) -> Result<Json<Page<Item>>, Problem> {
    program.needs(TokenScope::Admin)?;
    let AuditAsked { before, person, topic, subject, from, to, text } = asked;
    let topic = topic.map_or_else(String::new, |topic| topic.into_str().to_owned());
    let subject = subject.map_or_else(String::new, |subject| subject.into_str().to_owned());
    let asked = Asked { person, topic, subject, from, to, text };
    let Program { state, who, .. } = &program;
    let page = audit::page(&mut *state.store.read().await?, who, state.store.epoch(), &asked, before.map(activity)).await?.state;
    Ok(Json(Page { next: next(page.floor), data: page.rows }))
}
