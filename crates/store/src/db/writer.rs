//! The writer: closures in, group commits out. Each closure has a savepoint, so that one that
//! fails takes only itself back.

use std::{
    panic::AssertUnwindSafe,
    thread,
    time::{Duration, Instant},
};

use futures::FutureExt;
use sqlx::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    Commit, Committed, LocalFuture, Tx,
    checkpoints::Commits,
    now,
    room::{self, Room},
    slow,
    sqlite::{BEGIN, checkpoint},
};
use crate::{active, meters::Meters};
use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
};

/// Closures in one commit at the most.
const GROUP: usize = 128;
/// After this time in one transaction no further closure joins it: no write holds the writer above 20 ms.
const GROUP_TIME: Duration = Duration::from_millis(8);
/// So many closures in one commit are a crowd.
const CROWD: usize = 4;
/// In a crowd a commit begins at the earliest so long after the one before it began, unless as many wait already as one takes well: what
/// a commit costs beside its closures (the log's rows, the checksums of pages, the wait for the disk) is shared by more of them. One
/// by one they wait for nothing.
const PACE: Duration = Duration::from_millis(5);
/// Closures that are enough for a commit.
const ENOUGH: usize = 32;

/// A closure on its way through the writer.
pub(super) trait Work: Send {
    /// Runs it inside its savepoint; true if it may stay.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalFuture<'a, bool>;
    /// Tells the caller; `refused` is why the commit failed, if it did.
    fn finish(self: Box<Self>, refused: Option<&AppError>);
    /// Where in the code it stands.
    fn name(&self) -> &'static str;
}

pub(super) struct Closure<F, T> {
    /// The type that it is known by.
    name: &'static str,
    /// Whom it is for.
    actor: Option<PersonId>,
    body: F,
    outcome: Option<AppResult<T>>,
    reply: oneshot::Sender<AppResult<T>>,
}

impl<F, T> Closure<F, T> {
    pub(super) fn new(name: &'static str, actor: Option<PersonId>, body: F, reply: oneshot::Sender<AppResult<T>>) -> Self {
        Self { name, actor, body, outcome: None, reply }
    }
}

impl<F, T> Work for Closure<F, T>
where
    F: AsyncFn(&mut Tx) -> AppResult<T> + Send,
    T: Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalFuture<'a, bool> {
        Box::pin(async move {
            let body = async {
                match self.actor {
                    Some(person) if !active::is_active(tx, person).await? => Err(AppError::signed_out()),
                    _ => (self.body)(tx).await,
                }
            };
            let outcome = AssertUnwindSafe(body).catch_unwind().await.unwrap_or_else(|_| {
                tracing::error!("a write panicked and was taken back");
                Err(AppError::internal())
            });
            let stays = outcome.is_ok();
            if outcome.as_ref().is_err_and(room::is_missing) {
                tx.full = true;
            }
            self.outcome = Some(outcome);
            stays
        })
    }

    fn finish(self: Box<Self>, refused: Option<&AppError>) {
        let outcome = match (self.outcome, refused) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), None) => Ok(value),
            (_, refused) => Err(refused.cloned().unwrap_or_else(AppError::internal)),
        };
        // The caller may have gone away; the effect stands all the same.
        let _ = self.reply.send(outcome);
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

