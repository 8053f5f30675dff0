//! Checkpoints: what was committed goes from the write-ahead log into the database file, beside the writer.
//!
//! Left to itself SQLite does that within the commit that fills the log, which then takes several times as long as the others: of
//! commits that were measured one in two hundred took above 20 ms, and nearly all of these were such. So the writer's connection makes
//! none, and another one does, passively: it waits for nobody, and nobody for it. Only a log that has grown long though it was
//! checkpointed again and again is taken up by the writer itself, between two commits: what is left is little then, and the log begins
//! anew.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use tokio::{sync::watch, task::JoinHandle};

use super::{Conn, sqlite::checkpoint};

/// Commits after which the log is worth a checkpoint.
const COMMITS: u64 = 128;
/// Bytes by which the log may grow before it is, however few commits they are.
const GROWTH: u64 = 4 * 1024 * 1024;
/// Pages in the log from which on the writer helps: 64 MiB.
const LONG: i64 = 16_384;
/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// After so many looks, each of which found a commit, these are worth one, however few they were.
const IDLE: u32 = 40;

/// The writer's end: it says when it has committed, and asks whether it should help.
#[derive(Debug)]
pub(super) struct Commits {
    count: watch::Sender<u64>,
    help: Arc<AtomicBool>,
}

impl Commits {
    /// Another commit.
    pub(super) fn note(&self) {
        self.count.send_modify(|count| *count += 1);
    }

    /// True, once, if the log is long.
    pub(super) fn wants_help(&self) -> bool {
        self.help.swap(false, Ordering::Relaxed)
    }
}

/// Checkpoints over a connection of its own until the writer has ended.
///
/// # Errors
/// If the database cannot be opened.
pub(super) async fn start(options: SqliteConnectOptions) -> sqlx::Result<(Commits, JoinHandle<()>)> {
    let mut log = options.get_filename().as_os_str().to_owned();
    log.push("-wal");
    let conn = Conn::connect_with(&options).await?;
    let (count, commits) = watch::channel(0);
    let help = Arc::new(AtomicBool::new(false));
    let task = tokio::spawn(run(conn, log.into(), commits, Arc::clone(&help)));
    Ok((Commits { count, help }, task))
}

async fn run(mut conn: Conn, log: PathBuf, mut commits: watch::Receiver<u64>, help: Arc<AtomicBool>) {
    let (mut done, mut size, mut looks) = (0, 0, 0);
    while commits.changed().await.is_ok() {
        let count = *commits.borrow_and_update();
        looks += 1;
        let grown = tokio::fs::metadata(&log).await.map_or(0, |file| file.len());
        if count >= done + COMMITS || grown >= size + GROWTH || looks >= IDLE {
            match checkpoint(&mut conn).await {
                Ok(pages) if pages >= LONG => help.store(true, Ordering::Relaxed),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the write-ahead log could not be checkpointed"),
            }
            (done, size, looks) = (count, grown, 0);
        }
        tokio::time::sleep(PAUSE).await;
    }
    // The last connection that closes leaves one whole file behind.
    let _ = conn.close().await;
}
