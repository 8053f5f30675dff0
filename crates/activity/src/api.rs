//! What pages ask of the record.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{
    Opened,
    audit::{Asked, Audit},
};
use plenum_core::{activity::Topic, codec::Json, error::AppError, ids::ActivityId, live::Snapshot};
#[cfg(feature = "ssr")]
use {
    super::{
        model::Scope,
        server::{self, Part, audit as log},
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::db::Conn,
    plenum_web::server_fn::{query, query_snapshot},
};

/// A page of the feed `scope` (`today`, `conversation:4`, `person:7`), below item `before`; or all of it from item `floor` on.
///
/// # Errors
/// 401; 404 if there is no such conversation or person, or not for who asks.
#[server(name = ActivityFeed, prefix = "/fn", endpoint = "activity/feed", input = GetUrl, output = Json)]
pub async fn feed(
    scope: String,
    #[server(default)] topic: Option<Topic>,
    #[server(default)] before: Option<ActivityId>,
    #[server(default)] floor: Option<ActivityId>,
) -> Result<Snapshot<Opened>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        let scope: Scope = scope.parse().map_err(|_| AppError::no_such("feed"))?;
        server::open(conn, who, epoch, scope, topic, Part { before, floor }).await
    })
    .await
}

/// A page of the audit log, below row `before`.
///
/// # Errors
/// 401; 403 unless one is an admin; 422 for the filter.
#[server(name = AuditLog, prefix = "/fn", endpoint = "activity/audit", input = GetUrl, output = Json)]
pub async fn audit(#[server(default)] asked: Asked, #[server(default)] before: Option<ActivityId>) -> Result<Snapshot<Audit>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| log::page(conn, who, epoch, &asked, before).await).await
}

/// How many rows that the filter shows are newer than row `after`.
///
/// # Errors
/// As [`audit`].
#[server(name = AuditNew, prefix = "/fn", endpoint = "activity/audit_new", input = GetUrl, output = Json)]
pub async fn audit_new(#[server(default)] asked: Asked, after: ActivityId) -> Result<u32, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| log::count_new(conn, who, &asked, after).await).await
}
