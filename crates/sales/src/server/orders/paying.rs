//! Paying: the transaction that turns a hold into places and tickets.
//!
//! All of it happens in one write, in the writer's order: the hold is judged by that write's own clock, and either the money moves and the
//! places are its owner's, or neither (I5). The database refuses what may not happen even if this code were wrong: a seat has one sold
//! line, a wallet does not go below zero, a type is not sold beyond its capacity, a code is not used beyond its limit.

use super::{announce, expiring, making, moved, own, row};
use crate::{
    model::{
        hold::HoldAction,
        orders::{LineState, Order},
    },
    server::{desk, holds, promo},
    words::orders as words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult, ErrorCode},
    ids::OrderId,
    people::Identity,
};
use plenum_events::model::{
    order::{OrderAction, OrderState},
    seat::{SeatNow, SeatState},
};
use plenum_inbox::{
    model::Category,
    server::{News, notify},
};
use plenum_messages::spaces;
use plenum_store::db::{Activity, Tx};
use plenum_tickets::server::tickets;
use plenum_wallet::{
    model::Money,
    server::ledger::{self, Bill},
};
use serde::{Deserialize, Serialize};

/// What came of a payment. The last two are refusals that leave something behind in the same write, so that they are no errors there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is paid, and the places are theirs.
    Paid(Order),
    /// Its hold had ended; the order has, too.
    Expired(Order),
    /// It costs something else than what they have seen. Nothing has moved.
    Changed(Order),
}

impl Outcome {
    /// True if it was paid; whoever was refused may try again under the same key.
    pub fn is_paid(&self) -> bool {
        matches!(self, Self::Paid(_))
    }

    /// The order that was paid.
    ///
    /// # Errors
    /// 409 `hold` if its hold had ended, 409 `total` if it costs something else.
    pub fn paid(self) -> AppResult<Order> {
        match self {
            Self::Paid(order) => Ok(order),
            Self::Expired(_) => Err(making::over()),
            Self::Changed(order) => {
                Err(AppError::conflict(words::changed(order.total)).at_field("total").with_code(ErrorCode::TotalChanged))
            }
        }
    }
}

/// Pays an order from its owner's wallet; `seen` is the total that they have seen, in minor units, if they say so.
///
/// # Errors
/// 404; 403 if it is somebody else's; 409 if it was paid or has ended, or the event does not sell any more; 409 `balance` if there is not
/// enough in the wallet, 409 `promo` if its code cannot be used any more. All of them leave order and hold as they are.
pub async fn pay(tx: &mut Tx, who: &Identity, id: OrderId, seen: Option<i64>) -> AppResult<Outcome> {
    let row = own(tx, who, id).await?;
    let state = match ready(tx, &row, seen).await? {
        Ready::ToBe(state) => state,
        Ready::Not(outcome) => return Ok(*outcome),
    };
    let total = row.total();
    count_promo(tx, &row).await?;
    let note = words::payment_note(&row.title, &row.number);
    let bill = Bill { organisation: row.organisation_id, person: who.person, order: id, note: &note, money: total };
    if let Err(refused) = ledger::pay(tx, bill).await {
        return Err(too_little(tx, who, total, refused).await);
    }
    complete(tx, &row, state).await.map(Outcome::Paid)
}

/// Whether an order can be paid.
pub(super) enum Ready {
    /// It can, and is in this state then.
    ToBe(OrderState),
    /// It cannot, and that leaves something behind.
    Not(Box<Outcome>),
}

impl Ready {
    fn not(outcome: Outcome) -> Self {
        Self::Not(Box::new(outcome))
    }
}

/// Judges by this write's clock whether an order can be paid at the total `seen`.
///
/// # Errors
/// 409 if it was paid or has ended, or the event does not sell any more.
pub(super) async fn ready(tx: &mut Tx, row: &row::Row, seen: Option<i64>) -> AppResult<Ready> {
    let now = tx.now();
    if let Some(until) = row.until().filter(|until| *until <= now) {
        return expiring::end(tx, row.id, OrderAction::Expire, until).await.map(Outcome::Expired).map(Ready::not);
    }
    if row.state == OrderState::Expired {
        return Err(making::over());
    }
    let state = moved(row.state, OrderAction::Pay)?;
    if !row.event_state.sells() {
        return Err(making::no_sale());
    }
    if making::reprice(tx, row.id).await? {
        return announce(tx, row.id).await.map(Outcome::Changed).map(Ready::not);
    }
    if seen.is_some_and(|seen| seen != row.total().amount) {
        return row::read(tx, row.id, now).await.map(Outcome::Changed).map(Ready::not);
    }
    Ok(Ready::ToBe(state))
}

