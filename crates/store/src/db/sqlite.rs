//! What only SQLite has: how a connection is opened, pragmas, copies of the file, names in its errors.

use std::{path::Path, str::FromStr as _, time::Duration};

use anyhow::Context as _;
use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Conn, statements};

/// Opens the transaction and the savepoint of its first closure. Immediate: it is the only writer, and waits for nobody later.
pub(super) const BEGIN: &str = "begin immediate; savepoint work";

/// Connection options for a `sqlite://` address: WAL, synced at each commit, foreign keys on.
pub(super) fn options(url: &str) -> anyhow::Result<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str(url)
        .with_context(|| format!("database.url: {url:?} is not an address like sqlite://data/plenum.db"))?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // What may not be deleted may not be replaced either: REPLACE fires the triggers of a deletion.
        .pragma("recursive_triggers", "on")
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-16000")
        // What is deleted or overwritten is zeroed in the page that is written anyway.
        .pragma("secure_delete", "fast")
        .statement_cache_capacity(256))
}

/// Has sqlx report statements that take as long as `slow`, see [`Collector`](super::slow::Collector); all of them where they are
/// recorded.
pub(super) fn report(options: SqliteConnectOptions, slow: Option<Duration>) -> SqliteConnectOptions {
    // The level's type is of a crate that only sqlx knows: it is read from its name.
    match "info".parse() {
        Ok(level) => {
            let options = if statements::are_recorded() { options.log_statements(level) } else { options };
            options.log_slow_statements(level, slow.unwrap_or(Duration::MAX))
        }
        Err(_) => options,
    }
}

/// Leaves checkpoints to [`checkpoints`](super::checkpoints): the commits of this connection make none.
pub(super) async fn leave_checkpoints(conn: &mut Conn) -> sqlx::Result<()> {
    sqlx::query("pragma wal_autocheckpoint = 0").execute(conn).await?;
    Ok(())
}

/// Moves into the database file what nobody reads from the log any more; returns how many pages the log has.
pub(super) async fn checkpoint(conn: &mut Conn) -> sqlx::Result<i64> {
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(conn).await?;
    Ok(pages)
}

/// Opens the file at `path` and changes nothing in it.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    noting(path).read_only(true)
}

/// Opens the file at `path` to write a row or two beside a server.
pub(super) fn noting(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(10))
}

/// Writes a copy of all that is committed to a new file.
pub(super) async fn copy_to(conn: &mut Conn, target: &str) -> sqlx::Result<()> {
    sqlx::query("vacuum into $1").bind(target).execute(conn).await?;
    Ok(())
}

/// Takes the log into the database's file and does without one from here on, so that the file alone is the database.
pub(super) async fn fold_journal(conn: &mut Conn) -> sqlx::Result<()> {
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut *conn).await?;
    let mode: String = sqlx::query_scalar("pragma journal_mode = delete").fetch_one(conn).await?;
    if busy != 0 || mode != "delete" {
        return Err(sqlx::Error::Protocol("somebody else has the database open".to_owned()));
    }
    Ok(())
}

/// Leaves room for so many more pages in the file, as a disk that is nearly full does.
#[cfg(test)]
pub(super) async fn leave_room(conn: &mut Conn, pages: i64) -> sqlx::Result<()> {
    let there: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&mut *conn).await?;
    sqlx::query(sqlx::AssertSqlSafe(format!("pragma max_page_count = {}", there + pages))).execute(conn).await?;
    Ok(())
}

/// "ok", or what is damaged in the file.
pub(super) async fn verdict(conn: &mut Conn) -> sqlx::Result<String> {
    sqlx::query_scalar("pragma quick_check").fetch_one(conn).await
}

/// True if `error` is a violated unique index over `columns`, written as SQLite names them (`table.column, …`).
pub fn violates_unique(error: &sqlx::Error, columns: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation() && error.message().contains(columns))
}
