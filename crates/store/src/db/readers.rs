//! The connections that read: some of them, each with an end to how long it may be had.
//!
//! Whoever reads has a connection for [`Readers::acquire`]'s longest time; a statement that is still at work then ends with 503, so that
//! nobody's question keeps a connection from everybody else (I33). SQLite asks a handler of ours now and then while it works;
//! PostgreSQL ends statements by itself (`statement_timeout`), and nothing else of this file would be there.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Conn, Db};
use plenum_core::error::{AppError, AppResult};

/// Read-only connections.
const READERS: usize = 6;
/// Steps of SQLite's machine from one look at the clock to the next: some tenths of a millisecond.
const STEPS: i32 = 10_000;
/// How long a connection may be had, unless the settings say otherwise.
const LONGEST: Duration = Duration::from_secs(10);
/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// No end.
const NEVER: u64 = u64::MAX;

/// One connection, in a pool of its own that makes it anew if it is lost.
struct Place {
    pool: SqlitePool,
    /// When what is at work in it ends, in milliseconds since the readers were opened.
    until: Arc<AtomicU64>,
}

struct Shared {
    places: Vec<Place>,
    free: Mutex<Vec<usize>>,
    turns: Arc<Semaphore>,
    opened: Instant,
    longest_ms: AtomicU64,
}

/// The connections; cheap to clone.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

/// A place that is taken, until it is dropped.
struct Taken {
    shared: Arc<Shared>,
    index: usize,
    _turn: OwnedSemaphorePermit,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(place) = self.shared.places.get(self.index) {
            place.until.store(NEVER, Ordering::Relaxed);
        }
        self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.index);
    }
}

/// A connection for single statements, each of which is a snapshot by itself.
pub struct Reader {
    // Dropped first: who comes next finds it in its pool, or waits there until it is.
    conn: PoolConnection<Db>,
    _taken: Taken,
}

impl Deref for Reader {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A reading transaction: one snapshot, ended when it is dropped.
pub struct ReadTx {
    tx: sqlx::Transaction<'static, Db>,
    _taken: Taken,
}

impl Deref for ReadTx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.tx
    }
}

impl DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.tx
    }
}

impl Readers {
    pub(super) async fn open(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let opened = Instant::now();
        let mut places = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            places.push(Place::open(options.clone(), opened).await?);
        }
        let free = Mutex::new((0..READERS).collect());
        let turns = Arc::new(Semaphore::new(READERS));
        Ok(Self(Arc::new(Shared { places, free, turns, opened, longest_ms: AtomicU64::new(milliseconds(LONGEST)) })))
    }

    /// From now on whoever gets a connection has it for so long at the most.
    pub(super) fn limit(&self, longest: Duration) {
        self.0.longest_ms.store(milliseconds(longest), Ordering::Relaxed);
    }

    /// # Errors
    /// 503 if none becomes free; if it cannot be opened.
    pub(super) async fn look(&self) -> AppResult<Reader> {
        let (taken, pool) = self.acquire().await?;
        Ok(Reader { conn: pool.acquire().await?, _taken: taken })
    }

    /// # Errors
    /// As [`look`](Self::look).
    pub(super) async fn read(&self) -> AppResult<ReadTx> {
        let (taken, pool) = self.acquire().await?;
        Ok(ReadTx { tx: pool.begin().await?, _taken: taken })
    }

    async fn acquire(&self) -> AppResult<(Taken, SqlitePool)> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| AppError::unavailable("Too much is asked of us just now. Try again in a moment."))?;
        let turn = turn.map_err(|_| AppError::internal())?;
        let index = self.0.free.lock().unwrap_or_else(PoisonError::into_inner).pop().ok_or_else(AppError::internal)?;
        let taken = Taken { shared: Arc::clone(&self.0), index, _turn: turn };
        let place = self.0.places.get(index).ok_or_else(AppError::internal)?;
        let until = milliseconds(self.0.opened.elapsed()).saturating_add(self.0.longest_ms.load(Ordering::Relaxed));
        place.until.store(until, Ordering::Relaxed);
        Ok((taken, place.pool.clone()))
    }

    pub(super) async fn close(&self) {
        for place in &self.0.places {
            place.pool.close().await;
        }
    }
}

impl Place {
    async fn open(options: SqliteConnectOptions, opened: Instant) -> sqlx::Result<Self> {
        let until = Arc::new(AtomicU64::new(NEVER));
        let known = Arc::clone(&until);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            // A file on this machine does not go away: no test and no end of life.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |conn, _| {
                let until = Arc::clone(&known);
                Box::pin(async move {
                    let goes_on = move || milliseconds(opened.elapsed()) < until.load(Ordering::Relaxed);
                    conn.lock_handle().await?.set_progress_handler(STEPS, goes_on);
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool, until })
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::db::Store;

    use super::*;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        (folder, store)
    }

    /// A statement with so many steps, of which nothing is kept.
    async fn count_to(conn: &mut Conn, most: i64) -> AppResult<i64> {
        let counted = "with recursive n (i) as (select 1 union all select i + 1 from n where i < $1) select count(*) from n";
        Ok(sqlx::query_scalar(counted).bind(most).fetch_one(conn).await?)
    }

    /// I33: a statement that works on beyond its time ends with 503; a short one does not, and the connection goes on.
    #[tokio::test]
    async fn a_read_ends() {
        let (_folder, store) = store().await;
        store.limit_reads(Duration::ZERO);
        for _ in 0..2 * READERS {
            let mut tx = store.read().await.unwrap();
            assert_eq!(count_to(&mut tx, 10).await.unwrap(), 10);
            let ended = count_to(&mut tx, 1_000_000_000_000).await.unwrap_err();
            assert_eq!((ended.status(), ended.reference.as_deref()), (503, None), "{ended:?}");
            assert_eq!(count_to(&mut tx, 10).await.unwrap(), 10);
        }
        let ended = count_to(&mut store.look().await.unwrap(), 1_000_000_000_000).await.unwrap_err();
        assert_eq!(ended.status(), 503);
        store.limit_reads(LONGEST);
        assert_eq!(count_to(&mut store.look().await.unwrap(), 100_000).await.unwrap(), 100_000);
    }

    /// However connections are given back, each is had by one at a time, and none is lost.
    #[tokio::test]
    async fn each_connection_is_had_by_one() {
        let (_folder, store) = store().await;
        let mut all = Vec::new();
        for index in 0..READERS {
            all.push(if index % 2 == 0 { (Some(store.read().await.unwrap()), None) } else { (None, Some(store.look().await.unwrap())) });
        }
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { count_to(&mut store.read().await.unwrap(), 10).await.unwrap() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        all.pop();
        assert_eq!(waiting.await.unwrap(), 10);
        drop(all);
        for _ in 0..5 * READERS {
            assert_eq!(count_to(&mut store.read().await.unwrap(), 10).await.unwrap(), 10);
        }
    }
}
