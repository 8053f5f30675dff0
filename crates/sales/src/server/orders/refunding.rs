//! Giving back: lines of an order by whoever handles orders, or everything that was bought of a cancelled event.
//!
//! A line is given back once: its row in `refund_lines` and the state that it leaves are of the same write as the money. So the job of a
//! cancelled event can be killed at any point and begun again.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};

use super::{announce, expiring, moved, paying::news, row, visible};
use crate::{
    model::orders::{LineState, Order, REASON_CHARS},
    server::{desk, holds},
    words::orders as words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult, ErrorCode},
    ids::{EventId, Millis, OrderId, OrderLineId, PersonId, SeatId, TicketTypeId},
    people::Identity,
    text::title,
};
use plenum_events::model::{
    event::EventState,
    order::OrderAction,
    seat::{SeatNow, SeatState},
};
use plenum_inbox::server::notify;
use plenum_messages::spaces;
use plenum_store::{
    db::{Activity, Store, Tx},
    jobs::{self, Job},
};
use plenum_tickets::server::tickets;
use plenum_wallet::server::ledger::{self, Bill};

/// The kind of the jobs that give back all of a cancelled event; their payload names the event.
pub const REFUND_ALL: &str = "box_office.refund_all";
/// Orders that go into the writer together, and share a commit there; each is a write of its own.
const AT_ONCE: usize = 4;
/// Between two such groups the writer is free at least so long.
const REST: Duration = Duration::from_millis(5);
/// Jobs of a kind wait for one another: a run is short, and schedules the next one.
const RUN: Duration = Duration::from_millis(500);
/// What could not be given back is tried again after so many milliseconds.
const LATER: Millis = 60_000;

/// What is to be given back, and why.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which lines; none: all that were not.
    pub lines: Option<Vec<OrderLineId>>,
    /// Why.
    pub reason: String,
    /// Also what was used at the door.
    pub although_used: bool,
}

impl Wanted {
    /// Reads what somebody entered.
    ///
    /// # Errors
    /// 422 `reason` or `lines`.
    pub fn parse(lines: Option<Vec<OrderLineId>>, reason: &str, although_used: bool) -> AppResult<Self> {
        let reason = title("reason", reason, REASON_CHARS)?;
        if reason.is_empty() {
            return Err(AppError::invalid("reason", "Say why; whoever has bought it reads this."));
        }
        if lines.as_ref().is_some_and(Vec::is_empty) {
            return Err(AppError::invalid("lines", "Choose at least one place."));
        }
        Ok(Self { lines, reason, although_used })
    }
}

/// A line that was sold.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Sold {
    id: OrderLineId,
    ticket_type_id: TicketTypeId,
    seat_id: Option<SeatId>,
    paid: i64,
    used: bool,
}

/// Gives lines of an order back.
///
/// # Errors
/// 404; 403 unless who asks runs the event, is an agent or an admin; 409 if nothing of it can be given back, 409 `although_used` if one of
/// the tickets was used; 422 `lines` if one is not of this order or was given back.
pub async fn refund(tx: &mut Tx, who: &Identity, id: OrderId, wanted: &Wanted) -> AppResult<Order> {
    let (row, handles) = visible(tx, who, id).await?;
    if !handles {
        return Err(AppError::forbidden("Only those who run the event, agents and admins give something back."));
    }
    moved(row.state, OrderAction::RefundSome)?;
    let sold = sold(tx, id).await?;
    let chosen: Vec<Sold> = match &wanted.lines {
        None => sold.clone(),
        Some(lines) => sold.iter().copied().filter(|line| lines.contains(&line.id)).collect(),
    };
    if wanted.lines.as_ref().is_some_and(|lines| lines.iter().any(|id| !chosen.iter().any(|line| line.id == *id))) {
        return Err(AppError::invalid("lines", "One of these places is not of this order, or was given back."));
    }
    if !wanted.although_used && chosen.iter().any(|line| line.used) {
        return Err(AppError::conflict(words::USED).at_field("although_used").with_code(ErrorCode::TicketUsed));
    }
    let all = chosen.len() == sold.len();
    give_back(tx, &row, &chosen, all, &wanted.reason, Some(who.person)).await?;
    announce(tx, id).await
}

