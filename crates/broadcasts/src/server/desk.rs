//! What those who send do: make a broadcast, pause it, let it go on, try again what failed, stop it.

use super::{announce, audience, audience::Sender, calendar, may_send, move_on, own, rendering::Proved, require, sending};
use crate::model::{AN_HOUR, Action, Audience, Broadcast, Draft, Occurrence, State, When};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{BroadcastId, Millis, PersonId},
    people::Identity,
};
use plenum_store::{
    db::{Activity, Conn, Tx},
    jobs,
};

const HOUR: Millis = 3_600_000;

/// Makes a broadcast that is not repeated and schedules it; the transaction's caller sees to it that the same request does so once.
///
/// # Errors
/// 403 unless one is an admin or a manager, or runs the event that it is for; 422 of the field; 429 after ten in an hour.
pub async fn create(tx: &mut Tx, who: &Identity, draft: &Proved) -> AppResult<Broadcast> {
    require_for(tx, who, draft.audience).await?;
    let audience_name = audience::name(tx, who.into(), draft.audience).await?;
    let now = tx.now();
    pace(tx, who.person, now).await?;
    let due_at = calendar::begins(&draft.when, now)?;
    make(tx, who.into(), draft, &audience_name, due_at, None).await
}

/// Who asks may send to `audience`: admins and managers, and for an event those who run it.
///
/// # Errors
/// 403.
pub async fn require_for(conn: &mut Conn, who: &Identity, audience: Audience) -> AppResult<()> {
    if may_send_to(conn, who.person, audience).await? { Ok(()) } else { require(conn, who).await }
}

/// True if `person` may send to `audience` now.
pub(super) async fn may_send_to(conn: &mut Conn, person: PersonId, audience: Audience) -> AppResult<bool> {
    Ok(audience::is_run_by(conn, audience, person).await? || may_send(conn, person).await?)
}

/// Writes a broadcast down and schedules it.
pub(super) async fn make(
    tx: &mut Tx,
    sender: Sender,
    draft: &Draft,
    audience_name: &str,
    due_at: Millis,
    series: Option<Occurrence>,
) -> AppResult<Broadcast> {
    let (local, late) = match &draft.when {
        When::OwnClock { local, late } => (Some(local), Some(*late)),
        When::Now | When::At(_) | When::Clock { .. } => (None, None),
    };
    let id: BroadcastId = sqlx::query_scalar(
        "insert into broadcasts (organisation_id, sender_id, audience, audience_name, state, due_at, created_at, series_id, occurrence, local_at,
           late, sample_percent, sample_hours, measure)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id",
    )
    .bind(sender.organisation)
    .bind(sender.person)
    .bind(draft.audience.to_string())
    .bind(audience_name)
    .bind(State::Scheduled)
    .bind(due_at)
    .bind(tx.now())
    .bind(series.map(|occurrence| occurrence.series))
    .bind(series.map(|occurrence| occurrence.number))
    .bind(local)
    .bind(late)
    .bind(draft.sample.map(|sample| sample.percent))
    .bind(draft.sample.map(|sample| sample.hours))
    .bind(draft.sample.map(|sample| sample.measure))
    .fetch_one(&mut **tx)
    .await?;
    for (number, words) in (0_u8..).zip(&draft.variants) {
        sqlx::query("insert into broadcast_variants (broadcast_id, number, title, text, link, weight) values ($1, $2, $3, $4, $5, $6)")
            .bind(id)
            .bind(number)
            .bind(&words.title)
            .bind(&words.text)
            .bind(&words.link)
            .bind(words.weight)
            .execute(&mut **tx)
            .await?;
    }
    // What Plenum makes of a series nobody has done.
    let by = series.is_none().then_some(sender.person);
    let created = Record::BroadcastCreated { audience: audience_name.to_owned() };
    tx.record(Activity::new(sender.organisation, by, created, Subject::named(id.0, draft.title()))).await?;
    sending::schedule(tx, id, due_at).await?;
    announce(tx, id).await
}

/// 429 with the time to wait, if `sender` has made ten in the last hour; a series counts as one, whatever comes of it.
pub(super) async fn pace(conn: &mut Conn, sender: PersonId, now: Millis) -> AppResult<()> {
    let limit = i64::try_from(AN_HOUR).unwrap_or(i64::MAX);
    let times: Vec<Millis> = sqlx::query_scalar(
        "select created_at from broadcasts where sender_id = $1 and created_at > $2 and series_id is null
         union all select created_at from broadcast_series where sender_id = $1 and created_at > $2
         order by created_at desc limit $3",
    )
    .bind(sender)
    .bind(now - HOUR)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    match times.last() {
        Some(oldest) if times.len() >= AN_HOUR => {
            let wait = (oldest + HOUR - now).max(1).unsigned_abs().div_ceil(1_000);
            Err(AppError::too_many(u32::try_from(wait).unwrap_or(u32::MAX)))
        }
        _ => Ok(()),
    }
}

/// Pauses, resumes, retries or cancels a broadcast.
///
/// # Errors
/// 403; 404; 409 if that cannot be done to it any more, or nothing of it failed.
pub async fn act(tx: &mut Tx, who: &Identity, id: BroadcastId, action: Action) -> AppResult<Broadcast> {
    require(tx, who).await?;
    let row = own(tx, who, id).await?;
    let state = move_on(tx, &row, action, Some(who.person)).await?;
    if action == Action::Retry {
        let waiting = sqlx::query(
            "update broadcasts set retrying = true where id = $1 and exists
               (select 1 from broadcast_variants where broadcast_id = $1 and failed > 0)",
        );
        if waiting.bind(id).execute(&mut **tx).await?.rows_affected() == 0 {
            return Err(AppError::conflict("It has reached everybody whom it is for."));
        }
    }
    match state {
        State::Scheduled => {
            let due_at = row.due_at.max(tx.now());
            sending::schedule(tx, id, due_at).await?;
        }
        // A run that is on its way finds the state and leaves it.
        _ => jobs::cancel(tx, &sending::key(id)).await?,
    }
    announce(tx, id).await
}
