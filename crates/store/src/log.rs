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

use crate::db::{Conn, Db, Store, Tx, push_list};
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
/// Rows that one write removes at the most, so that it does not hold the writer.
const PRUNED_AT_ONCE: usize = 500;
/// Rows that are looked for at once.
const LOOKED_FOR: i64 = 5_000;
/// A channel in which something happened not longer ago may have too many rows; it is looked at each minute.
const LATELY: Millis = 3 * 60_000;
/// Channels in which something happened since, and to which so many numbers were given.
const LONG: &str = "select id from channels where id in (select channel_id from live_log where at >= $1) and seq - floor > $2";

/// A channel of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogChannel<'a> {
    /// [`OWN_APPLICATION`], or the row of an external one.
    pub application: i64,
    /// The channel's wire name.
    pub channel: &'a str,
}

impl<'a> LogChannel<'a> {
    /// A channel of Plenum's own.
    pub fn of_plenum(channel: &'a str) -> Self {
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
    pub place: LogChannel<'a>,
    /// The event's wire name.
    pub event: &'a str,
    /// Its payload as JSON text.
    pub data: &'a str,
    /// What it is the state of; a newer entry of the same key replaces it.
    pub key: Option<&'a str>,
}

/// Appends events to the log, and returns their numbers in the same order.
/// Two statements for [`ROWS_AT_ONCE`] channels and rows, however many events share the commit.
pub async fn append(conn: &mut Conn, entries: &[Entry<'_>], at: Millis) -> AppResult<Vec<u64>> {
    let mut counts: BTreeMap<LogChannel<'_>, i64> = BTreeMap::new();
    for entry in entries {
        *counts.entry(entry.place).or_default() += 1;
    }
    let mut next = take_numbers(conn, &counts).await?;
    let mut numbers = Vec::with_capacity(entries.len());
    let mut rows = Vec::with_capacity(entries.len());
    let mut newest: HashMap<(LogChannel<'_>, &str), usize> = HashMap::new();
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
async fn take_numbers<'a>(conn: &mut Conn, counts: &BTreeMap<LogChannel<'a>, i64>) -> AppResult<HashMap<LogChannel<'a>, (i64, i64)>> {
    let mut before = HashMap::with_capacity(counts.len());
    let wanted: Vec<(LogChannel<'a>, i64)> = counts.iter().map(|(place, count)| (*place, *count)).collect();
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
pub async fn extent(conn: &mut Conn, epoch: &Epoch, place: LogChannel<'_>) -> AppResult<Extent> {
    let row: Option<(i64, i64)> = sqlx::query_as("select floor, seq from channels where application = $1 and name = $2")
        .bind(place.application)
        .bind(place.channel)
        .fetch_optional(conn)
        .await?;
    let (floor, head) = row.unwrap_or_default();
    Ok(Extent { epoch: epoch.clone(), floor: floor.unsigned_abs(), head: head.unsigned_abs() })
}

/// The cursor of each of `channels`, for the snapshot that this transaction reads.
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
pub async fn page(conn: &mut Conn, place: LogChannel<'_>, after: u64, limit: i64) -> AppResult<Vec<Logged>> {
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

/// Rows of the log that are to go: each with its channel's id and its number.
pub type Doomed = Vec<(i64, i64)>;

/// What is too old or too much at `now`, some of it: to be looked for outside the writer, and [removed](remove) in parts. Nothing is too
/// much in a channel that had no event lately, so that of the log only the rows of the last minutes are read, however many there are.
pub async fn doomed(conn: &mut Conn, now: Millis) -> AppResult<Doomed> {
    let old: Doomed = sqlx::query_as("select channel_id, seq from live_log where at < $1 order by at limit $2")
        .bind(now - KEPT)
        .bind(LOOKED_FOR)
        .fetch_all(&mut *conn)
        .await?;
    if !old.is_empty() {
        return Ok(old);
    }
    // A channel has at most as many rows as it was given numbers since it was pruned last.
    let long: Vec<i64> = sqlx::query_scalar(LONG).bind(now - LATELY).bind(KEPT_ROWS).fetch_all(&mut *conn).await?;
    let mut doomed = Doomed::new();
    for channel in long {
        let rows: i64 = sqlx::query_scalar("select count(*) from (select 1 as one from live_log where channel_id = $1 limit $2) as kept")
            .bind(channel)
            .bind(KEPT_ROWS + LOOKED_FOR)
            .fetch_one(&mut *conn)
            .await?;
        if rows <= KEPT_ROWS {
            continue;
        }
        let first: Doomed = sqlx::query_as("select channel_id, seq from live_log where channel_id = $1 order by seq limit $2")
            .bind(channel)
            .bind(rows - KEPT_ROWS)
            .fetch_all(&mut *conn)
            .await?;
        doomed.extend(first);
        if doomed.len() >= PRUNED_AT_ONCE {
            break;
        }
    }
    Ok(doomed)
}

/// Removes rows of the log and raises the floors; [`PRUNED_AT_ONCE`] of them at the most, so that it does not hold the writer. A state
/// that has a newer row meanwhile keeps it.
pub async fn remove(conn: &mut Conn, doomed: &[(i64, i64)]) -> AppResult<()> {
    let mut channels: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (channel, seq) in doomed {
        channels.entry(*channel).or_default().push(*seq);
    }
    for (channel, numbers) in channels {
        let floor = numbers.iter().copied().max();
        let mut query = QueryBuilder::<Db>::new("delete from live_log where channel_id = ");
        query.push_bind(channel).push(" and seq in ");
        push_list(&mut query, numbers);
        query.build().execute(&mut *conn).await?;
        sqlx::query("update channels set floor = $2 where id = $1 and floor < $2").bind(channel).bind(floor).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Prunes all that is too old or too much at `now`, in writes of some rows each.
pub async fn prune(store: &Store, now: Millis) -> AppResult<()> {
    loop {
        let doomed = doomed(&mut *store.read().await?, now).await?;
        if doomed.is_empty() {
            return Ok(());
        }
        for part in doomed.chunks(PRUNED_AT_ONCE) {
            let part = part.to_vec();
            store.write(async move |tx: &mut Tx| remove(tx, &part).await).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_102_860_000;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        (folder, store)
    }

    /// Events of `channel` with these keys, at `at`.
    async fn logged(store: &Store, channel: &'static str, count: i64, key: Option<&'static str>, at: Millis) {
        let body = async move |tx: &mut Tx| {
            for first in (0..count).step_by(500) {
                let entry = Entry { place: LogChannel::of_plenum(channel), event: "e", data: "{}", key };
                append(tx, &vec![entry; usize::try_from((count - first).min(500)).unwrap()], at).await?;
            }
            Ok(())
        };
        store.write(body).await.unwrap();
    }

    async fn extents(store: &Store) -> Vec<(String, i64, i64, i64)> {
        sqlx::query_as("select name, floor, seq, (select count(*) from live_log l where l.channel_id = c.id) from channels c order by name")
            .fetch_all(&mut **store.read().await.as_mut().unwrap())
            .await
            .unwrap()
    }

    /// What is too much goes, oldest first, and what is a day old; states that were replaced are no rows.
    #[tokio::test]
    async fn what_is_too_old_or_too_much_is_pruned() {
        let (_folder, store) = store().await;
        logged(&store, "facts", KEPT_ROWS + 700, None, NOW).await;
        logged(&store, "states", KEPT_ROWS + 700, Some("key"), NOW).await;
        logged(&store, "few", 3, None, NOW).await;
        logged(&store, "old", 3, None, NOW - KEPT - 1).await;
        prune(&store, NOW).await.unwrap();
        let of = |name: &str, floor, seq, rows| (name.to_owned(), floor, seq, rows);
        let (facts, kept) = (of("facts", 700, 5_700, KEPT_ROWS), of("states", 0, 5_700, 1));
        assert_eq!(extents(&store).await, [facts, of("few", 0, 3, 3), of("old", 3, 3, 0), kept]);
    }

    /// I33: each minute rows of the last minutes are looked at, through an index; a channel in which nothing happens is not counted.
    #[tokio::test]
    async fn of_the_log_the_last_minutes_are_read() {
        let (_folder, store) = store().await;
        logged(&store, "facts", KEPT_ROWS + 700, None, NOW - LATELY - 1).await;
        assert_eq!(doomed(&mut store.read().await.unwrap(), NOW).await.unwrap(), []);
        logged(&store, "facts", 1, None, NOW).await;
        assert_eq!(doomed(&mut store.read().await.unwrap(), NOW).await.unwrap().len(), 701);
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(format!("explain query plan {LONG}")))
            .bind(NOW)
            .bind(KEPT_ROWS)
            .fetch_all(&mut **store.read().await.as_mut().unwrap())
            .await
            .unwrap();
        assert!(plan.iter().any(|(.., line)| line.contains("live_log_at (at>?)")), "{plan:?}");
        assert!(!plan.iter().any(|(.., line)| line.contains("SCAN")), "{plan:?}");
    }
}
