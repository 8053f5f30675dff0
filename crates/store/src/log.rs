//! The log: what was announced, per channel and in order, for those who come back.
//!
//! It keeps at most 24 hours and 5,000 rows a channel ([`prune`]); a state event
//! replaces the older row of its key, so a replay may skip numbers and never shows
//! what was edited away.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry as HashEntry},
    sync::Arc,
};

use sqlx::QueryBuilder;

use crate::db::{Conn, Db, push_list};
use plenum_core::{
    channels::Channel,
    cursor::{Cursor, Epoch, Extent},
    error::{AppError, AppResult},
    ids::Millis,
};

/// Plenum's own application in the log's tables.
pub const OWN_APPLICATION: i64 = 0;
/// The channel of control records. No client can name it: `#` is not allowed in a channel's name.
pub const CONTROL: &str = "#control";
/// How long the log reaches back.
const KEPT: Millis = 24 * 3_600_000;
/// Rows a channel at the most.
const KEPT_ROWS: i64 = 5_000;
/// Rows of one statement at the most.
const ROWS_AT_ONCE: usize = 64;
/// Rows that one pruning removes at the most, so that it does not hold the writer.
const PRUNED_AT_ONCE: i64 = 500;

/// A channel of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place<'a> {
    /// [`OWN_APPLICATION`], or the row of an external one.
    pub application: i64,
    /// The channel's wire name.
    pub channel: &'a str,
}

impl<'a> Place<'a> {
    /// A channel of Plenum's own.
    pub fn own(channel: &'a str) -> Self {
        Self { application: OWN_APPLICATION, channel }
    }
}

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

/// An event on its way into the log.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Where.
    pub place: Place<'a>,
    /// The event's wire name.
    pub event: &'a str,
    /// Its payload as JSON text.
    pub data: &'a str,
    /// What it is the state of; a newer entry of the same key replaces it.
    pub key: Option<&'a str>,
}

/// Appends events to the log, and returns their numbers in the same order.
/// Two statements for [`ROWS_AT_ONCE`] channels and rows, however many events share the commit.
///
/// # Errors
/// If the database refuses.
pub async fn append(conn: &mut Conn, entries: &[Entry<'_>], at: Millis) -> AppResult<Vec<u64>> {
    let mut counts: BTreeMap<Place<'_>, i64> = BTreeMap::new();
    for entry in entries {
        *counts.entry(entry.place).or_default() += 1;
    }
    let mut next = take_numbers(conn, &counts).await?;
    let mut numbers = Vec::with_capacity(entries.len());
    let mut rows = Vec::with_capacity(entries.len());
    let mut newest: HashMap<(Place<'_>, &str), usize> = HashMap::new();
    for entry in entries {
        let (channel_id, seq) = next.get_mut(&entry.place).ok_or_else(AppError::internal)?;
        *seq += 1;
        numbers.push(seq.unsigned_abs());
        let row = (*channel_id, *seq, entry);
        // Of one key only the newest would stay; a statement must not write the same row twice.
        match entry.key.map(|key| newest.entry((entry.place, key))) {
            Some(HashEntry::Occupied(place)) => rows[*place.get()] = row,
            Some(HashEntry::Vacant(place)) => {
                place.insert(rows.len());
                rows.push(row);
            }
            None => rows.push(row),
        }
    }
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        QueryBuilder::<Db>::new("insert into live_log (channel_id, seq, key, event, data, at) ")
            .push_values(chunk, |mut row, (channel_id, seq, entry)| {
                row.push_bind(channel_id).push_bind(seq).push_bind(entry.key).push_bind(entry.event).push_bind(entry.data).push_bind(at);
            })
            .push(
                " on conflict (channel_id, key) where key is not null
                  do update set seq = excluded.seq, event = excluded.event, data = excluded.data, at = excluded.at",
            )
            .build()
            .execute(&mut *conn)
            .await?;
    }
    Ok(numbers)
}

/// Moves each channel's number on by its count; returns its id and the number before. In the order of names,
/// so that no two writers wait for each other.
async fn take_numbers<'a>(conn: &mut Conn, counts: &BTreeMap<Place<'a>, i64>) -> AppResult<HashMap<Place<'a>, (i64, i64)>> {
    let mut before = HashMap::with_capacity(counts.len());
    let wanted: Vec<(Place<'a>, i64)> = counts.iter().map(|(place, count)| (*place, *count)).collect();
    for chunk in wanted.chunks(ROWS_AT_ONCE) {
        let rows: Vec<(i64, i64, String, i64)> = QueryBuilder::<Db>::new("insert into channels (application, name, seq) ")
            .push_values(chunk, |mut row, (place, count)| {
                row.push_bind(place.application).push_bind(place.channel).push_bind(count);
            })
            .push(" on conflict (application, name) do update set seq = channels.seq + excluded.seq returning id, application, name, seq")
            .build_query_as()
            .fetch_all(&mut *conn)
            .await?;
        for (id, application, name, seq) in rows {
            let asked = chunk.iter().find(|(place, _)| place.application == application && place.channel == name);
            if let Some((place, count)) = asked {
                before.insert(*place, (id, seq - count));
            }
        }
    }
    Ok(before)
}

