//! The job that sends a broadcast.
//!
//! It goes in steps, one write each: it begins, writes down whom it is for (so many people at a time), delivers to so many of them,
//! waits for the winner of a sample, ends. A step reads where the broadcast is and leaves it further, in one transaction with what it
//! does: a process that is killed goes on where the last commit was, and of two that work on the same broadcast each step is one's
//! (I26). Between steps the writer is free for everybody else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Row, announce, deciding, delivering, delivering::Letters, desk, gathering, move_on, pace::Pace, row};
use crate::model::{Action, State};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{BroadcastId, Millis, PersonId},
};
use plenum_store::{
    active,
    db::{Store, Tx},
    jobs::{self, Job},
    organisations,
};

/// The kind of the jobs that send.
pub const SEND: &str = "broadcasts.send";
/// Between two steps the writer is free at least so long.
const REST: Duration = Duration::from_millis(20);
/// Jobs of a kind wait for one another: a run is short, and schedules the next one.
const RUN: Duration = Duration::from_millis(500);

/// The job's key: one waits for each broadcast.
pub(super) fn key(id: BroadcastId) -> String {
    format!("{SEND}:{id}")
}

/// Schedules the sending.
pub(super) async fn schedule(tx: &mut Tx, id: BroadcastId, due_at: Millis) -> AppResult<()> {
    jobs::schedule(tx, job(id, due_at)).await
}

fn job(id: BroadcastId, due_at: Millis) -> Job {
    Job { kind: SEND, payload: json!({ "broadcast": id }), unique_key: Some(key(id)), due_at }
}

/// Sends a broadcast, or a part of it; the handler of the jobs.
pub async fn send(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("broadcast").and_then(Value::as_i64).map(BroadcastId).ok_or_else(AppError::internal)?;
    let begun = Instant::now();
    let pace = store.part::<Pace>();
    let (mut steps, mut longest, mut careful) = (0_u32, Duration::ZERO, 0_usize);
    loop {
        let people = if careful > 0 { 1 } else { pace.people() };
        careful = careful.saturating_sub(1);
        let more = match timed(&store, id, people).await {
            Ok((more, elapsed)) => {
                longest = longest.max(elapsed);
                more
            }
            // One of these people stands in the way: they are told one by one, so that it shows which.
            Err(_) if people > 1 => {
                careful = people;
                true
            }
            Err(error) => {
                let reason = error.message.clone();
                if !store.write(async move |tx: &mut Tx| delivering::leave_out(tx, id, &reason).await).await? {
                    return Err(error);
                }
                true
            }
        };
        steps += 1;
        if !more {
            break;
        }
        if begun.elapsed() >= RUN {
            store.write(async move |tx: &mut Tx| again(tx, id).await).await?;
            break;
        }
        tokio::time::sleep(REST).await;
    }
    let longest_ms = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(broadcast.id = %id, steps, longest_ms, people = pace.people(), "a part of a broadcast is sent");
    Ok(())
}

/// One step, and how long the writer was busy with it.
async fn timed(store: &Store, id: BroadcastId, people: usize) -> AppResult<(bool, Duration)> {
    let letters = delivering::render(&mut *store.read().await?, id, people).await?;
    let body = async move |tx: &mut Tx| {
        let begun = Instant::now();
        let more = step(tx, id, people, &letters).await?;
        let elapsed = begun.elapsed();
        metrics::histogram!("plenum_broadcast_step_seconds").record(elapsed.as_secs_f64());
        Ok((more, elapsed))
    };
    store.write(body).await
}

/// The rest is for the next run. Somebody may have stopped it since: then nothing is to be scheduled.
async fn again(tx: &mut Tx, id: BroadcastId) -> AppResult<()> {
    let now = tx.now();
    match row(tx, id).await? {
        Some(row) if matches!(row.state, State::Scheduled | State::Sending) => schedule(tx, id, row.due_at.max(now)).await,
        _ => Ok(()),
    }
}

/// Takes a broadcast one step further: at most `people` recipients get the texts in `letters`. True if there is more to do now.
pub(super) async fn step(tx: &mut Tx, id: BroadcastId, people: usize, letters: &Letters) -> AppResult<bool> {
    let Some(row) = row(tx, id).await? else { return Ok(false) };
    let now = tx.now();
    if matches!(row.state, State::Scheduled | State::Sending | State::Deciding)
        && organisations::waits(tx, job(id, now), row.organisation_id).await?
    {
        return Ok(false);
    }
    let more = match row.state {
        // A suspended sender sends nothing, not even the rest of a broadcast that has begun.
        State::Scheduled | State::Sending | State::Deciding if !active::is_active(tx, row.sender_id).await? => {
            move_on(tx, &row, Action::Cancel, None).await?;
            false
        }
        State::Scheduled if row.due_at <= now => begin(tx, &row).await?,
        // The clock was set back.
        State::Scheduled => {
            schedule(tx, id, row.due_at).await?;
            return Ok(false);
        }
        State::Sending if !row.gathered => gathering::gather(tx, &row).await?,
        State::Sending if row.retrying => gathering::take_up_failed(tx, &row).await?,
        State::Sending if row.held > 0 && row.winner.is_some() => gathering::release(tx, &row).await?,
        State::Sending => tell(tx, &row, people, letters).await?,
        State::Deciding => return deciding::by_itself(tx, &row).await,
        State::Paused | State::Sent | State::Cancelled => return Ok(false),
    };
    announce(tx, id).await?;
    Ok(more)
}

/// Tells so many people at the most, and learns how long it takes.
async fn tell(tx: &mut Tx, row: &Row, people: usize, letters: &Letters) -> AppResult<bool> {
    let begun = Instant::now();
    let told = delivering::deliver(tx, row, people, letters).await?;
    if told == people && people > 1 {
        tx.part::<Pace>().learn(people, begun.elapsed());
    }
    if told > 0 && row.next_at.is_some() {
        // The time that it waited for has come.
        sqlx::query("update broadcasts set next_at = null where id = $1").bind(row.id).execute(&mut **tx).await?;
    }
    Ok(told > 0)
}

/// Begins a broadcast whose time has come. It was scheduled up to a year ago: if its sender may not send it any more, it is cancelled.
async fn begin(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    if !desk::may_send_to(tx, row.sender_id, row.audience()?).await? {
        tracing::warn!(broadcast.id = %row.id, "a broadcast is cancelled: its sender may not send it any more");
        move_on(tx, row, Action::Cancel, None).await?;
        return Ok(false);
    }
    move_on(tx, row, Action::Begin, None).await?;
    if row.started_at.is_none() {
        let newest: Option<PersonId> = sqlx::query_scalar("select max(id) from people").fetch_one(&mut **tx).await?;
        sqlx::query("update broadcasts set started_at = $2, newest_person = $3 where id = $1")
            .bind(row.id)
            .bind(tx.now())
            .bind(newest.unwrap_or(PersonId(0)))
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}
