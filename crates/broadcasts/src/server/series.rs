//! What is repeated: at each of its times a broadcast of its own is made, so that receipts and sending are as of any other.
//!
//! The job of a series ([`coming`]) makes the broadcast and sets the next time in one transaction: each time has one broadcast, over
//! crashes too.

mod coming;

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{audience, calendar, desk, rendering::Proved, require};
use crate::{
    live::BroadcastEvent,
    model::{Draft, Halt, Repeat, Series, SeriesAction, SeriesState, When},
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId, SeriesId},
    people::{Identity, PersonCard},
};
use plenum_store::{
    db::{Activity, Conn, Tx},
    jobs::{self, Job},
};

pub use coming::repeat;
#[cfg(test)]
pub(super) use coming::{LATE, come};

/// The kind of the jobs that repeat.
pub const REPEAT: &str = "broadcasts.repeat";
/// Series of one organisation that go on.
const MOST: i64 = 50;

const COLUMNS: &str =
    "s.id, s.organisation_id, p.id as sender_id, p.name as sender_name, p.hue as sender_hue, s.audience_name, s.draft, s.state,
    s.next_local, s.next_at, s.made, s.missed, s.missed_at, s.halt, s.created_at";

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: SeriesId,
    organisation_id: OrganisationId,
    sender_id: PersonId,
    sender_name: String,
    sender_hue: u8,
    audience_name: String,
    draft: String,
    state: SeriesState,
    next_local: String,
    next_at: Millis,
    made: u32,
    missed: u32,
    missed_at: Option<Millis>,
    halt: Option<Halt>,
    created_at: Millis,
}

impl Row {
    /// What is sent, and how often.
    fn draft(&self) -> AppResult<(Draft, Repeat)> {
        let unreadable = || {
            tracing::error!(series.id = %self.id, "the draft of a series cannot be read");
            AppError::internal()
        };
        let draft: Draft = serde_json::from_str(&self.draft).map_err(|_| unreadable())?;
        let repeat = draft.repeat.clone().ok_or_else(unreadable)?;
        Ok((draft, repeat))
    }

    fn series(self) -> AppResult<Series> {
        let (draft, repeat) = self.draft()?;
        let zone = match draft.when {
            When::Clock { zone, .. } => Some(zone),
            When::Now | When::At(_) | When::OwnClock { .. } => None,
        };
        Ok(Series {
            id: self.id,
            sender: PersonCard { id: self.sender_id, name: self.sender_name, hue: self.sender_hue },
            audience_name: self.audience_name,
            title: draft.variants.into_iter().next().map_or_else(String::new, |words| words.title),
            repeat,
            zone,
            state: self.state,
            next_local: self.next_local,
            next_at: self.next_at,
            made: self.made,
            missed: self.missed,
            missed_at: self.missed_at,
            halt: self.halt,
            created_at: self.created_at,
        })
    }
}

async fn row(conn: &mut Conn, id: SeriesId) -> AppResult<Option<Row>> {
    let statement = format!("select {COLUMNS} from broadcast_series s join people p on p.id = s.sender_id where s.id = $1");
    Ok(sqlx::query_as(AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?)
}

/// What goes on being repeated in an organisation, by id.
pub(super) async fn going_on(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<Series>> {
    let statement = format!(
        "select {COLUMNS} from broadcast_series s join people p on p.id = s.sender_id
         where s.organisation_id = $1 and s.state <> 'ended' order by s.id"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement)).bind(organisation).fetch_all(conn).await?;
    rows.into_iter().map(Row::series).collect()
}

/// The same, for those who send.
///
/// # Errors
/// 403.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<Series>> {
    require(conn, who).await?;
    going_on(conn, who.organisation).await
}

async fn announce(tx: &mut Tx, id: SeriesId) -> AppResult<Series> {
    let row = row(tx, id).await?.ok_or_else(|| AppError::no_such("series"))?;
    let organisation = row.organisation_id;
    let series = row.series()?;
    tx.announce(organisation, &BroadcastEvent::SeriesChanged(series.clone()));
    Ok(series)
}

fn key(id: SeriesId) -> String {
    format!("{REPEAT}:{id}")
}

async fn schedule(tx: &mut Tx, id: SeriesId, due_at: Millis) -> AppResult<()> {
    jobs::schedule(tx, job(id, due_at)).await
}

fn job(id: SeriesId, due_at: Millis) -> Job {
    Job { kind: REPEAT, payload: json!({ "series": id }), unique_key: Some(key(id)), due_at }
}

/// How many series of `person` go on.
pub(super) async fn open_of(conn: &mut Conn, person: PersonId) -> AppResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from broadcast_series where sender_id = $1 and state <> 'ended'")
        .bind(person)
        .fetch_one(conn)
        .await?)
}

/// The next series of `person` that goes on passes to `successor`, or ends. False if there is none.
pub(super) async fn close_next(tx: &mut Tx, person: PersonId, successor: Option<PersonId>) -> AppResult<bool> {
    let next: Option<SeriesId> =
        sqlx::query_scalar("select id from broadcast_series where sender_id = $1 and state <> 'ended' order by id limit 1")
            .bind(person)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(id) = next else { return Ok(false) };
    match successor {
        Some(successor) => {
            sqlx::query("update broadcast_series set sender_id = $2 where id = $1").bind(id).bind(successor).execute(&mut **tx).await?;
        }
        None => {
            let Some(row) = row(tx, id).await? else { return Ok(false) };
            move_on(tx, &row, SeriesAction::End, None, None).await?;
        }
    }
    announce(tx, id).await?;
    Ok(true)
}

