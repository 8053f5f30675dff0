//! What `/admin/jobs` asks. Each command is a plain form, too.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::jobs::Jobs;
use plenum_core::{codec::Json, error::AppError};
#[cfg(feature = "ssr")]
use {
    crate::server::jobs,
    plenum_core::people::Identity,
    plenum_store::db::Conn,
    plenum_web::server_fn::{command, query},
};

/// What waits, and what failed too often.
///
/// # Errors
/// 401; 403 unless one is an admin of the organisation that runs the place.
#[server(name = ListJobs, prefix = "/fn", endpoint = "admin/jobs", input = GetUrl, output = Json)]
pub async fn list() -> Result<Jobs, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| jobs::jobs(conn, who).await).await
}

/// Puts a dead letter back as a job.
///
/// # Errors
/// 401; 403; 404 if it is there no more; 429.
#[server(name = RetryJob, prefix = "/fn", endpoint = "admin/retry_job", output = Json)]
pub async fn retry(id: i64) -> Result<(), AppError> {
    command(async move |tx, who| jobs::retry(tx, who, id).await).done("/admin/jobs?done=retried").await
}

/// Puts the dead letters of one kind back, at most a hundred; how many these were.
///
/// # Errors
/// 401; 403; 404 if there is none; 429.
#[server(name = RetryJobs, prefix = "/fn", endpoint = "admin/retry_jobs", output = Json)]
pub async fn retry_kind(kind: String) -> Result<u32, AppError> {
    command(async move |tx, who| jobs::retry_kind(tx, who, &kind).await).done("/admin/jobs?done=retried").await
}

/// Forgets a dead letter.
///
/// # Errors
/// 401; 403; 404 if it is there no more; 429.
#[server(name = DiscardJob, prefix = "/fn", endpoint = "admin/discard_job", output = Json)]
pub async fn discard(id: i64) -> Result<(), AppError> {
    command(async move |tx, who| jobs::discard(tx, who, id).await).done("/admin/jobs?done=discarded").await
}