/// The writer: a thread of its own with its own small runtime, so that closures need not be `Send` while they run.
/// What takes as long as `slow` is noted.
pub(super) fn write_loop(
    mut tx: Tx,
    mut waiting: mpsc::Receiver<Box<dyn Work>>,
    commits: mpsc::UnboundedSender<Commit>,
    noted: Commits,
    slow: Option<Duration>,
) {
    // It waits for SQLite's thread and for callers, and for nothing else: without drivers to be polled each wait is a futex, which is
    // what a statement costs beside SQLite's own work.
    let runtime = match tokio::runtime::Builder::new_current_thread().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the writer cannot start");
            return;
        }
    };
    let meters = tx.part::<Meters>();
    runtime.block_on(async {
        while let Some(first) = waiting.recv().await {
            let started = Instant::now();
            let (done, outcome) = write_group(&mut tx, first, &mut waiting, slow).await;
            let refused = match outcome {
                Ok(items) => {
                    // In commit order, before the callers hear of it; the dispatcher lives as long as the process.
                    let _ = commits.send(Commit { at: Instant::now(), items });
                    None
                }
                Err(error) => {
                    tracing::error!(%error, "a commit failed and was taken back");
                    tx.forget();
                    let _ = sqlx::query("rollback").execute(&mut tx.conn).await;
                    // For want of room SQLite may take the whole transaction back, so that the next statement fails for another reason.
                    tx.full |= room::is_missing(&error);
                    Some(if tx.full { AppError::storage_full() } else { AppError::internal() })
                }
            };
            if std::mem::take(&mut tx.full) {
                tx.part::<Room>().refused(tx.now);
            }
            slow::note_write(slow, slow::Work::Commit, "a whole commit", started);
            let took = started.elapsed();
            noted.note();
            metrics::histogram!("plenum_write_seconds").record(took.as_secs_f64());
            metrics::counter!("plenum_writes_total").increment(done.len() as u64);
            meters.commit.record(took);
            meters.writes.add(done.len() as u64);
            let crowd = done.len() >= CROWD;
            for work in done {
                work.finish(refused.as_ref());
            }
            if crowd && waiting.len() < ENOUGH {
                // The thread is the writer's own, and has nothing else to do.
                thread::sleep(PACE.saturating_sub(started.elapsed()));
            }
            if noted.wants_help()
                && let Err(error) = checkpoint(&mut tx.conn).await
            {
                tracing::warn!(%error, "the write-ahead log could not be begun anew");
            }
        }
        let _ = tx.conn.close().await;
    });
}

/// The closure stays; the next one gets a savepoint.
const NEXT: &str = "release work; savepoint work";
/// The closure is taken back; its savepoint serves the next one.
const TAKE_BACK: &str = "rollback to work";
/// Commits, the last savepoint with it.
const COMMIT: &str = "commit";

/// One commit: `first` and what else waits, each in a savepoint.
async fn write_group(
    tx: &mut Tx,
    first: Box<dyn Work>,
    waiting: &mut mpsc::Receiver<Box<dyn Work>>,
    slow: Option<Duration>,
) -> (Vec<Box<dyn Work>>, AppResult<Vec<Committed>>) {
    let started = Instant::now();
    let mut done = Vec::new();
    tx.now = now();
    let mut before = BEGIN;
    let mut next = Some(first);
    while let Some(mut work) = next.take() {
        if let Err(error) = step(tx, before).await {
            done.push(work);
            return (done, Err(error));
        }
        let begun = Instant::now();
        before = if run(tx, work.as_mut()).await { NEXT } else { TAKE_BACK };
        slow::note_write(slow, slow::Work::Write, work.name(), begun);
        done.push(work);
        if done.len() < GROUP && started.elapsed() < GROUP_TIME {
            next = waiting.try_recv().ok();
        }
    }
    let outcome = async {
        if before == TAKE_BACK {
            step(tx, TAKE_BACK).await?;
        }
        let committed = AssertUnwindSafe(tx.number()).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("what a commit announces panicked");
            Err(AppError::internal())
        })?;
        step(tx, COMMIT).await?;
        Ok(committed)
    };
    (done, outcome.await)
}

async fn step(tx: &mut Tx, statement: &'static str) -> AppResult<()> {
    sqlx::query(statement).execute(&mut tx.conn).await?;
    Ok(())
}

/// Runs a closure; false if it failed and is to be taken back.
async fn run(tx: &mut Tx, work: &mut dyn Work) -> bool {
    let before = tx.mark();
    let stays = work.run(tx).await;
    if !stays {
        tx.back_to(before);
    }
    stays
}
