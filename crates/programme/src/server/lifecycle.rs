//! What becomes of an event: published, begun, ended, postponed, cancelled. By its organisers, or by [`clock`].

use serde_json::json;

use super::{clock, event_edit};
use crate::model::{Times, parse_note};
use crate::server::{event_notices, readmitting};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId},
    people::Identity,
};
use plenum_events::server::{
    availability,
    events::{Row, announce, row_for_organiser},
};
use plenum_events::{
    live::event::{EventEvent, WentLive},
    model::{
        event::{EventAction, EventState, transition},
        events::Event,
    },
};
use plenum_sales::server::{expiry, holds};
use plenum_store::{
    db::{Activity, Tx},
    jobs::{self, Job},
};

/// The job that gives back what was paid for an event that does not take place; its handler is that of orders.
pub const REFUND_ALL: &str = "box_office.refund_all";

/// What somebody wants to become of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What.
    pub action: EventAction,
    /// Why, where it is postponed or cancelled.
    pub note: String,
    /// When it begins, where it has a new time; local.
    pub starts: String,
    /// When it ends.
    pub ends: String,
}

fn not_now(state: EventState) -> AppError {
    AppError::conflict(format!("That cannot be done to it: it is {}.", state.into_str()))
}

/// Lets it happen.
///
/// # Errors
/// 403; 404; 409 if it cannot happen now; 422 `note`, `starts` or `ends`.
pub async fn act(tx: &mut Tx, who: &Identity, id: EventId, wish: &Wish) -> AppResult<Event> {
    let row = row_for_organiser(tx, who, id).await?;
    if transition(row.state, wish.action).is_none() {
        return Err(not_now(row.state));
    }
    let note = parse_note(&wish.note)?;
    match wish.action {
        EventAction::Publish => check_publish(tx, &row).await?,
        EventAction::Withdraw => check_withdraw(tx, &row).await?,
        EventAction::Reschedule => {
            let times = event_edit::new_times(&row, &wish.starts, &wish.ends, tx.now())?;
            set_times(tx, &row, times).await?;
        }
        EventAction::Begin | EventAction::End | EventAction::Postpone | EventAction::Cancel => {}
    }
    move_on(tx, &row, wish.action, Some(who.person), &note).await
}

async fn check_publish(tx: &mut Tx, row: &Row) -> AppResult<()> {
    if row.ends_at <= tx.now() {
        return Err(AppError::conflict("Its time has passed. Change it first."));
    }
    let places: i64 = sqlx::query_scalar("select cast(coalesce(sum(capacity), 0) as bigint) from ticket_types where event_id = $1")
        .bind(row.id)
        .fetch_one(&mut **tx)
        .await?;
    if places == 0 {
        return Err(AppError::conflict("Add a ticket type with places first."));
    }
    Ok(())
}

async fn check_withdraw(tx: &mut Tx, row: &Row) -> AppResult<()> {
    let taken: bool = sqlx::query_scalar(
        "select exists (select 1 from ticket_types where event_id = $1 and sold > 0)
           or exists (select 1 from tickets where event_id = $1)
           or exists (select 1 from holds where event_id = $1 and state = 'active' and until > $2)",
    )
    .bind(row.id)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    if taken { Err(AppError::conflict("Places of it are sold or held. It can be postponed or cancelled.")) } else { Ok(()) }
}

/// New times; doors and the end of the sale move with the beginning.
async fn set_times(tx: &mut Tx, row: &Row, times: Times) -> AppResult<()> {
    let by: Millis = times.starts_at - row.starts_at;
    let sales_until = (row.sales_until + by).min(times.ends_at);
    sqlx::query(
        "update events set starts_at = $2, ends_at = $3, doors_at = doors_at + $4, sales_until = $5, sales_from = case when sales_from < $5 then sales_from else $5 - 1 end
         where id = $1",
    )
    .bind(row.id)
    .bind(times.starts_at)
    .bind(times.ends_at)
    .bind(by)
    .bind(sales_until)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The time of all baskets is over; the task that ends them tells their owners.
async fn end_holds(tx: &mut Tx, id: EventId) -> AppResult<()> {
    let now = tx.now();
    for statement in [
        "update held_seats set until = $2 where until > $2 and hold_id in (select id from holds where event_id = $1 and state = 'active')",
        "update held_places set until = $2 where until > $2 and hold_id in (select id from holds where event_id = $1 and state = 'active')",
        "update holds set until = $2 where event_id = $1 and state = 'active' and until > $2",
    ] {
        sqlx::query(statement).bind(id).bind(now).execute(&mut **tx).await?;
    }
    expiry::expect(tx, now);
    availability::announce(tx, id);
    Ok(())
}

fn record(action: EventAction) -> Record {
    match action {
        EventAction::Publish => Record::EventPublished,
        EventAction::Withdraw => Record::EventWithdrawn,
        EventAction::Begin => Record::EventBegan,
        EventAction::End => Record::EventEnded,
        EventAction::Postpone => Record::EventPostponed,
        EventAction::Reschedule => Record::EventRescheduled,
        EventAction::Cancel => Record::EventCancelled,
    }
}

/// Moves the event on, records it (I32), and tells everyone; `by` is none for Plenum itself.
///
/// # Errors
/// 409 if that cannot happen to it now.
pub async fn move_on(tx: &mut Tx, before: &Row, action: EventAction, by: Option<PersonId>, note: &str) -> AppResult<Event> {
    let state = transition(before.state, action).ok_or_else(|| not_now(before.state))?;
    let (id, now, was_public) = (before.id, tx.now(), before.is_public());
    let published_at = match action {
        EventAction::Publish => Some(now),
        EventAction::Withdraw => None,
        _ => before.published_at,
    };
    sqlx::query("update events set state = $2, note = $3, published_at = $4, version = version + 1 where id = $1")
        .bind(id)
        .bind(state)
        .bind(note)
        .bind(published_at)
        .execute(&mut **tx)
        .await?;
    let activity = Activity::new(before.organisation_id, by, record(action), Subject::named(id.0, &before.title));
    let activity = if was_public || action == EventAction::Publish { activity.for_everyone() } else { activity };
    tx.record(activity).await?;
    let event = announce(tx, id).await?;
    match action {
        // Those who look are told that there is nothing to see any more.
        EventAction::Withdraw => tx.announce(id, &EventEvent::EventChanged(Box::new(event.clone()))),
        EventAction::Begin => {
            tx.announce(id, &EventEvent::EventLive(WentLive { event_id: id, title: event.title.clone(), at: now }));
            event_notices::notices_schedule(tx, id, event_notices::What::Live).await?;
        }
        EventAction::Postpone => event_notices::notices_schedule(tx, id, event_notices::What::Postponed).await?,
        EventAction::Reschedule => {
            readmitting::schedule(tx, id).await?;
            event_notices::notices_schedule(tx, id, event_notices::What::Rescheduled).await?;
            holds::seats_announce(tx, id, Vec::new()).await?;
        }
        EventAction::Cancel => {
            end_holds(tx, id).await?;
            event_notices::notices_schedule(tx, id, event_notices::What::Cancelled).await?;
            let job =
                Job { kind: REFUND_ALL, payload: json!({ "event": id }), unique_key: Some(format!("{REFUND_ALL}:{id}")), due_at: now };
            jobs::schedule(tx, job).await?;
        }
        EventAction::Publish | EventAction::End => {}
    }
    clock::arm(tx).await?;
    Ok(event)
}
