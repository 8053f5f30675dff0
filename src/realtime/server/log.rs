//! The log: what was announced, per channel and in order, for those who come back.
//!
//! It keeps at most 24 hours and 5,000 rows a channel ([`prune`]); a state event
//! replaces the older row of its key, so a replay may skip numbers and never shows
//! what was edited away.

use crate::{
    error::AppResult,
    ids::Millis,
    realtime::cursor::{Cursor, Epoch, Extent},
    server::db::Conn,
};

/// Plenum's own application in the log's tables.
pub const OWN_APPLICATION: i64 = 0;
/// The channel of control records. No client can name it: `#` is not allowed in a channel's name.
pub const CONTROL: &str = "#control";
/// How long the log reaches back.
const KEPT: Millis = 24 * 3_600_000;
/// Rows a channel at the most.
const KEPT_ROWS: i64 = 5_000;
/// Rows that one pruning removes at the most, so that it does not hold the writer.
const PRUNED_AT_ONCE: i64 = 500;

/// A logged event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Logged {
    /// Its number.
    pub seq: i64,
    /// Its wire name.
    pub event: String,
    /// Its payload as JSON text.
    pub data: String,
}

/// Appends an event to the log of one of Plenum's own channels and returns its number.
///
/// # Errors
/// If the database refuses.
pub async fn append(conn: &mut Conn, channel: &str, event: &str, data: &str, key: Option<&str>, at: Millis) -> AppResult<u64> {
    let (channel_id, seq): (i64, i64) = sqlx::query_as(
        "insert into channels (application, name, seq) values ($1, $2, 1)
         on conflict (application, name) do update set seq = channels.seq + 1
         returning id, seq",
    )
    .bind(OWN_APPLICATION)
    .bind(channel)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "insert into live_log (channel_id, seq, key, event, data, at) values ($1, $2, $3, $4, $5, $6)
         on conflict (channel_id, key) where key is not null
         do update set seq = excluded.seq, event = excluded.event, data = excluded.data, at = excluded.at",
    )
    .bind(channel_id)
    .bind(seq)
    .bind(key)
    .bind(event)
    .bind(data)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    Ok(seq.unsigned_abs())
}

/// What the log of `channel` holds, as this transaction sees it.
///
/// # Errors
/// If the database refuses.
pub async fn extent(conn: &mut Conn, epoch: &Epoch, channel: &str) -> AppResult<Extent> {
    let row: Option<(i64, i64)> = sqlx::query_as("select floor, seq from channels where application = $1 and name = $2")
        .bind(OWN_APPLICATION)
        .bind(channel)
        .fetch_optional(conn)
        .await?;
    let (floor, head) = row.unwrap_or_default();
    Ok(Extent { epoch: epoch.clone(), floor: floor.unsigned_abs(), head: head.unsigned_abs() })
}

/// The cursor of each of `channels`, for the snapshot that this transaction reads.
///
/// # Errors
/// If the database refuses.
pub async fn cursors(conn: &mut Conn, epoch: &Epoch, channels: &[crate::channels::Channel]) -> AppResult<Vec<(String, Cursor)>> {
    let mut cursors = Vec::with_capacity(channels.len());
    for channel in channels {
        let name = channel.to_string();
        let cursor = extent(conn, epoch, &name).await?.cursor();
        cursors.push((name, cursor));
    }
    Ok(cursors)
}

/// At most `limit` events of `channel` after number `after`, in order.
///
/// # Errors
/// If the database refuses.
pub async fn page(conn: &mut Conn, channel: &str, after: u64, limit: i64) -> AppResult<Vec<Logged>> {
    let events = sqlx::query_as(
        "select live_log.seq, event, data from live_log join channels on channels.id = live_log.channel_id
         where application = $1 and name = $2 and live_log.seq > $3 order by live_log.seq limit $4",
    )
    .bind(OWN_APPLICATION)
    .bind(channel)
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(events)
}

/// Prunes one batch of what is too old or too much, and raises the floors. True if there may be more.
///
/// # Errors
/// If the database refuses.
pub async fn prune(conn: &mut Conn, now: Millis) -> AppResult<bool> {
    let mut doomed: Vec<(i64, i64)> = sqlx::query_as("select channel_id, seq from live_log where at < $1 order by at limit $2")
        .bind(now - KEPT)
        .bind(PRUNED_AT_ONCE)
        .fetch_all(&mut *conn)
        .await?;
    if doomed.is_empty() {
        let long: Vec<(i64, i64)> =
            sqlx::query_as("select channel_id, count(*) from live_log group by channel_id having count(*) > $1 limit 1")
                .bind(KEPT_ROWS)
                .fetch_all(&mut *conn)
                .await?;
        for (channel_id, rows) in long {
            doomed = sqlx::query_as("select channel_id, seq from live_log where channel_id = $1 order by seq limit $2")
                .bind(channel_id)
                .bind((rows - KEPT_ROWS).min(PRUNED_AT_ONCE))
                .fetch_all(&mut *conn)
                .await?;
        }
    }
    for (channel_id, seq) in &doomed {
        sqlx::query("delete from live_log where channel_id = $1 and seq = $2").bind(channel_id).bind(seq).execute(&mut *conn).await?;
        sqlx::query("update channels set floor = $2 where id = $1 and floor < $2").bind(channel_id).bind(seq).execute(&mut *conn).await?;
    }
    Ok(!doomed.is_empty())
}
