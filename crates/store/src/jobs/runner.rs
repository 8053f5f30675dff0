//! Running jobs: leasing what is due, some beside one another, and what becomes of each.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use sqlx::QueryBuilder;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Job, Scheduled, schedule};
use crate::{
    db::{Db, Store, Tx, now, push_list},
    faults::Faults,
};
use plenum_core::{
    clock,
    error::{AppError, AppResult},
    ids::Millis,
};

/// How long a runner may keep a job.
const LEASE: Millis = 90_000;
/// A handler is stopped a little before its lease ends.
const LONGEST: Duration = Duration::from_secs(85);
/// What lies between one try of a job and the next; after the last a job that fails is a dead letter.
const PAUSES: &[Duration] = &[Duration::from_secs(10), Duration::from_secs(60)];
/// A job that failed, as HTTP would say it.
const FAILED: u16 = 500;
/// Jobs that run at the same time.
const AT_ONCE: usize = 24;
/// Of one kind, so that those of it that hang hold up nothing else.
const AT_ONCE_OF_KIND: usize = 8;
/// Rows that are looked at for what may begin.
const LOOKED_AT: usize = 64;
/// The runner looks at least so often, for what another process has scheduled.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// What a handler is given: the store and the job's payload.
type Handler = Arc<dyn Fn(Store, serde_json::Value) -> BoxFuture<'static, AppResult<()>> + Send + Sync>;

/// Runs jobs. Handlers are registered before it starts.
pub struct Runner {
    store: Store,
    handlers: HashMap<&'static str, Handler>,
    recurring: Vec<(&'static str, Duration)>,
    pauses: HashMap<&'static str, &'static [Duration]>,
}

#[derive(sqlx::FromRow)]
struct Leased {
    id: i64,
    kind: String,
    payload: String,
    leased_until: Millis,
    attempts: u32,
}

/// What is due now, and when the next is.
type Claim = (Vec<Leased>, Option<Millis>);

impl Runner {
    /// A runner without handlers.
    pub fn new(store: Store) -> Self {
        Self { store, handlers: HashMap::new(), recurring: Vec::new(), pauses: HashMap::new() }
    }

