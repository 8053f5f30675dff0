//! What every layer asks about organisations: whether one is suspended. Its pages and sign-ins rest then, and what it sends waits.

use super::db::{Conn, Tx};
use super::jobs::{self, Job};
use plenum_core::{error::AppResult, ids::OrganisationId};

/// True while the operator has suspended `organisation`.
pub async fn is_suspended(conn: &mut Conn, organisation: OrganisationId) -> AppResult<bool> {
    let suspended: Option<bool> = sqlx::query_scalar("select suspended_at is not null from organisations where id = $1")
        .bind(organisation)
        .fetch_optional(conn)
        .await?;
    Ok(suspended.unwrap_or_default())
}

/// Puts `job` off if its organisation is suspended. True if it was: its handler has nothing to do now.
pub async fn waits(tx: &mut Tx, job: Job, organisation: OrganisationId) -> AppResult<bool> {
    let suspended = is_suspended(tx, organisation).await?;
    if suspended {
        jobs::hold(tx, job, organisation).await?;
    }
    Ok(suspended)
}
