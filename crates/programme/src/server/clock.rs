//! Events begin and end by themselves. One job waits for the next instant of any of them; it is armed anew whenever that may have moved,
//! and when the server starts. What was due while there was no server happens then.

use serde_json::Value;

use crate::server::lifecycle::move_on;
use plenum_core::{
    error::AppResult,
    ids::{EventId, Millis},
};
use plenum_events::model::event::{EventAction, EventState};
use plenum_events::server::events::row;
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job},
};

/// The job.
pub const CLOCK: &str = "box_office.clock";
/// The job that arms it, soon after the start and then now and again.
pub const WATCH: &str = "box_office.clock_watch";
/// Events of one write.
const AT_ONCE: i64 = 5;

/// Lets the job run when the next event begins or ends.
pub async fn arm(tx: &mut Tx) -> AppResult<()> {
    let next: Option<Millis> = sqlx::query_scalar(
        "select min(at) from (
           select min(starts_at) as at from events where state = 'published'
           union all select min(ends_at) from events where state = 'live') as due",
    )
    .fetch_one(&mut **tx)
    .await?;
    match next {
        Some(due_at) => jobs::schedule(tx, Job { kind: CLOCK, payload: Value::Null, unique_key: Some(CLOCK.to_owned()), due_at }).await,
        None => jobs::cancel(tx, CLOCK).await,
    }
}

/// Arms the job.
pub async fn watch(store: Store) -> AppResult<()> {
    store.write(arm).await
}

/// Lets all events begin and end whose time has come.
pub async fn run(store: Store, _: Value) -> AppResult<()> {
    while store.write(step).await? {}
    Ok(())
}

/// Some of them. True if there may be more.
pub async fn step(tx: &mut Tx) -> AppResult<bool> {
    let due: Vec<EventId> = sqlx::query_scalar(
        "select id from events where (state = 'published' and starts_at <= $1) or (state = 'live' and ends_at <= $1) order by starts_at, id limit $2",
    )
    .bind(tx.now())
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    for id in &due {
        let row = row(tx, *id).await?;
        let over = row.ends_at <= tx.now();
        let action = if row.state == EventState::Published && !over { EventAction::Begin } else { EventAction::End };
        let note = row.note.clone();
        move_on(tx, &row, action, None, &note).await?;
    }
    if due.is_empty() {
        arm(tx).await?;
    }
    Ok(!due.is_empty())
}
