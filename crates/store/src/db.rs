//! The store: one writer task with group commit, read-only snapshots, and the
//! announcements that belong to a transaction.
//!
//! - [`Store::write`] hands a closure to the writer. It runs there whatever becomes
//!   of the caller, shares one commit with what else waits, and is taken back alone
//!   if it fails (a savepoint each). Nothing slow belongs in it: no network, no
//!   hashing.
//! - [`Store::read`] gives one snapshot from some read-only connections, for a limited time ([`readers`]).
//! - [`Tx::announce`] only buffers. At commit the channel's numbers are given, the
//!   log's rows written, and the events go to the dispatcher in commit order: what is
//!   announced is committed, and what is committed is announced (I25).
//!
//! All SQL text is SQLite's and PostgreSQL's alike. What only SQLite has is in `sqlite.rs`, but for the full text search of
//! messages; `make check-postgres` has PostgreSQL read the rest.

mod backup;
mod checkpoints;
mod lists;
mod parts;
mod readers;
mod restore;
pub mod room;
pub mod slow;
mod sqlite;
mod statements;
mod tx;
mod writer;

use std::{
    any::type_name,
    fmt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use slow::Slow;
use sqlx::Connection as _;
use tokio::{
    sync::{mpsc, oneshot},
    task,
};

use plenum_core::{
    cursor::Epoch,
    error::{AppError, AppResult},
};

use super::active::{self, Inactive};
pub use super::activity::Activity;
pub use backup::{backup, check_backup, last_backup};
pub use lists::push_list;
use parts::Parts;
pub use plenum_core::clock::now;
use readers::Readers;
pub use readers::{ReadTx, Reader};
pub use restore::restore;
pub use sqlite::violates_unique;
use sqlite::{options, report};
pub use tx::{Committed, External, Revocation, Scope, Tx};
use writer::{Closure, Work, write_loop};

/// What runs on the writer's own thread.
type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The database's driver; the one place to change for another.
pub type Db = sqlx::Sqlite;
/// A connection inside a transaction, reading or writing.
pub type Conn = sqlx::SqliteConnection;

/// Closures that wait for the writer; beyond it callers wait for a place.
const WRITE_QUEUE: usize = 1_024;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");

/// What runs as long as there is a [`Store`]: the writer, and who checkpoints.
type Tasks = (thread::JoinHandle<()>, task::JoinHandle<()>);

/// The handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: mpsc::Sender<Box<dyn Work>>,
    readers: Readers,
    epoch: Epoch,
    path: PathBuf,
    parts: Parts,
    /// The writer's thread, and who checkpoints beside it.
    tasks: Arc<Mutex<Option<Tasks>>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What one commit sends out.
#[derive(Debug)]
pub struct Commit {
    /// When it was done.
    pub at: Instant,
    /// In order.
    pub items: Vec<Committed>,
}

/// What the writer hands over after each commit, in commit order.
pub type Commits = mpsc::UnboundedReceiver<Commit>;

impl Store {
    /// Opens the database at `url`, creating and migrating it, and starts the writer.
    ///
    /// # Errors
    /// If the file cannot be opened, or a migration fails.
    pub async fn open(url: &str, live_schema: u32) -> anyhow::Result<(Self, Commits)> {
        Self::open_noting(url, live_schema, Slow::default()).await
    }

    /// The same; what takes as long as `slow` says is noted.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_noting(url: &str, live_schema: u32, slow: Slow) -> anyhow::Result<(Self, Commits)> {
        statements::listen();
        let options = options(url)?;
        let path = options.get_filename().to_owned();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
        }
        let mut conn = Conn::connect_with(&report(options.clone(), slow.write).create_if_missing(true))
            .await
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        MIGRATIONS.run(&mut conn).await.context("a migration failed")?;
        let epoch = current_epoch(&mut conn, live_schema).await?;
        let parts = Parts::default();
        parts.part::<Inactive>().add(active::load(&mut conn).await?);
        sqlite::leave_checkpoints(&mut conn).await?;
        let (noted, checkpoints) = checkpoints::start(options.clone()).await.context("cannot open the database for checkpoints")?;
        let readers = Readers::open(report(options, slow.read).read_only(true)).await.context("cannot open the database for reading")?;

        let (writer, waiting) = mpsc::channel(WRITE_QUEUE);
        let (commits, committed) = mpsc::unbounded_channel();
        let tx = Tx::new(conn, parts.clone());
        let thread = thread::Builder::new()
            .name("plenum-writer".to_owned())
            .spawn(move || write_loop(tx, waiting, commits, noted, slow.write))
            .context("cannot start the writer")?;
        let tasks = Arc::new(Mutex::new(Some((thread, checkpoints))));
        Ok((Self { writer, readers, epoch, path, parts, tasks }, committed))
    }

    /// The value of type `T` that belongs to this database, in memory only; its default, the first time.
    pub fn part<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.parts.part()
    }

    /// Runs `body` in the writer and returns what it returned, once that is committed.
    ///
    /// # Errors
    /// 401 if it is for somebody ([`active`]) who is not active any more. What `body` returned as an error (its changes are taken back), or that the commit failed.
    pub async fn write<T, F>(&self, body: F) -> AppResult<T>
    where
        F: AsyncFn(&mut Tx) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        self.write_named(type_name::<F>(), body).await
    }

    /// As [`write`](Self::write), for a `body` that only calls another closure: `name` is that one's type, by which a slow write is known.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_named<T, F>(&self, name: &'static str, body: F) -> AppResult<T>
    where
        F: AsyncFn(&mut Tx) -> AppResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let work: Box<dyn Work> = Box::new(Closure::new(name, active::actor(), body, reply));
        self.writer.send(work).await.map_err(|_| AppError::internal())?;
        outcome.await.map_err(|_| AppError::internal())?
    }

    /// One snapshot to read from, for some seconds at the most.
    ///
    /// # Errors
    /// If no connection can be had. A statement in it that works for too long ends with 503.
    pub async fn read(&self) -> AppResult<ReadTx> {
        self.readers.read().await
    }

    /// From now on whoever reads has a connection for so long at the most; a statement that is at work then ends with 503.
    pub fn limit_reads(&self, longest: Duration) {
        self.readers.limit(longest);
    }

    /// Ends the writer after what waits, and leaves one whole file behind. Other clones
    /// of this handle must be gone, or it waits for them.
    pub async fn close(self) {
        let Self { writer, readers, tasks, .. } = self;
        readers.close().await;
        drop(writer);
        let tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((thread, checkpoints)) = tasks {
            let _ = task::spawn_blocking(move || thread.join()).await;
            let _ = checkpoints.await;
        }
    }

    /// A connection for a single statement, which is a snapshot by itself. What asks twice uses [`read`](Self::read).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn look(&self) -> AppResult<Reader> {
        self.readers.look().await
    }

    /// The life of this database's log.
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Where the database file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closures that wait for the writer now.
    pub fn write_queue(&self) -> usize {
        WRITE_QUEUE - self.writer.capacity()
    }
}

/// The epoch in the database; a new one if there is none, or if the events have another shape now.
async fn current_epoch(conn: &mut Conn, live_schema: u32) -> anyhow::Result<Epoch> {
    let known: Option<(String, u32)> = sqlx::query_as("select epoch, live_schema from live_epoch").fetch_optional(&mut *conn).await?;
    if let Some((epoch, known_schema)) = known
        && known_schema == live_schema
    {
        return Ok(Epoch(epoch));
    }
    let epoch = format!("{:016x}", rand::random::<u64>());
    // Logged events of another shape are of no use to anyone; numbers go on.
    sqlx::query("delete from live_log").execute(&mut *conn).await?;
    sqlx::query("update channels set floor = seq").execute(&mut *conn).await?;
    sqlx::query("insert into live_epoch (id, epoch, live_schema) values (1, $1, $2) on conflict (id) do update set epoch = excluded.epoch, live_schema = excluded.live_schema")
        .bind(&epoch)
        .bind(live_schema)
        .execute(&mut *conn)
        .await?;
    Ok(Epoch(epoch))
}