    /// Jobs of `kind` are done by `handler`.
    #[must_use]
    pub fn on<F, O>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Store, serde_json::Value) -> O + Send + Sync + 'static,
        O: Future<Output = AppResult<()>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |store, payload| Box::pin(handler(store, payload))));
        self
    }

    /// Jobs of `kind` that fail are tried again after each of `pauses`, and then no more.
    #[must_use]
    pub fn pauses(mut self, kind: &'static str, pauses: &'static [Duration]) -> Self {
        self.pauses.insert(kind, pauses);
        self
    }

    /// How long a job of `kind` waits after its `attempts`-th failed try, in milliseconds; none if it was the last.
    fn pause(&self, kind: &str, attempts: u32) -> Option<Millis> {
        let pauses = self.pauses.get(kind).copied().unwrap_or(PAUSES);
        let pause = pauses.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
        Millis::try_from(pause.as_millis()).ok()
    }

    /// `handler` runs every `period`, the first time soon after the start. A failure is logged, and the next period comes all the same.
    #[must_use]
    pub fn every<F, O>(mut self, kind: &'static str, period: Duration, handler: F) -> Self
    where
        F: Fn(Store) -> O + Send + Sync + 'static,
        O: Future<Output = AppResult<()>> + Send + 'static,
    {
        self.recurring.push((kind, period));
        self.on(kind, move |store, _| {
            let work = handler(store.clone());
            async move {
                if let Err(error) = work.await {
                    tracing::warn!(%error, job.kind = kind, "a recurring job failed");
                    store.part::<Faults>().count_error(&format!("job {kind}"), &error, None);
                }
                arm(&store, kind, period).await
            }
        })
    }

    /// Runs until `stop` is cancelled; what is running then is finished.
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        let runner = Arc::new(self);
        tokio::spawn(async move {
            for (kind, _) in &runner.recurring {
                if let Err(error) = arm(&runner.store, kind, Duration::ZERO).await {
                    tracing::error!(%error, job.kind = kind, "a recurring job cannot be scheduled");
                }
            }
            runner.run(stop).await;
        })
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut scheduled = self.store.part::<Scheduled>().0.subscribe();
        let mut running = Running::default();
        while !stop.is_cancelled() {
            scheduled.mark_unchanged();
            let (due, next) = match self.claim(&running.kinds).await {
                Ok(claim) => claim,
                Err(error) => {
                    tracing::error!(%error, "jobs cannot be read");
                    (Vec::new(), None)
                }
            };
            for job in due {
                running.begin(Arc::clone(&self), job);
            }
            let wait = next.map_or(LONGEST_SLEEP, |at| Duration::from_millis((at - now()).max(1).unsigned_abs()).min(LONGEST_SLEEP));
            tokio::select! {
                () = stop.cancelled() => {}
                _ = scheduled.changed() => {}
                () = running.one_done(), if !running.kinds.is_empty() => {}
                () = clock::sleep(wait) => {}
            }
        }
        while !running.kinds.is_empty() {
            running.one_done().await;
        }
    }

    /// Leases what is due and may run beside what runs, by kind; says when to look again, if nothing happens before.
    async fn claim(&self, running: &HashMap<String, usize>) -> AppResult<Claim> {
        let running = running.clone();
        self.store
            .write(async move |tx: &mut Tx| {
                let now = tx.now();
                let (mut room, mut chosen) = (Room::beside(&running), Vec::new());
                while room.free > 0 {
                    let candidates = candidates(tx, now, &chosen, room.full()).await?;
                    let all = candidates.len() < LOOKED_AT;
                    chosen.extend(candidates.into_iter().filter_map(|(id, kind)| room.take(kind).then_some(id)));
                    // A kind that has no more room may have hidden others.
                    if all {
                        break;
                    }
                }
                let mut due = Vec::new();
                if !chosen.is_empty() {
                    let mut lease = QueryBuilder::<Db>::new("update jobs set attempts = attempts + 1, leased_until = ");
                    lease.push_bind(now + LEASE).push(" where id in ");
                    push_list(&mut lease, chosen);
                    lease.push(" returning id, kind, payload, leased_until, attempts");
                    due = lease.build_query_as().fetch_all(&mut **tx).await?;
                    due.sort_by_key(|job: &Leased| job.id);
                }
                // What is due and has to wait its turn comes when one that runs is done.
                let next = sqlx::query_scalar(
                    "select min(at) from (select case when leased_until > due_at then leased_until else due_at end as at from jobs) as waiting where at > $1",
                )
                .bind(now)
                .fetch_one(&mut **tx)
                .await?;
                Ok((due, next))
            })
            .await
    }

    /// Runs one job in a task of its own, so that a panic is only its own failure.
    async fn work(&self, job: Leased) {
        let kind = job.kind.clone();
        let outcome = match (self.handlers.get(kind.as_str()), serde_json::from_str(&job.payload)) {
            (Some(handler), Ok(payload)) => {
                let mut task = tokio::spawn(handler(self.store.clone(), payload));
                match tokio::time::timeout(LONGEST, &mut task).await {
                    Ok(Ok(outcome)) => outcome.map_err(|error| error.message),
                    Ok(Err(_)) => Err("it panicked".to_owned()),
                    Err(_) => {
                        task.abort();
                        Err("it took too long".to_owned())
                    }
                }
            }
            (None, _) => Err("nobody handles this kind".to_owned()),
            (_, Err(error)) => Err(format!("its payload cannot be read: {error}")),
        };
        if let Err(error) = self.finish(job, outcome).await {
            tracing::error!(%error, job.kind = kind, "a job's end was not written; it will run again");
        }
    }

    /// Removes what is done, puts back what failed, buries what failed too often. A row that was
    /// scheduled anew meanwhile has lost its lease and is left alone.
    async fn finish(&self, job: Leased, outcome: Result<(), String>) -> AppResult<()> {
        let Err(reason) = outcome else {
            return self.store.write(async move |tx: &mut Tx| remove(tx, &job).await.map(drop)).await;
        };
        tracing::warn!(job.kind = job.kind, job.attempts = job.attempts, %reason, "a job failed");
        self.store.part::<Faults>().count(&format!("job {}", job.kind), FAILED, &reason);
        let pause = self.pause(&job.kind, job.attempts);
        self.store
            .write(async move |tx: &mut Tx| {
                if let Some(pause) = pause {
                    sqlx::query("update jobs set due_at = $3, leased_until = null, last_error = $4 where id = $1 and leased_until = $2")
                        .bind(job.id)
                        .bind(job.leased_until)
                        .bind(tx.now() + pause)
                        .bind(&reason)
                        .execute(&mut **tx)
                        .await?;
                } else if let Some((created_at, unique_key)) = remove(tx, &job).await? {
                    sqlx::query(
                        "insert into dead_letters (kind, payload, error, attempts, created_at, died_at, unique_key)
                         values ($1, $2, $3, $4, $5, $6, $7)",
                    )
                    .bind(&job.kind)
                    .bind(&job.payload)
                    .bind(&reason)
                    .bind(job.attempts)
                    .bind(created_at)
                    .bind(tx.now())
                    .bind(unique_key)
                    .execute(&mut **tx)
                    .await?;
                }
                Ok(())
            })
            .await
    }
}