/// The calendar and clock of the first time of `draft`.
pub(super) fn first_local(draft: &Draft, repeat: &Repeat) -> AppResult<jiff::civil::DateTime> {
    match &draft.when {
        When::Clock { local, .. } | When::OwnClock { local, .. } => calendar::first(repeat, calendar::read(local)?),
        When::Now | When::At(_) => Err(AppError::invalid("at", "Choose when it is sent the first time.")),
    }
}

/// Makes a series; the transaction's caller sees to it that the same request does so once.
///
/// # Errors
/// 403; 409 if there are too many; 422 of the field; 429 after ten broadcasts in an hour.
pub async fn create(tx: &mut Tx, who: &Identity, draft: &Proved) -> AppResult<Series> {
    require(tx, who).await?;
    let repeat = draft.repeat.as_ref().ok_or_else(|| AppError::invalid("repeat", "Choose how often it is repeated."))?;
    let audience_name = audience::name(tx, who.into(), draft.audience).await?;
    let now = tx.now();
    desk::pace(tx, who.person, now).await?;
    calendar::begins(&draft.when, now)?;
    let local = first_local(draft, repeat)?;
    if calendar::is_over(repeat, local)? {
        return Err(AppError::invalid("until", "That is before the first time."));
    }
    let going: i64 = sqlx::query_scalar("select count(*) from broadcast_series where organisation_id = $1 and state <> 'ended'")
        .bind(who.organisation)
        .fetch_one(&mut **tx)
        .await?;
    if going >= MOST {
        return Err(AppError::conflict(format!("{MOST} broadcasts are repeated already. End one of them first.")));
    }
    let at = calendar::comes(&draft.when, local)?.max(now);
    let text = serde_json::to_string(&**draft).map_err(|_| AppError::internal())?;
    let id: SeriesId = sqlx::query_scalar(
        "insert into broadcast_series (organisation_id, sender_id, audience_name, draft, state, next_local, next_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
    )
    .bind(who.organisation)
    .bind(who.person)
    .bind(audience_name)
    .bind(text)
    .bind(SeriesState::Running)
    .bind(calendar::write(local))
    .bind(at)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    tx.record(Activity::by(who, Record::SeriesCreated, Subject::named(id.0, draft.title()))).await?;
    schedule(tx, id, at).await?;
    announce(tx, id).await
}

/// Pauses, resumes or ends a series. What would have been sent while it was paused is not.
///
/// # Errors
/// 403; 404; 409 if that cannot be done to it any more.
pub async fn act(tx: &mut Tx, who: &Identity, id: SeriesId, action: SeriesAction) -> AppResult<Series> {
    require(tx, who).await?;
    let row = row(tx, id).await?.filter(|row| row.organisation_id == who.organisation).ok_or_else(|| AppError::no_such("series"))?;
    move_on(tx, &row, action, Some(who.person), None).await?;
    if action == SeriesAction::Resume {
        let (draft, repeat) = row.draft()?;
        let now = tx.now();
        let mut time = Time { local: calendar::read(&row.next_local)?, at: row.next_at };
        while time.at < now {
            time = time.next(&draft, &repeat)?;
        }
        set_next(tx, id, &time, &repeat).await?;
    }
    announce(tx, id).await
}

/// A time of a series.
struct Time {
    local: jiff::civil::DateTime,
    at: Millis,
}

impl Time {
    fn next(&self, draft: &Draft, repeat: &Repeat) -> AppResult<Self> {
        let local = calendar::next(repeat, first_local(draft, repeat)?, self.local)?;
        Ok(Self { local, at: calendar::comes(&draft.when, local)? })
    }
}

async fn move_on(tx: &mut Tx, row: &Row, action: SeriesAction, by: Option<PersonId>, halt: Option<Halt>) -> AppResult<()> {
    let state = row.state.after(action).ok_or_else(|| AppError::conflict("That cannot be done to this series any more."))?;
    let now = tx.now();
    sqlx::query("update broadcast_series set state = $2, halt = $3, ended_at = $4 where id = $1")
        .bind(row.id)
        .bind(state)
        .bind(halt)
        .bind((state == SeriesState::Ended).then_some(now))
        .execute(&mut **tx)
        .await?;
    if state != SeriesState::Running {
        jobs::cancel(tx, &key(row.id)).await?;
    }
    tx.record(Activity::new(row.organisation_id, by, action.record(), Subject::named(row.id.0, row.draft()?.0.title()))).await
}

/// Sets the next time, or ends the series if it has had its last one.
async fn set_next(tx: &mut Tx, id: SeriesId, time: &Time, repeat: &Repeat) -> AppResult<()> {
    let Some(row) = row(tx, id).await? else { return Ok(()) };
    if calendar::is_over(repeat, time.local)? || repeat.times.is_some_and(|times| row.made >= times) {
        return move_on(tx, &row, SeriesAction::Finish, None, None).await;
    }
    sqlx::query("update broadcast_series set next_local = $2, next_at = $3 where id = $1")
        .bind(id)
        .bind(calendar::write(time.local))
        .bind(time.at)
        .execute(&mut **tx)
        .await?;
    schedule(tx, id, time.at).await
}
