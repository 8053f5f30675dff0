//! A backup in the place of the database.
//!
//! It is made ready beside the database, new epoch included, and put in its place by one rename. Before that the database takes in its
//! own log, so that none is left which SQLite would play onto the backup. A crash at any point leaves the old database or the new
//! one, whole: nobody sees the backup with the epoch that its cursors had.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sqlx::Connection as _;

use super::{Conn, MIGRATIONS, current_epoch, sqlite};

/// What a restore does, in this order.
const STEPS: [Step; 4] = [Step::Copy, Step::Prepare, Step::Settle, Step::Replace];

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Copies the backup beside the database.
    Copy,
    /// Brings the copy up to date, gives it a new epoch and makes it one file that is on the disk.
    Prepare,
    /// Takes the old database's log into it.
    Settle,
    /// Puts the copy in its place.
    Replace,
}

struct Restore<'a> {
    backup: &'a Path,
    database: &'a Path,
    live_schema: u32,
}

/// Puts `backup` in the place of `database`, which nobody has open, with a new epoch: cursors of its former life are void.
///
/// # Errors
/// If the backup is damaged or a file cannot be written. The database is as it was then.
pub async fn restore(backup: &Path, database: &Path, live_schema: u32) -> anyhow::Result<()> {
    super::check_backup(backup).await.with_context(|| format!("{} is not a backup of Plenum", backup.display()))?;
    let restore = Restore { backup, database, live_schema };
    for step in STEPS {
        restore.run(step).await?;
    }
    Ok(())
}

impl Restore<'_> {
    fn copy(&self) -> PathBuf {
        self.database.with_extension("db.restored")
    }

    async fn run(&self, step: Step) -> anyhow::Result<()> {
        match step {
            Step::Copy => {
                let copy = self.copy();
                remove_journals(&copy).context("cannot remove what an earlier restore left")?;
                fs::copy(self.backup, &copy).with_context(|| format!("cannot copy to {}", copy.display()))?;
            }
            Step::Prepare => {
                let copy = self.copy();
                let mut conn = Conn::connect_with(&sqlite::noting(&copy)).await?;
                MIGRATIONS.run(&mut conn).await.context("a migration failed")?;
                sqlx::query("delete from live_epoch").execute(&mut conn).await?;
                current_epoch(&mut conn, self.live_schema).await?;
                sqlite::fold_journal(&mut conn).await.context("the copy's journal could not be folded into it")?;
                conn.close().await?;
                File::open(&copy)?.sync_all().context("the copy could not be written to the disk")?;
            }
            Step::Settle => self.settle().await?,
            Step::Replace => {
                fs::rename(self.copy(), self.database).context("cannot put the backup in place")?;
                if let Some(folder) = self.database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    File::open(folder)?.sync_all()?;
                }
            }
        }
        Ok(())
    }

    /// A database that cannot be opened any more is why a backup is restored: its log goes unread.
    async fn settle(&self) -> anyhow::Result<()> {
        if self.database.exists()
            && let Err(error) = self.fold_journal().await
        {
            tracing::warn!(%error, "the old database is damaged: its journal is removed without being read");
        }
        remove_journals(self.database).context("cannot remove the old journal")
    }

    async fn fold_journal(&self) -> anyhow::Result<()> {
        let mut conn = Conn::connect_with(&sqlite::noting(self.database)).await?;
        sqlite::fold_journal(&mut conn).await?;
        Ok(conn.close().await?)
    }
}

/// Removes the journals of the database at `path`, which nobody has open.
fn remove_journals(path: &Path) -> std::io::Result<()> {
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut name: OsString = path.into();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Store, backup};

    /// The database as a killed server leaves it: its newest commit is in the log only.
    async fn killed_server(folder: &Path) -> PathBuf {
        let alive = folder.join("alive.db");
        let (store, _commits) = Store::open(&format!("sqlite://{}", alive.display()), 1).await.unwrap();
        note(&alive, 1).await;
        let dead = folder.join("plenum.db");
        for suffix in ["", "-wal"] {
            let name = |path: &Path| format!("{}{suffix}", path.display());
            fs::copy(name(&alive), name(&dead)).unwrap();
        }
        store.close().await;
        dead
    }

    async fn note(path: &Path, bytes: i64) {
        let mut conn = Conn::connect_with(&sqlite::noting(path)).await.unwrap();
        sqlx::query("insert into backups (at, bytes) values (1, $1)").bind(bytes).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// What the database holds, and its epoch.
    async fn content(path: &Path) -> (Vec<i64>, String) {
        let mut conn = Conn::connect_with(&sqlite::noting(path)).await.unwrap();
        let rows = sqlx::query_scalar("select bytes from backups order by id").fetch_all(&mut conn).await.unwrap();
        let epoch = sqlx::query_scalar("select epoch from live_epoch").fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        (rows, epoch)
    }

    /// A crash after any step leaves the old database with its last commit, or the backup with an epoch of its own; and a restore after
    /// the crash goes through.
    #[tokio::test]
    async fn a_crash_leaves_one_of_the_two_whole() {
        for done in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let database = killed_server(folder.path()).await;
            let saved = folder.path().join("saved.db");
            backup(&folder.path().join("alive.db"), &saved).await.unwrap();
            note(&saved, 2).await;
            let (kept, former) = content(&saved).await;
            let restore = Restore { backup: &saved, database: &database, live_schema: 1 };
            for step in &STEPS[..done] {
                restore.run(*step).await.unwrap();
            }
            let (rows, epoch) = content(&database).await;
            if done < STEPS.len() {
                assert_eq!((rows, &epoch), (vec![1], &former), "after {done} steps");
            } else {
                assert_eq!(rows, kept);
                assert_ne!(epoch, former);
            }
            super::restore(&saved, &database, 1).await.unwrap();
            assert_eq!(content(&database).await.0, kept, "after {done} steps and a second restore");
        }
    }

    /// What cannot be opened any more is replaced all the same.
    #[tokio::test]
    async fn a_damaged_database_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let database = killed_server(folder.path()).await;
        let saved = folder.path().join("saved.db");
        backup(&folder.path().join("alive.db"), &saved).await.unwrap();
        fs::write(&database, b"nothing that SQLite wrote").unwrap();
        restore(&saved, &database, 1).await.unwrap();
        assert_eq!(content(&database).await.0, [1]);
    }
}
