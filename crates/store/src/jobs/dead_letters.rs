//! What waits, and what failed too often: figures of the jobs, and the way of a dead letter back.

use sqlx::FromRow;

use super::Scheduled;
use crate::db::{Conn, Tx};
use plenum_core::{error::AppResult, ids::Millis};

/// The jobs of one kind that wait.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Which handler does them.
    pub kind: String,
    /// Due, and not begun.
    pub due: i64,
    /// Leased by a runner now.
    pub running: i64,
    /// Failed, and to be tried again later.
    pub retrying: i64,
    /// Due later.
    pub scheduled: i64,
    /// Since when the oldest of those that are due is.
    pub due_since: Option<Millis>,
    /// Why one of those that failed did.
    pub error: Option<String>,
}

/// A job that failed too often.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Letter {
    /// Its row.
    pub id: i64,
    /// Which handler could not do it.
    pub kind: String,
    /// What the handler was given, as JSON text.
    pub payload: String,
    /// Why the last try failed.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was scheduled first.
    pub created_at: Millis,
    /// When it was given up.
    pub died_at: Millis,
}

/// What waits at `now`, by kind.
pub async fn waiting(conn: &mut Conn, now: Millis) -> AppResult<Vec<Waiting>> {
    let kinds = sqlx::query_as(
        "select kind,
                sum(case when leased_until > $1 then 1 else 0 end) as running,
                sum(case when coalesce(leased_until, 0) <= $1 and due_at <= $1 then 1 else 0 end) as due,
                sum(case when coalesce(leased_until, 0) <= $1 and due_at > $1 and attempts > 0 then 1 else 0 end) as retrying,
                sum(case when coalesce(leased_until, 0) <= $1 and due_at > $1 and attempts = 0 then 1 else 0 end) as scheduled,
                min(case when coalesce(leased_until, 0) <= $1 and due_at <= $1 then due_at end) as due_since,
                max(last_error) as error
         from jobs group by kind order by kind",
    );
    Ok(kinds.bind(now).fetch_all(conn).await?)
}

/// How many dead letters there are, and the newest `most` of them.
pub async fn letters(conn: &mut Conn, most: i64) -> AppResult<(i64, Vec<Letter>)> {
    let count = sqlx::query_scalar("select count(*) from dead_letters").fetch_one(&mut *conn).await?;
    let newest =
        sqlx::query_as("select id, kind, payload, error, attempts, created_at, died_at from dead_letters order by id desc limit $1");
    Ok((count, newest.bind(most).fetch_all(conn).await?))
}

/// The oldest dead letters of `kind`, at most `most`.
pub async fn of_kind(conn: &mut Conn, kind: &str, most: i64) -> AppResult<Vec<i64>> {
    let ids = sqlx::query_scalar("select id from dead_letters where kind = $1 order by id limit $2");
    Ok(ids.bind(kind).bind(most).fetch_all(conn).await?)
}

/// Puts a dead letter back as a job that is due now, with all its tries before it. Its kind; none if it is not there any more, so
/// that of several who ask at once one puts it back. If another job of its key waits already, that one does the work.
pub async fn revive(tx: &mut Tx, id: i64) -> AppResult<Option<String>> {
    let letter: Option<(String, String, Option<String>, Millis)> =
        sqlx::query_as("delete from dead_letters where id = $1 returning kind, payload, unique_key, created_at")
            .bind(id)
            .fetch_optional(&mut **tx)
            .await?;
    let Some((kind, payload, unique_key, created_at)) = letter else { return Ok(None) };
    sqlx::query(
        "insert into jobs (kind, payload, unique_key, due_at, created_at) values ($1, $2, $3, $4, $5) on conflict (unique_key) do nothing",
    )
    .bind(&kind)
    .bind(payload)
    .bind(unique_key)
    .bind(tx.now())
    .bind(created_at)
    .execute(&mut **tx)
    .await?;
    tx.part::<Scheduled>().raise();
    Ok(Some(kind))
}

/// Forgets a dead letter. Its kind; none if it is not there any more.
pub async fn discard(tx: &mut Tx, id: i64) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar("delete from dead_letters where id = $1 returning kind").bind(id).fetch_optional(&mut **tx).await?)
}
