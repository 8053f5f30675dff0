//! Copies of the whole database; the way back is [`restore`](fn@super::restore).

use std::path::Path;

use anyhow::Context as _;
use sqlx::Connection as _;

use super::{Conn, now, sqlite};
use plenum_core::{error::AppResult, ids::Millis};

/// Backups that are remembered.
const BACKUPS: i64 = 20;

/// Copies the database at `source` to `target` with all that is committed, also while a server uses it.
///
/// # Errors
/// If the target exists or cannot be written.
pub async fn backup(source: &Path, target: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(!target.exists(), "{} exists already; choose another name", target.display());
    let mut conn = Conn::connect_with(&sqlite::read_only(source)).await.with_context(|| format!("cannot open {}", source.display()))?;
    let name = target.to_str().context("the backup's name must be valid UTF-8")?;
    sqlite::copy_to(&mut conn, name).await.context("the backup could not be written")?;
    conn.close().await?;
    let bytes = std::fs::metadata(target).map(|file| file.len()).unwrap_or_default();
    // The copy is there; that it cannot be noted (a database of an older build, a read-only disk) takes nothing from it.
    if let Err(error) = note(source, bytes).await {
        tracing::warn!(%error, "the backup could not be noted in the database");
    }
    Ok(())
}

/// Remembers that a backup was made, so that the server can tell how old the last one is.
async fn note(source: &Path, bytes: u64) -> anyhow::Result<()> {
    let mut conn = Conn::connect_with(&sqlite::noting(source)).await?;
    sqlx::query("insert into backups (at, bytes) values ($1, $2)")
        .bind(now())
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
        .execute(&mut conn)
        .await?;
    sqlx::query("delete from backups where id <= (select max(id) from backups) - $1").bind(BACKUPS).execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// When the last backup was made, and its bytes.
pub async fn last_backup(conn: &mut Conn) -> AppResult<Option<(Millis, i64)>> {
    Ok(sqlx::query_as("select at, bytes from backups order by id desc limit 1").fetch_optional(conn).await?)
}

/// Looks whether the file at `path` is a whole database of Plenum's.
///
/// # Errors
/// If it cannot be read, is damaged, or has none of Plenum's tables.
pub async fn check_backup(path: &Path) -> anyhow::Result<()> {
    let mut conn = Conn::connect_with(&sqlite::read_only(path)).await?;
    let verdict = sqlite::verdict(&mut conn).await?;
    anyhow::ensure!(verdict == "ok", "the file is damaged: {verdict}");
    sqlx::query_scalar::<_, i64>("select count(*) from live_epoch").fetch_one(&mut conn).await?;
    Ok(())
}
