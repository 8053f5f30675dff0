//! The time of a series has come: its broadcast is made. A time that passed while no server was there is made up for if it is not long
//! ago; else it is left out, and that is said.

use serde_json::Value;

use super::{Time, announce, job, move_on, row, schedule, set_next};
use crate::{
    model::{Audience, Draft, Halt, Occurrence, SeriesAction, SeriesState, When},
    server::{
        audience::{self, Sender},
        calendar, desk, may_send,
    },
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult, ErrorKind},
    ids::{Millis, SeriesId},
};
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    organisations,
};

/// A time that passed less long ago is made up for.
pub(in crate::server) const LATE: Millis = 2 * 3_600_000;
/// Makes the broadcast whose time has come, and sets the next one's; the handler of the jobs.
pub async fn repeat(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("series").and_then(Value::as_i64).map(SeriesId).ok_or_else(AppError::internal)?;
    store.write(async move |tx: &mut Tx| come(tx, id).await).await
}

/// The time of a series may have come.
pub(in crate::server) async fn come(tx: &mut Tx, id: SeriesId) -> AppResult<()> {
    let now = tx.now();
    let Some(row) = row(tx, id).await?.filter(|row| row.state == SeriesState::Running) else { return Ok(()) };
    if row.next_at > now {
        return schedule(tx, id, row.next_at).await;
    }
    if organisations::waits(tx, job(id, now), row.organisation_id).await? {
        return Ok(());
    }
    let (draft, repeat) = row.draft()?;
    let sender = Sender { person: row.sender_id, organisation: row.organisation_id };
    let halt = obstacle(tx, sender, draft.audience).await?;
    if halt.is_some() {
        move_on(tx, &row, SeriesAction::Pause, None, halt).await?;
        return announce(tx, id).await.map(drop);
    }
    // The last time that has come, and the one after it; those before have been missed.
    let mut time = Time { local: calendar::read(&row.next_local)?, at: row.next_at };
    let mut missed = Vec::new();
    let next = loop {
        let next = time.next(&draft, &repeat)?;
        if next.at > now || calendar::is_over(&repeat, next.local)? {
            break next;
        }
        missed.push(time.at);
        time = next;
    };
    let in_time = now - time.at < LATE;
    if in_time {
        let number = row.made + 1;
        let occurrence = Occurrence { series: id, number };
        desk::make(tx, sender, &at_time(&draft, &time), &row.audience_name, time.at, Some(occurrence)).await?;
        sqlx::query("update broadcast_series set made = $2 where id = $1").bind(id).bind(number).execute(&mut **tx).await?;
    } else {
        missed.push(time.at);
    }
    if let Some(last) = missed.last() {
        tracing::warn!(series.id = %id, missed = missed.len(), "times of a repeated broadcast were missed");
        tx.record(Activity::new(row.organisation_id, None, Record::SeriesMissed, Subject::named(id.0, draft.title()))).await?;
        sqlx::query("update broadcast_series set missed = missed + $2, missed_at = $3 where id = $1")
            .bind(id)
            .bind(i64::try_from(missed.len()).unwrap_or(i64::MAX))
            .bind(last)
            .execute(&mut **tx)
            .await?;
    }
    set_next(tx, id, &next, &repeat).await?;
    announce(tx, id).await.map(drop)
}

/// What stands in the way of sending any more, if anything does.
async fn obstacle(conn: &mut Conn, sender: Sender, audience: Audience) -> AppResult<Option<Halt>> {
    if !may_send(conn, sender.person).await? {
        return Ok(Some(Halt::Sender));
    }
    match audience::name(conn, sender, audience).await {
        Ok(_) => Ok(None),
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Some(Halt::Audience)),
        Err(error) => Err(error),
    }
}

/// What is sent at one of the times.
fn at_time(draft: &Draft, time: &Time) -> Draft {
    let when = match &draft.when {
        When::OwnClock { late, .. } => When::OwnClock { local: calendar::write(time.local), late: *late },
        When::Now | When::At(_) | When::Clock { .. } => When::At(time.at),
    };
    Draft { when, repeat: None, ..draft.clone() }
}
