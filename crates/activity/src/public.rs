//! The record in the public JSON API.

use axum::Json;
use serde::Deserialize;
use utoipa_axum::routes;

use super::{
    model::{
        Scope,
        audit::{Asked, Row},
    },
    server::{self, Part, audit},
};
use plenum_core::{
    activity::{Item, Topic},
    ids::ActivityId,
    people::Scope as TokenScope,
};
use plenum_web::{
    api::{Endpoints, Page, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(list_activity)).with(routes!(list_audit))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct FeedAsked {
    /// Only what happened before this item: the `next` of the page before.
    #[param(value_type = i64, required = false, minimum = 1)]
    before: Option<ActivityId>,
    /// Only of this topic: `conversations`, `people`, `announcements`, `security`, `organisation`.
    #[param(value_type = Option<String>, required = false)]
    topic: Option<Topic>,
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
    let part = Part { before, floor: None };
    let feed = server::open(&mut *state.store.read().await?, who, state.store.epoch(), Scope::Today, topic, part).await?.state.feed;
    Ok(Json(Page { next: next(feed.floor), data: feed.items }))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct AuditAsked {
    /// Only rows before this one: the `next` of the page before.
    #[param(value_type = i64, required = false, minimum = 1)]
    before: Option<ActivityId>,
    /// Part of the name or address of who did it, or of whom it is about.
    #[serde(default)]
    person: String,
    /// Only of this topic: `conversations`, `people`, `announcements`, `security`, `organisation`.
    #[param(value_type = Option<String>, required = false)]
    topic: Option<Topic>,
    /// The kind of what it was done to: `conversation`, `message`, `person`, `invitation`, `organisation`, `sign_in`, `token`,
    /// `application`, `broadcast`.
    #[serde(default)]
    subject: String,
    /// The first day, `2026-11-21`, in one's time zone.
    #[serde(default)]
    from: String,
    /// The last day, likewise.
    #[serde(default)]
    to: String,
    /// Part of a name or a detail.
    #[serde(default)]
    text: String,
}

/// Lists the audit log, the newest first.
///
/// For admins, with a token that has the scope `admin`.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Activity", security(("token" = ["admin"])), params(AuditAsked),
    responses((status = 200, description = "Fifty at most.", body = Page<Row>)))]
async fn list_audit(program: Program, Query(asked): Query<AuditAsked>) -> Result<Json<Page<Row>>, Problem> {
    program.needs(TokenScope::Admin)?;
    let AuditAsked { before, person, topic, subject, from, to, text } = asked;
    let topic = topic.map_or_else(String::new, |topic| topic.word().to_owned());
    let asked = Asked { person, topic, subject, from, to, text };
    let Program { state, who, .. } = &program;
    let page = audit::page(&mut *state.store.read().await?, who, state.store.epoch(), &asked, before).await?.state;
    Ok(Json(Page { next: next(page.floor), data: page.rows }))
}
