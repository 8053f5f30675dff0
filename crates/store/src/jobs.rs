//! Work that is due at a time: retention, retries, expiries, schedules.
//!
//! A job is a row, written in the transaction that makes it necessary. A [`Runner`] leases due rows
//! for 90 s, so that a process that dies loses nothing; it tries again after growing pauses (twice, unless its
//! kind has [pauses of its own](Runner::pauses)) and then moves the row to the dead letters, where people look. A job may therefore run twice: its
//! handler must not mind. The runner wakes when a job is scheduled, when the next one is due, and when one is done.
//!
//! Jobs run beside one another, but only some of one kind: a webhook that hangs does not keep an event from beginning.

pub mod dead_letters;
mod runner;

use tokio::sync::watch;

use super::db::Tx;
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
};
pub use runner::Runner;

/// A job that is held looks again after this.
const HELD: Millis = 24 * 3_600_000;

/// Raised by [`schedule`]. A runner that sees it asks the writer, whose turn comes after the
/// transaction that scheduled: it never looks too early.
#[derive(Default)]
struct Scheduled(watch::Sender<u64>);

impl Scheduled {
    fn raise(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Work to be done.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which handler does it.
    pub kind: &'static str,
    /// What the handler needs to know.
    pub payload: serde_json::Value,
    /// At most one job of this key waits; scheduling it again replaces its payload and time.
    pub unique_key: Option<String>,
    /// When, in milliseconds UTC.
    pub due_at: Millis,
}

/// Schedules `job`, if the transaction is committed.
pub async fn schedule(tx: &mut Tx, job: Job) -> AppResult<()> {
    // Without a lease the row is free again: a run that is on its way finds it changed and leaves it.
    let upsert = "insert into jobs (kind, payload, unique_key, due_at, created_at) values ($1, $2, $3, $4, $5)
         on conflict (unique_key) do update set kind = excluded.kind, payload = excluded.payload, due_at = excluded.due_at,
           leased_until = null, attempts = 0, last_error = null, held_for = null";
    write_down(tx, job, upsert).await
}

/// Schedules `job`, unless one of its key is due by then, be it waiting or running: a handler that looks, before it ends, for what came
/// meanwhile is not started a second time.
pub async fn schedule_no_later(tx: &mut Tx, job: Job) -> AppResult<()> {
    let upsert = "insert into jobs (kind, payload, unique_key, due_at, created_at) values ($1, $2, $3, $4, $5)
         on conflict (unique_key) do update set kind = excluded.kind, payload = excluded.payload, due_at = excluded.due_at,
           leased_until = null, attempts = 0, last_error = null, held_for = null
         where jobs.due_at > excluded.due_at";
    write_down(tx, job, upsert).await
}

/// Writes `job` down by `upsert`, and wakes the runner once that is committed.
async fn write_down(tx: &mut Tx, job: Job, upsert: &'static str) -> AppResult<()> {
    sqlx::query(upsert)
        .bind(job.kind)
        .bind(job.payload.to_string())
        .bind(job.unique_key)
        .bind(job.due_at)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    tx.part::<Scheduled>().raise();
    Ok(())
}

/// Puts `job` off while `organisation` is suspended, until it is [released](release). It looks again by itself after a day.
pub async fn hold(tx: &mut Tx, job: Job, organisation: OrganisationId) -> AppResult<()> {
    let key = job.unique_key.clone();
    let due_at = tx.now() + HELD;
    schedule(tx, Job { due_at, ..job }).await?;
    sqlx::query("update jobs set held_for = $2 where unique_key = $1").bind(key).bind(organisation).execute(&mut **tx).await?;
    Ok(())
}

/// Makes at most `most` jobs that wait for `organisation` due now. True if there may be more.
pub async fn release(tx: &mut Tx, organisation: OrganisationId, most: i64) -> AppResult<bool> {
    let released = sqlx::query(
        "update jobs set due_at = $2, held_for = null where id in (select id from jobs where held_for = $1 order by id limit $3)",
    )
    .bind(organisation)
    .bind(tx.now())
    .bind(most)
    .execute(&mut **tx)
    .await?;
    tx.part::<Scheduled>().raise();
    Ok(released.rows_affected() > 0)
}

/// Removes the waiting job of `unique_key`, if there is one.
pub async fn cancel(tx: &mut Tx, unique_key: &str) -> AppResult<()> {
    sqlx::query("delete from jobs where unique_key = $1").bind(unique_key).execute(&mut **tx).await?;
    Ok(())
}