/// The first jobs that are due and not leased, without those that are `chosen` already and those of kinds that are `full`.
async fn candidates(tx: &mut Tx, now: Millis, chosen: &[i64], full: Vec<&str>) -> AppResult<Vec<(i64, String)>> {
    let mut query = QueryBuilder::<Db>::new("select id, kind from jobs where due_at <= ");
    query.push_bind(now).push(" and (leased_until is null or leased_until <= ").push_bind(now).push(")");
    if !full.is_empty() {
        push_list(query.push(" and kind not in "), full);
    }
    if !chosen.is_empty() {
        push_list(query.push(" and id not in "), chosen.iter().copied());
    }
    query.push(" order by due_at, id limit ").push_bind(i64::try_from(LOOKED_AT).unwrap_or(i64::MAX));
    Ok(query.build_query_as().fetch_all(&mut **tx).await?)
}

/// What may begin beside what runs.
struct Room {
    free: usize,
    kinds: HashMap<String, usize>,
}

impl Room {
    fn beside(running: &HashMap<String, usize>) -> Self {
        Self { free: AT_ONCE.saturating_sub(running.values().sum()), kinds: running.clone() }
    }

    /// True if one of `kind` may begin; then it has.
    fn take(&mut self, kind: String) -> bool {
        let of_kind = self.kinds.entry(kind).or_default();
        let begins = self.free > 0 && *of_kind < AT_ONCE_OF_KIND;
        if begins {
            self.free -= 1;
            *of_kind += 1;
        }
        begins
    }

    /// The kinds of which no more may begin.
    fn full(&self) -> Vec<&str> {
        self.kinds.iter().filter(|(_, count)| **count >= AT_ONCE_OF_KIND).map(|(kind, _)| kind.as_str()).collect()
    }
}

/// The jobs that a runner has begun.
#[derive(Default)]
struct Running {
    tasks: JoinSet<String>,
    /// How many of each kind.
    kinds: HashMap<String, usize>,
}

impl Running {
    fn begin(&mut self, runner: Arc<Runner>, job: Leased) {
        let kind = job.kind.clone();
        *self.kinds.entry(kind.clone()).or_default() += 1;
        self.tasks.spawn(async move {
            runner.work(job).await;
            kind
        });
    }

    /// Waits until one of them is done.
    async fn one_done(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(kind)) => {
                if let Some(of_kind) = self.kinds.get_mut(&kind) {
                    *of_kind -= 1;
                    if *of_kind == 0 {
                        self.kinds.remove(&kind);
                    }
                }
            }
            // Handlers run in tasks of their own; this is one whose future could not even be made, or the runtime that ends.
            Some(Err(error)) => tracing::error!(%error, "a job's task was lost"),
            None => self.kinds.clear(),
        }
    }
}

/// Removes the row if its lease still stands; gives when it was created, and its key.
async fn remove(tx: &mut Tx, job: &Leased) -> AppResult<Option<(Millis, Option<String>)>> {
    Ok(sqlx::query_as("delete from jobs where id = $1 and leased_until = $2 returning created_at, unique_key")
        .bind(job.id)
        .bind(job.leased_until)
        .fetch_optional(&mut **tx)
        .await?)
}

/// Schedules the next run of a recurring job.
async fn arm(store: &Store, kind: &'static str, after: Duration) -> AppResult<()> {
    let after = Millis::try_from(after.as_millis()).map_err(|_| AppError::internal())?;
    store
        .write(async move |tx: &mut Tx| {
            let due_at = tx.now() + after;
            schedule(tx, Job { kind, payload: serde_json::Value::Null, unique_key: Some(kind.to_owned()), due_at }).await
        })
        .await
}

#[cfg(test)]
mod tests;
