//! What `/admin/jobs` asks. Each command is a plain form, too.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::jobs::Jobs;
use plenum_core::{codec::Json, error::AppError};
#[cfg(feature = "ssr")]
use {
    crate::server::jobs,
    plenum_store::db::Tx,
    plenum_web::request::{answer, asker, command},
};

/// What waits, and what failed too often.
///
/// # Errors
/// 401; 403 unless one is an admin of the organisation that runs the place.
#[server(name = ListJobs, prefix = "/fn", endpoint = "admin/jobs", input = GetUrl, output = Json)]
pub async fn list() -> Result<Jobs, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        jobs::jobs(&state.store, &who).await
    })
    .await
}

/// Puts a dead letter back as a job.
///
/// # Errors
/// 401; 403; 404 if it is there no more; 429.
#[server(name = RetryJob, prefix = "/fn", endpoint = "admin/retry_job", output = Json)]
pub async fn retry(id: i64) -> Result<(), AppError> {
    command("/admin/jobs?done=retried", move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| jobs::retry(tx, &who, id).await).await
    })
    .await
}

/// Puts the dead letters of one kind back, at most a hundred; how many these were.
///
/// # Errors
/// 401; 403; 404 if there is none; 429.
#[server(name = RetryJobs, prefix = "/fn", endpoint = "admin/retry_jobs", output = Json)]
pub async fn retry_kind(kind: String) -> Result<u32, AppError> {
    command("/admin/jobs?done=retried", move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| jobs::retry_kind(tx, &who, &kind).await).await
    })
    .await
}

/// Forgets a dead letter.
///
/// # Errors
/// 401; 403; 404 if it is there no more; 429.
#[server(name = DiscardJob, prefix = "/fn", endpoint = "admin/discard_job", output = Json)]
pub async fn discard(id: i64) -> Result<(), AppError> {
    command("/admin/jobs?done=discarded", move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| jobs::discard(tx, &who, id).await).await
    })
    .await
}
