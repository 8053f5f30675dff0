//! The job of an import: steps of one write each, until the plan is as it is to be.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{ImportRow, advance, record, row, schedule, target};
use crate::{
    live::PlanEvent,
    model::{
        diff::{Diff, Put},
        import::{ImportAction, ImportState, Progress, Source},
    },
    server::{read, store},
};
use plenum_core::{
    activity::Record,
    error::{AppError, AppResult, ErrorKind},
    ids::{EventId, SectionId},
};
use plenum_store::db::{Store, Tx};

/// Seats that one step writes.
const STEP: usize = 250;
/// Between two steps the writer is free at least so long.
const REST: Duration = Duration::from_millis(4);
/// Jobs of a kind wait for one another: a run is short, and schedules the next one.
const RUN: Duration = Duration::from_millis(500);

/// Takes an import further; the handler of the jobs.
pub async fn run(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("import").and_then(Value::as_i64).ok_or_else(AppError::internal)?;
    let begun = Instant::now();
    match steps(&store, id, begun).await {
        Ok(true) => Ok(()),
        Ok(false) => store.write(async move |tx: &mut Tx| again(tx, id).await).await,
        // It would be refused again: whoever started it is told why.
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::NotFound) => {
            store.write(async move |tx: &mut Tx| fail(tx, id, &error.message).await).await
        }
        Err(error) => Err(error),
    }
}

/// The rest is for the next run, unless somebody has stopped it.
async fn again(tx: &mut Tx, id: i64) -> AppResult<()> {
    match row(tx, id).await? {
        Some(row) if row.state == ImportState::Running => schedule(tx, id).await,
        _ => Ok(()),
    }
}

async fn fail(tx: &mut Tx, id: i64, reason: &str) -> AppResult<()> {
    let Some(ImportRow { state: ImportState::Running, event_id, .. }) = row(tx, id).await? else { return Ok(()) };
    sqlx::query("update plan_imports set failure = $2 where id = $1").bind(id).bind(reason).execute(&mut **tx).await?;
    let failed = advance(tx, id, ImportAction::Fail).await?;
    store::announce_plan(tx, event_id).await?;
    record(tx, &failed, Record::PlanImportStopped).await
}

/// As many steps as fit into a run. True: there is nothing more to do.
async fn steps(store: &Store, id: i64, begun: Instant) -> AppResult<bool> {
    let (event, mut version, diff) = {
        let mut conn = store.read().await?;
        let Some(found) = row(&mut conn, id).await?.filter(|found| found.state == ImportState::Running) else { return Ok(true) };
        let current = read(&mut conn, found.event_id).await?;
        let target = target(&mut conn, id, &current).await?;
        (found.event_id, store::version(&mut conn, found.event_id).await?, Diff::between(&current, &target))
    };
    let mut left = diff.len();
    for step in parts(&diff) {
        let (written, expected) = (step.put.len() + step.removed.values().map(Vec::len).sum::<usize>(), version);
        left = left.saturating_sub(written);
        let done = store.write(async move |tx: &mut Tx| take(tx, id, event, expected, &step, left).await).await?;
        let Some(next) = done else { return Ok(false) };
        version = next;
        if begun.elapsed() >= RUN {
            return Ok(false);
        }
        tokio::time::sleep(REST).await;
    }
    let gone = diff.gone;
    if !gone.is_empty() {
        let closed = async move |tx: &mut Tx| close(tx, id, event, version, &gone).await;
        let Some(next) = store.write(closed).await? else { return Ok(false) };
        version = next;
    }
    // What is different still was taken meanwhile, and stays.
    let kept = {
        let mut conn = store.read().await?;
        let current = read(&mut conn, event).await?;
        Diff::between(&current, &target(&mut conn, id, &current).await?).len()
    };
    store.write(async move |tx: &mut Tx| finish(tx, id, event, version, kept).await).await
}

/// A difference in parts of one write each: first the sections, then seats that come, then seats that go.
fn parts(diff: &Diff) -> Vec<Diff> {
    let mut parts = Vec::new();
    if diff.sections.is_some() || !diff.moved.is_empty() {
        parts.push(Diff { sections: diff.sections.clone(), moved: diff.moved.clone(), ..Diff::default() });
    }
    parts.extend(diff.put.chunks(STEP).map(|put: &[Put]| Diff { put: put.to_vec(), ..Diff::default() }));
    let mut removed: BTreeMap<(SectionId, String), Vec<i64>> = BTreeMap::new();
    let mut count = 0;
    for (row, numbers) in &diff.removed {
        removed.insert(row.clone(), numbers.clone());
        count += numbers.len();
        if count >= STEP {
            parts.push(Diff { removed: std::mem::take(&mut removed), ..Diff::default() });
            count = 0;
        }
    }
    if !removed.is_empty() {
        parts.push(Diff { removed, ..Diff::default() });
    }
    parts
}

/// One step, after which `left` seats are left. None: the plan or the import is not what was read; returns the plan's version.
async fn take(tx: &mut Tx, id: i64, event: EventId, expected: i64, step: &Diff, left: usize) -> AppResult<Option<i64>> {
    let Some(found) = row(tx, id).await?.filter(|found| found.state == ImportState::Running) else { return Ok(None) };
    if store::version(tx, event).await? != expected {
        return Ok(None);
    }
    store::apply(tx, event, step).await?;
    store::step(tx, event).await?;
    store::recount(tx, event).await?;
    let written = (found.steps - i64::try_from(left).unwrap_or(i64::MAX)).max(found.written);
    sqlx::query("update plan_imports set written = $2 where id = $1").bind(id).bind(written).execute(&mut **tx).await?;
    tx.announce(found.person_id, &PlanEvent::ImportChanged(Progress { written, ..found.progress() }));
    store::announce_places(tx, event).await?;
    Ok(Some(expected + 1))
}

/// Sections that have no seat any more go; returns the plan's version, as [`take`] does.
async fn close(tx: &mut Tx, id: i64, event: EventId, expected: i64, gone: &[SectionId]) -> AppResult<Option<i64>> {
    let runs = row(tx, id).await?.is_some_and(|found| found.state == ImportState::Running);
    if !runs || store::version(tx, event).await? != expected {
        return Ok(None);
    }
    store::close(tx, gone).await?;
    store::step(tx, event).await?;
    Ok(Some(expected + 1))
}

/// All steps are done, and so many seats stayed as they were. True: there is nothing more to do.
async fn finish(tx: &mut Tx, id: i64, event: EventId, expected: i64, kept: usize) -> AppResult<bool> {
    let Some(found) = row(tx, id).await?.filter(|found| found.state == ImportState::Running) else { return Ok(true) };
    if store::version(tx, event).await? != expected {
        return Ok(false);
    }
    sqlx::query("update plan_imports set written = steps, kept = $2 where id = $1")
        .bind(id)
        .bind(i64::try_from(kept).unwrap_or(i64::MAX))
        .execute(&mut **tx)
        .await?;
    let done = advance(tx, id, ImportAction::Finish).await?;
    store::announce_plan(tx, event).await?;
    match found.source {
        Source::Table => record(tx, &done, Record::PlanImported).await?,
        Source::Undo => record(tx, &done, Record::PlanUndone).await?,
        // That was told when its ticket types were copied.
        Source::Copy => {}
    }
    Ok(true)
}
