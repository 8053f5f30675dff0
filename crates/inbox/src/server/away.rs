//! When a person was away for long, and what has come since.
//!
//! Whoever comes back moves the time when they were here last. So the visit that ends an absence writes down, in the same statement,
//! from when to when it was and which notification was the newest when it began; both stay until the next long absence. A page that is
//! asked for before that is written finds the same in the old time, which is then still there.
//!
//! One is here while a browser of one's own asks for something, and until its last socket is gone. A tab that is open all night
//! and asks for nothing is nobody who is here.

use sqlx::QueryBuilder;

use super::{COLUMNS, Row, counts_of, reading::signed};
use crate::model::{
    Notification,
    away::{Absence, Away, MOST},
};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::AppResult,
    ids::{Millis, NotificationId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_store::{
    db::{Conn, Db, Tx},
    log,
};

/// An absence is worth a page from this length on.
const LONG: Millis = 8 * 3_600_000;

/// `person` is here at `at`. If that ends a long absence, it is written down.
pub async fn note_here(tx: &mut Tx, person: PersonId, at: Millis) -> AppResult<()> {
    sqlx::query(
        "insert into inboxes (person_id, here_at) values ($1, $2)
         on conflict (person_id) do update set
           away_since = case when inboxes.here_at <= $3 then inboxes.here_at else inboxes.away_since end,
           away_number = case when inboxes.here_at <= $3 then inboxes.here_number else inboxes.away_number end,
           back_at = case when inboxes.here_at <= $3 then $2 else inboxes.back_at end,
           here_at = $2, here_number = inboxes.head
         where inboxes.here_at is null or inboxes.here_at <= $2",
    )
    .bind(person)
    .bind(at)
    .bind(at - LONG)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Noted {
    here_at: Option<Millis>,
    here_number: i64,
    away_since: Option<Millis>,
    away_number: i64,
    back_at: Option<Millis>,
}

/// The last long absence of `person`, who asks `now`, and the number of the newest notification when it began.
pub async fn absence(conn: &mut Conn, person: PersonId, now: Millis) -> AppResult<Option<(Absence, u64)>> {
    let noted: Option<Noted> =
        sqlx::query_as("select here_at, here_number, away_since, away_number, back_at from inboxes where person_id = $1")
            .bind(person)
            .fetch_optional(conn)
            .await?;
    Ok(noted.and_then(|noted| match noted.here_at {
        // This visit has ended it, and has not been written down yet.
        Some(here) if here <= now - LONG => Some((Absence { since: here, back: now }, noted.here_number.unsigned_abs())),
        _ => {
            let (since, back) = noted.away_since.zip(noted.back_at)?;
            Some((Absence { since, back }, noted.away_number.unsigned_abs()))
        }
    }))
}

/// What has come since who asks went away last; with where their channel stands.
pub async fn away(conn: &mut Conn, who: &Identity, epoch: &Epoch, now: Millis) -> AppResult<Snapshot<Away>> {
    let state = match absence(conn, who.person, now).await? {
        Some((absence, after)) => since(conn, who.person, absence, after, None).await?,
        None => {
            let (counts, head) = counts_of(conn, who.person).await?;
            // Nothing is newer than that: the page stays empty.
            Away { after: u64::MAX, counts, head, ..Away::default() }
        }
    };
    let cursors = log::cursors(conn, epoch, &[Channel::Person(who.person)]).await?;
    Ok(Snapshot { state, cursors })
}

/// What has come to `person` behind number `after`; all of it from number `floor` on, if that is said.
pub(super) async fn since(conn: &mut Conn, person: PersonId, absence: Absence, after: u64, floor: Option<u64>) -> AppResult<Away> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from notifications n left join people p on p.id = n.actor_id where n.person_id = ").push_bind(person);
    query.push(" and n.archived_at is null and n.snoozed_until is null and n.deleted_at is null and n.number > ").push_bind(signed(after));
    if let Some(floor) = floor {
        query.push(" and n.number >= ").push_bind(signed(floor));
    }
    query.push(" order by n.number desc");
    if floor.is_none() {
        query.push(" limit ").push_bind(signed(MOST as u64));
    }
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let notifications: Vec<Notification> = rows.into_iter().map(Row::notification).collect();
    let full = notifications.len() == MOST;
    let floor = floor.unwrap_or_else(|| if full { notifications.last().map_or(0, |oldest| oldest.number) } else { 0 });
    // Those that are put off or deleted too: they may come back while the page is open.
    let handled: Vec<NotificationId> = sqlx::query_scalar(
        "select id from notifications where person_id = $1 and number > $2 and number >= $3 and read_at <= $4 order by id",
    )
    .bind(person)
    .bind(signed(after))
    .bind(signed(floor))
    .bind(absence.back)
    .fetch_all(&mut *conn)
    .await?;
    let (counts, head) = counts_of(conn, person).await?;
    Ok(Away { absence: Some(absence), after, notifications, floor, handled, counts, head })
}
