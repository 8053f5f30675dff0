//! The writer: closures in, group commits out. Each closure has a savepoint, so that one that
//! fails takes only itself back.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    time::{Duration, Instant},
};

use futures::FutureExt;
use sqlx::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Committed, Tx, now};
use crate::error::{AppError, AppResult};

/// Closures in one commit at the most.
const GROUP: usize = 128;
/// After this time in one transaction no further closure joins it: no write holds the writer above 20 ms.
const GROUP_TIME: Duration = Duration::from_millis(8);

pub(super) type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A closure on its way through the writer.
pub(super) trait Work: Send {
    /// Runs it inside its savepoint; true if it may stay.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalFuture<'a, bool>;
    /// Tells the caller.
    fn finish(self: Box<Self>, committed: bool);
}

pub(super) struct Closure<F, T> {
    pub(super) body: F,
    pub(super) outcome: Option<AppResult<T>>,
    pub(super) reply: oneshot::Sender<AppResult<T>>,
}

impl<F, T> Work for Closure<F, T>
where
    F: AsyncFn(&mut Tx) -> AppResult<T> + Send,
    T: Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalFuture<'a, bool> {
        Box::pin(async move {
            let outcome = AssertUnwindSafe((self.body)(tx)).catch_unwind().await.unwrap_or_else(|_| {
                tracing::error!("a write panicked and was taken back");
                Err(AppError::internal())
            });
            let stays = outcome.is_ok();
            self.outcome = Some(outcome);
            stays
        })
    }

    fn finish(self: Box<Self>, committed: bool) {
        let outcome = match self.outcome {
            Some(Err(error)) => Err(error),
            Some(Ok(value)) if committed => Ok(value),
            _ => Err(AppError::internal()),
        };
        // The caller may have gone away; the effect stands all the same.
        let _ = self.reply.send(outcome);
    }
}

/// The writer: a thread of its own with its own small runtime, so that closures need not be `Send` while they run.
pub(super) fn write_loop(mut tx: Tx, mut waiting: mpsc::Receiver<Box<dyn Work>>, commits: mpsc::UnboundedSender<Vec<Committed>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the writer cannot start");
            return;
        }
    };
    runtime.block_on(async {
        while let Some(first) = waiting.recv().await {
            let started = Instant::now();
            let (done, outcome) = write_group(&mut tx, first, &mut waiting).await;
            let committed = match outcome {
                Ok(events) => {
                    // In commit order, before the callers hear of it; the dispatcher lives as long as the process.
                    let _ = commits.send(events);
                    true
                }
                Err(error) => {
                    tracing::error!(%error, "a commit failed and was taken back");
                    tx.buffered.clear();
                    let _ = sqlx::query("rollback").execute(&mut tx.conn).await;
                    false
                }
            };
            metrics::histogram!("plenum_write_seconds").record(started.elapsed().as_secs_f64());
            metrics::counter!("plenum_writes_total").increment(done.len() as u64);
            for work in done {
                work.finish(committed);
            }
        }
        let _ = tx.conn.close().await;
    });
}

/// One commit: `first` and what else waits, each in a savepoint.
async fn write_group(
    tx: &mut Tx,
    first: Box<dyn Work>,
    waiting: &mut mpsc::Receiver<Box<dyn Work>>,
) -> (Vec<Box<dyn Work>>, AppResult<Vec<Committed>>) {
    let started = Instant::now();
    let mut done = Vec::new();
    tx.now = now();
    if let Err(error) = sqlx::query("begin immediate").execute(&mut tx.conn).await {
        done.push(first);
        return (done, Err(error.into()));
    }
    let mut next = Some(first);
    while let Some(mut work) = next.take() {
        let outcome = run_in_savepoint(tx, work.as_mut()).await;
        done.push(work);
        if let Err(error) = outcome {
            return (done, Err(error));
        }
        if done.len() < GROUP && started.elapsed() < GROUP_TIME {
            next = waiting.try_recv().ok();
        }
    }
    let outcome = async {
        let committed = tx.number().await?;
        sqlx::query("commit").execute(&mut tx.conn).await?;
        Ok(committed)
    };
    (done, outcome.await)
}

async fn run_in_savepoint(tx: &mut Tx, work: &mut dyn Work) -> AppResult<()> {
    sqlx::query("savepoint work").execute(&mut tx.conn).await?;
    let before = tx.buffered.len();
    if !work.run(tx).await {
        tx.buffered.truncate(before);
        sqlx::query("rollback to work").execute(&mut tx.conn).await?;
    }
    sqlx::query("release work").execute(&mut tx.conn).await?;
    Ok(())
}