/// What the log of a channel holds, as this transaction sees it.
///
/// # Errors
/// If the database refuses.
pub async fn extent(conn: &mut Conn, epoch: &Epoch, place: Place<'_>) -> AppResult<Extent> {
    let row: Option<(i64, i64)> = sqlx::query_as("select floor, seq from channels where application = $1 and name = $2")
        .bind(place.application)
        .bind(place.channel)
        .fetch_optional(conn)
        .await?;
    let (floor, head) = row.unwrap_or_default();
    Ok(Extent { epoch: epoch.clone(), floor: floor.unsigned_abs(), head: head.unsigned_abs() })
}

/// The cursor of each of `channels`, for the snapshot that this transaction reads.
///
/// # Errors
/// If the database refuses.
pub async fn cursors(conn: &mut Conn, epoch: &Epoch, channels: &[Channel]) -> AppResult<Vec<(String, Cursor)>> {
    let names: Vec<String> = channels.iter().map(ToString::to_string).collect();
    let mut query = QueryBuilder::<Db>::new("select name, seq from channels where application = ");
    query.push_bind(OWN_APPLICATION).push(" and name in ");
    push_list(&mut query, names.iter().map(String::as_str));
    let heads: HashMap<String, i64> = query.build_query_as::<(String, i64)>().fetch_all(conn).await?.into_iter().collect();
    let cursor = |name: &String| Cursor { epoch: epoch.clone(), seq: heads.get(name).copied().unwrap_or_default().unsigned_abs() };
    Ok(names.into_iter().map(|name| (name.clone(), cursor(&name))).collect())
}

/// The last number of each of these channels of Plenum's own that has one.
///
/// # Errors
/// If the database refuses.
pub async fn heads(conn: &mut Conn, names: &[Arc<str>]) -> AppResult<HashMap<String, u64>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = QueryBuilder::<Db>::new("select name, seq from channels where application = ");
    query.push_bind(OWN_APPLICATION).push(" and name in ");
    push_list(&mut query, names.iter().map(|name| &**name));
    let heads = query.build_query_as::<(String, i64)>().fetch_all(conn).await?;
    Ok(heads.into_iter().map(|(name, seq)| (name, seq.unsigned_abs())).collect())
}

/// At most `limit` events of a channel after number `after`, in order.
///
/// # Errors
/// If the database refuses.
pub async fn page(conn: &mut Conn, place: Place<'_>, after: u64, limit: i64) -> AppResult<Vec<Logged>> {
    let events = sqlx::query_as(
        "select live_log.seq, event, data from live_log join channels on channels.id = live_log.channel_id
         where application = $1 and name = $2 and live_log.seq > $3 order by live_log.seq limit $4",
    )
    .bind(place.application)
    .bind(place.channel)
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