/// What of an order was sold and not given back.
async fn sold(tx: &mut Tx, id: OrderId) -> AppResult<Vec<Sold>> {
    Ok(sqlx::query_as(
        "select l.id, l.ticket_type_id, l.seat_id, l.price - l.discount as paid, coalesce(k.state = 'used', false) as used
         from order_lines l left join tickets k on k.order_line_id = l.id where l.order_id = $1 and l.state = 'sold' order by l.id",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?)
}

/// Lines go back to where they came from, and their money to whom it was; `all`: nothing of the order is left then.
async fn give_back(tx: &mut Tx, row: &row::Row, lines: &[Sold], all: bool, reason: &str, by: Option<PersonId>) -> AppResult<()> {
    let now = tx.now();
    let state = moved(row.state, if all { OrderAction::RefundAll } else { OrderAction::RefundSome })?;
    let amount: i64 = lines.iter().map(|line| line.paid).sum();
    let made =
        sqlx::query_scalar("insert into refunds (order_id, reason, amount, by_person_id, at) values ($1, $2, $3, $4, $5) returning id");
    let refund: i64 = made.bind(row.id).bind(reason).bind(amount).bind(by).bind(now).fetch_one(&mut **tx).await?;
    for line in lines {
        sqlx::query("insert into refund_lines (order_line_id, refund_id) values ($1, $2)")
            .bind(line.id)
            .bind(refund)
            .execute(&mut **tx)
            .await?;
        sqlx::query("update order_lines set state = $2 where id = $1").bind(line.id).bind(LineState::Refunded).execute(&mut **tx).await?;
        sqlx::query("update tickets set state = 'void' where order_line_id = $1").bind(line.id).execute(&mut **tx).await?;
        sqlx::query("update ticket_types set sold = sold - 1 where id = $1").bind(line.ticket_type_id).execute(&mut **tx).await?;
    }
    sqlx::query("update orders set state = $2, refunded = refunded + $3, ended_at = $4 where id = $1")
        .bind(row.id)
        .bind(state)
        .bind(amount)
        .bind(all.then_some(now))
        .execute(&mut **tx)
        .await?;
    let note = words::refund_note(&row.title, &row.number);
    let bill = Bill { organisation: row.organisation_id, person: row.person_id, order: row.id, note: &note, money: row.money(amount) };
    ledger::refund(tx, bill, &refund.to_string(), by).await.map_err(not_covered)?;
    let left = sqlx::query_scalar("select exists (select 1 from tickets where event_id = $1 and person_id = $2 and state <> 'void')");
    let left: bool = left.bind(row.event_id).bind(row.person_id).fetch_one(&mut **tx).await?;
    if !left {
        spaces::server::dismiss(tx, row.space_id, row.person_id).await?;
    }
    let seats = lines.iter().filter_map(|line| Some(SeatNow { id: line.seat_id?, state: SeatState::Free })).collect();
    holds::seats_announce(tx, row.event_id, seats).await?;
    holds::bought_announce(tx, row.person_id, row.event_id).await?;
    tickets::order_tickets_announce(tx, row.id).await?;
    desk::sales_changed(tx, row.event_id).await?;
    let money = row.money(amount).to_string();
    let refunded = Record::OrderRefunded { event: row.title.clone(), amount: money.clone(), reason: reason.to_owned() };
    let activity = Activity::new(row.organisation_id, by, refunded, Subject::named(row.id.0, &row.number));
    tx.record(activity.about(row.person_id)).await?;
    let title = words::refunded_title(&money, &row.title);
    notify(tx, &[row.person_id], &news(row, title, reason.to_owned())).await
}

/// The one account that can be short of a refund is the institution's.
fn not_covered(error: AppError) -> AppError {
    if error.code == Some(ErrorCode::InsufficientBalance) { AppError::conflict(words::NOT_COVERED) } else { error }
}

/// Gives back all that was bought of a cancelled event, and ends what was not paid; the handler of the jobs. What cannot be given back
/// now is tried again later, for as long as it takes: it is owed.
pub async fn refund_all(store: Store, payload: Value) -> AppResult<()> {
    let event = payload.get("event").and_then(Value::as_i64).map(EventId).ok_or_else(AppError::internal)?;
    let mut after = payload.get("after").and_then(Value::as_i64).map_or(OrderId(0), OrderId);
    let begun = Instant::now();
    loop {
        let orders = remaining(&store, event, after).await?;
        let Some(last) = orders.last().copied() else { break };
        let outcomes = join_all(orders.into_iter().map(|id| store.write(async move |tx: &mut Tx| undo(tx, event, id).await))).await;
        for error in outcomes.into_iter().filter_map(Result::err) {
            tracing::error!(event.id = %event, %error, "an order of a cancelled event cannot be given back");
        }
        after = last;
        if begun.elapsed() >= RUN {
            return store.write(async move |tx: &mut Tx| again(tx, event, after, 0).await).await;
        }
        tokio::time::sleep(REST).await;
    }
    if remaining(&store, event, OrderId(0)).await?.is_empty() {
        return Ok(());
    }
    store.write(async move |tx: &mut Tx| again(tx, event, OrderId(0), LATER).await).await
}

/// The next orders of which something is to be given back, or that are not paid; none unless the event was cancelled.
async fn remaining(store: &Store, event: EventId, after: OrderId) -> AppResult<Vec<OrderId>> {
    let mut conn = store.look().await?;
    Ok(sqlx::query_scalar(
        "select o.id from orders o join events e on e.id = o.event_id where o.event_id = $1 and o.id > $2 and e.state = $3
           and o.state in ('draft', 'awaiting_payment', 'paid', 'partly_refunded') order by o.id limit $4",
    )
    .bind(event)
    .bind(after)
    .bind(EventState::Cancelled)
    .bind(i64::try_from(AT_ONCE).unwrap_or(1))
    .fetch_all(&mut *conn)
    .await?)
}

/// The rest is for the next run, in so many milliseconds.
async fn again(tx: &mut Tx, event: EventId, after: OrderId, wait: Millis) -> AppResult<()> {
    let (due_at, payload) = (tx.now() + wait, json!({ "event": event, "after": after }));
    jobs::schedule(tx, Job { kind: REFUND_ALL, payload, unique_key: Some(format!("{REFUND_ALL}:{event}")), due_at }).await
}

/// Gives all of one order back, or ends it.
pub async fn undo(tx: &mut Tx, event: EventId, id: OrderId) -> AppResult<()> {
    let row = row::find(tx, id)
        .await?
        .filter(|row| row.event_id == event && row.event_state == EventState::Cancelled)
        .ok_or_else(|| AppError::no_such("order"))?;
    let now = tx.now();
    if let Some(until) = row.until() {
        let (action, at) = if until <= now { (OrderAction::Expire, until) } else { (OrderAction::Cancel, now) };
        return expiring::end(tx, id, action, at).await.map(drop);
    }
    let sold = sold(tx, id).await?;
    if sold.is_empty() {
        return Ok(());
    }
    give_back(tx, &row, &sold, true, words::EVENT_CANCELLED, None).await?;
    announce(tx, id).await.map(drop)
}