/// Counts that an order uses its promo code.
///
/// # Errors
/// 409 `promo` if it cannot be used any more.
pub(super) async fn count_promo(tx: &mut Tx, row: &row::Row) -> AppResult<()> {
    match row.promo_code_id {
        Some(code) => promo::count_use(tx, code, row.person_id).await,
        None => Ok(()),
    }
}

/// Sells what an order is of, once its money has moved in this transaction, and tells everybody.
pub(super) async fn complete(tx: &mut Tx, row: &row::Row, state: OrderState) -> AppResult<Order> {
    let (id, person) = (row.id, row.person_id);
    let seats = sell(tx, row, state).await?;
    spaces::server::admit(tx, row.space_id, person, false).await?;
    expiring::unschedule(tx, id).await?;
    holds::owner_announce(tx, person, row.event_id, None);
    holds::seats_announce(tx, row.event_id, seats).await?;
    holds::bought_announce(tx, person, row.event_id).await?;
    tickets::order_tickets_announce(tx, id).await?;
    desk::sales_changed(tx, row.event_id).await?;
    let paid = Record::OrderPaid { event: row.title.clone(), amount: row.total().to_string() };
    tx.record(Activity::new(row.organisation_id, Some(person), paid, Subject::named(id.0, &row.number)).about(person)).await?;
    notify(tx, &[person], &news(row, words::paid_title(&row.title), words::message(&row.number, state))).await?;
    announce(tx, id).await
}

/// What its owner is told of an order.
pub fn news(row: &row::Row, title: String, text: String) -> News {
    News {
        category: Category::Events,
        title,
        text,
        link: format!("/orders/{}", row.id),
        actor: None,
        subject: Some(format!("order:{}", row.id)),
        thread: None,
        group: None,
    }
}

/// The refusal of the ledger, with how much is missing.
async fn too_little(tx: &mut Tx, who: &Identity, total: Money, refused: AppError) -> AppError {
    if refused.code != Some(ErrorCode::InsufficientBalance) {
        return refused;
    }
    match ledger::available(tx, who.person, total.currency).await {
        Ok(available) => AppError { message: words::too_little(Money::new(total.amount - available.amount, total.currency)), ..refused },
        Err(error) => error,
    }
}

/// Makes the places of an order its owner's; returns the seats among them.
async fn sell(tx: &mut Tx, row: &row::Row, state: OrderState) -> AppResult<Vec<SeatNow>> {
    let now = tx.now();
    let sold = sqlx::query("update order_lines set state = $2 where order_id = $1 and state = $3")
        .bind(row.id)
        .bind(LineState::Sold)
        .bind(LineState::Open)
        .execute(&mut **tx)
        .await?;
    if sold.rows_affected() == 0 {
        return Err(AppError::conflict(words::EMPTY));
    }
    sqlx::query(
        "update ticket_types set sold = sold + (select count(*) from order_lines l where l.order_id = $1 and l.ticket_type_id = ticket_types.id)
         where id in (select ticket_type_id from order_lines where order_id = $1)",
    )
    .bind(row.id)
    .execute(&mut **tx)
    .await?;
    let seats = holds::drop_claims(tx, row.hold_id).await?;
    holds::end(tx, row.hold_id, HoldAction::Buy).await?;
    sqlx::query(
        "insert into tickets (event_id, person_id, order_line_id, state, created_at)
         select $2, $3, id, 'valid', $4 from order_lines where order_id = $1 order by id",
    )
    .bind(row.id)
    .bind(row.event_id)
    .bind(row.person_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query("update orders set state = $2, paid_at = $3 where id = $1").bind(row.id).bind(state).bind(now).execute(&mut **tx).await?;
    Ok(seats.into_iter().map(|(id, _)| SeatNow { id, state: SeatState::Sold }).collect())
}
