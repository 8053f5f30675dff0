//! What those who have tickets, a basket or a place in the waiting list are told when something becomes of an event. That they are to be
//! told is written down in the transaction of what happens; a job tells some at a time, each once, whatever crashes in between.

use serde::Deserialize;
use serde_json::{Value, json};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId},
};
use plenum_events::server::events::{Row, row};
use plenum_events::words;
use plenum_inbox::{
    model::Category,
    server::{News, notify},
};
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job},
    zones,
};

/// The job.
pub const TELL: &str = "box_office.tell";
/// People of one write.
pub const AT_ONCE: i64 = 40;

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum What {
    /// It has begun.
    Live,
    /// It is somewhere else, or its doors open at another time.
    Changed,
    /// It was put off.
    Postponed,
    /// It has a new time.
    Rescheduled,
    /// It does not take place.
    Cancelled,
}

#[derive(Deserialize)]
struct Payload {
    event: EventId,
}

impl What {
    /// What it is about. Of each the newest is told, and stands in the inbox while nobody has read it.
    fn about(self) -> &'static str {
        match self {
            Self::Changed => "place",
            Self::Live | Self::Postponed | Self::Rescheduled | Self::Cancelled => "course",
        }
    }
}

/// Notes that all who have tickets are to be told; unless it has begun, also those with a basket and those who wait. Who they are is read by
/// the job, some at a time: a row for each of them would be a write that grows with the event.
pub async fn notices_schedule(tx: &mut Tx, event: EventId, what: What) -> AppResult<()> {
    let due_at = tx.now();
    sqlx::query(
        "insert into event_notices (event_id, about, what, at, after_person) values ($1, $2, $3, $4, 0)
         on conflict (event_id, about) do update set what = excluded.what, at = excluded.at, after_person = 0",
    )
    .bind(event)
    .bind(what.about())
    .bind(what)
    .bind(due_at)
    .execute(&mut **tx)
    .await?;
    jobs::schedule(tx, Job { kind: TELL, payload: json!({ "event": event }), unique_key: Some(format!("{TELL}:{event}")), due_at }).await
}

/// Tells all of them.
pub async fn run(store: Store, payload: Value) -> AppResult<()> {
    let Payload { event } = serde_json::from_value(payload).map_err(|error| {
        tracing::error!(%error, "a telling cannot be read");
        AppError::internal()
    })?;
    while store.write(async move |tx: &mut Tx| step(tx, event).await).await? {}
    Ok(())
}

/// What is still to be said.
#[derive(sqlx::FromRow)]
struct Notice {
    what: What,
    /// When it happened.
    at: Millis,
    /// People up to here have been told.
    after_person: PersonId,
}

/// Tells some. True if there may be more.
pub async fn step(tx: &mut Tx, event: EventId) -> AppResult<bool> {
    let next: Option<Notice> =
        sqlx::query_as("select what, at, after_person from event_notices where event_id = $1 order by about limit 1")
            .bind(event)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(notice) = next else { return Ok(false) };
    let people = audience(tx, event, &notice).await?;
    let (about, last) = (notice.what.about(), people.last().copied());
    match last.filter(|_| i64::try_from(people.len()) == Ok(AT_ONCE)) {
        Some(last) => {
            let passed = sqlx::query("update event_notices set after_person = $3 where event_id = $1 and about = $2");
            passed.bind(event).bind(about).bind(last).execute(&mut **tx).await?;
        }
        None => {
            let done = sqlx::query("delete from event_notices where event_id = $1 and about = $2");
            done.bind(event).bind(about).execute(&mut **tx).await?;
        }
    }
    let row = row(tx, event).await?;
    notify(tx, &people, &news(&row, notice.what)).await?;
    Ok(true)
}

/// The next of those who are told, by their ids: whoever has a ticket or has given it back since, whoever has a basket or whose basket has
/// ended since, and who waits.
async fn audience(tx: &mut Tx, event: EventId, notice: &Notice) -> AppResult<Vec<PersonId>> {
    let people = sqlx::query_scalar(
        "select person_id from (
           select person_id from (select distinct t.person_id from tickets t where t.event_id = $1 and t.person_id > $2
             and (t.state <> 'void' or exists (select 1 from refund_lines l join refunds r on r.id = l.refund_id
                                               where l.order_line_id = t.order_line_id and r.at >= $3))
             order by t.person_id limit $4) as with_tickets
           union select person_id from (select distinct h.person_id from holds h where h.event_id = $1 and h.person_id > $2 and $5
             and (h.state = 'active' or (h.state = 'expired' and h.until >= $3))
             order by h.person_id limit $4) as with_baskets
           union select person_id from (select distinct w.person_id from waiting w where w.event_id = $1 and w.person_id > $2 and $5
             and w.state in ('waiting', 'offered')
             order by w.person_id limit $4) as waiting_for_places
         ) as people order by person_id limit $4",
    );
    let people = people.bind(event).bind(notice.after_person).bind(notice.at).bind(AT_ONCE).bind(notice.what != What::Live);
    Ok(people.fetch_all(&mut **tx).await?)
}

fn news(row: &Row, what: What) -> News {
    let when = |at| zones::zone(&row.zone).full(at);
    let (title, text) = match what {
        What::Live => (words::notice_live(&row.title), String::new()),
        What::Changed => (words::notice_changed(&row.title), words::notice_place(row.place, &row.venue, row.doors_at.map(when).as_deref())),
        What::Postponed => (words::notice_postponed(&row.title), row.note.clone()),
        What::Rescheduled => (words::notice_rescheduled(&row.title), when(row.starts_at)),
        What::Cancelled => (words::notice_cancelled(&row.title), words::notice_refund(&row.note)),
    };
    News {
        category: Category::Events,
        title,
        text,
        link: format!("/events/{}", row.id),
        actor: None,
        subject: None,
        thread: None,
        group: Some(format!("event:{}:{}", row.id, what.about())),
    }
}
