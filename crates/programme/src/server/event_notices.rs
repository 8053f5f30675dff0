//! What those who have tickets, a basket or a place in the waiting list are told when something becomes of an event. Whom to tell is written down in the transaction of what
//! happens; a job tells some at a time, each once, whatever crashes in between.

use serde::Deserialize;
use serde_json::{Value, json};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, PersonId},
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
const AT_ONCE: i64 = 40;

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

/// Writes down that all who have tickets are to be told; unless it has begun, also those with a basket and those who wait.
pub async fn notices_schedule(tx: &mut Tx, event: EventId, what: What) -> AppResult<()> {
    let noted = sqlx::query(
        "insert into event_tellings (event_id, person_id, about, what)
         select event_id, person_id, $3, $2 from tickets where event_id = $1 and state <> 'void'
         union select event_id, person_id, $3, $2 from holds where event_id = $1 and state = 'active' and $2 <> 'live'
         union select event_id, person_id, $3, $2 from waiting where event_id = $1 and state in ('waiting', 'offered') and $2 <> 'live'
         on conflict (event_id, person_id, about) do update set what = excluded.what",
    )
    .bind(event)
    .bind(what)
    .bind(what.about())
    .execute(&mut **tx)
    .await?;
    if noted.rows_affected() == 0 {
        return Ok(());
    }
    let due_at = tx.now();
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

/// Tells some. True if there may be more.
pub async fn step(tx: &mut Tx, event: EventId) -> AppResult<bool> {
    let next: Vec<(PersonId, What)> = sqlx::query_as(
        "delete from event_tellings where event_id = $1
           and person_id in (select person_id from event_tellings where event_id = $1 order by person_id limit $2) returning person_id, what",
    )
    .bind(event)
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    if next.is_empty() {
        return Ok(false);
    }
    let row = row(tx, event).await?;
    for what in [What::Live, What::Changed, What::Postponed, What::Rescheduled, What::Cancelled] {
        let people: Vec<PersonId> = next.iter().filter(|(_, of)| *of == what).map(|(person, _)| *person).collect();
        notify(tx, &people, &news(&row, what)).await?;
    }
    Ok(true)
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
