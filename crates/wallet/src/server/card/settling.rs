//! What becomes of money that a card was charged, in one transaction with what it pays (I36).
//!
//! The gateway says so by webhooks, which come late, twice and out of order, and when it is asked. The first that says so decides; what
//! comes after changes nothing. What was meant to be paid is either there, or the money is credited or returned: a place is never paid
//! without being had, and money is never kept without either.

use std::sync::Arc;

use serde_json::json;

use super::{PaidOrders, jobs, payments, payments::CardPayment, posting};
use crate::{
    model::{
        card::{CardAction, CardState, Late, transition},
        deposit::DepositAction,
    },
    server::{
        deposits::{self, Effect},
        gateway::{Answer, Outcome, Purpose},
    },
};
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::CardPaymentId,
};
use plenum_store::{
    db::{Store, Tx},
    jobs::{self as queue, Job},
};

/// Takes what the gateway says of a payment.
///
/// # Errors
/// 422 if it is about another amount than was asked for. Nothing has moved then.
pub async fn settle(store: &Store, orders: &Arc<dyn PaidOrders>, answer: &Answer) -> AppResult<Effect> {
    match write(store, orders, answer, true).await {
        // An order that cannot be paid leaves nothing behind; the money is there all the same.
        Err(refused) if answer.outcome == Outcome::Approved && is_refusal(&refused) => write(store, orders, answer, false).await,
        outcome => outcome,
    }
}

async fn write(store: &Store, orders: &Arc<dyn PaidOrders>, answer: &Answer, intended: bool) -> AppResult<Effect> {
    let (orders, answer) = (Arc::clone(orders), answer.clone());
    store.write(async move |tx: &mut Tx| take(tx, &*orders, &answer, intended).await).await
}

/// True if something stands in the way that trying again does not move.
fn is_refusal(error: &AppError) -> bool {
    matches!(error.kind, ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Forbidden)
}

async fn take(tx: &mut Tx, orders: &dyn PaidOrders, answer: &Answer, intended: bool) -> AppResult<Effect> {
    let Some(payment) = payments::by_reference(tx, &answer.reference).await? else {
        tracing::info!("the card gateway tells of a payment that is not this Plenum's");
        return Ok(Effect::Nothing);
    };
    match answer.outcome {
        Outcome::Approved => capture(tx, orders, payment, answer, intended).await,
        Outcome::Declined => close(tx, orders, payment, DepositAction::Decline).await,
        Outcome::Expired => close(tx, orders, payment, DepositAction::Expire).await,
    }
}

/// The gateway has the money; `intended`: it pays what it is for, if that is there. Else it goes where its owner wants it.
async fn capture(tx: &mut Tx, orders: &dyn PaidOrders, payment: CardPayment, answer: &Answer, intended: bool) -> AppResult<Effect> {
    let otherwise = match payment.late {
        Late::Wallet => CardAction::Credit,
        Late::Refund => CardAction::GiveBack,
    };
    let moves = transition(payment.state, CardAction::Use).zip(transition(payment.state, otherwise));
    let Some((used, otherwise)) = moves else { return Ok(Effect::Nothing) };
    if payment.money() != answer.money() {
        tracing::error!(card_payment.id = payment.id.0, "the card gateway charged another amount than it was asked for");
        return Err(AppError::invalid("amount", "This is not the amount of that payment."));
    }
    sqlx::query("update card_payments set state = $2, captured_at = $3, intent = $4, look_at = null where id = $1")
        .bind(payment.id)
        .bind(used)
        .bind(tx.now())
        .bind(&answer.intent)
        .execute(&mut **tx)
        .await?;
    let payment = CardPayment { state: used, intent: answer.intent.clone(), ..payment };
    posting::capture(tx, &payment).await?;
    let had = match payment.purpose()? {
        Purpose::Deposit(id) => deposits::complete(tx, id).await?,
        Purpose::Order(_) => intended && orders.pay(tx, &payment).await?,
    };
    if had {
        return Ok(Effect::Credited);
    }
    set_state(tx, payment.id, otherwise).await?;
    too_late(tx, orders, &CardPayment { state: otherwise, ..payment }).await
}

/// What was to be paid is not there any more, or was paid otherwise.
async fn too_late(tx: &mut Tx, orders: &dyn PaidOrders, payment: &CardPayment) -> AppResult<Effect> {
    let credited = payment.state == CardState::Credited;
    if credited {
        posting::credit(tx, payment).await?;
    } else {
        schedule_return(tx, payment.id).await?;
    }
    match payment.purpose()? {
        Purpose::Deposit(id) => deposits::dispute(tx, id).await?,
        Purpose::Order(_) => orders.follow(tx, payment).await?,
    }
    Ok(if credited { Effect::Credited } else { Effect::Declined })
}

/// The gateway's page ended without a payment.
async fn close(tx: &mut Tx, orders: &dyn PaidOrders, payment: CardPayment, action: DepositAction) -> AppResult<Effect> {
    let Some(state) = transition(payment.state, CardAction::Close) else { return Ok(Effect::Nothing) };
    set_state(tx, payment.id, state).await?;
    let payment = CardPayment { state, ..payment };
    match payment.purpose()? {
        Purpose::Deposit(id) => deposits::close(tx, id, action).await?,
        Purpose::Order(_) => orders.follow(tx, &payment).await?,
    }
    Ok(Effect::Declined)
}

/// Ends a payment that never had a page: nobody can have paid it.
pub(super) async fn close_unbegun(tx: &mut Tx, orders: &dyn PaidOrders, id: CardPaymentId) -> AppResult<()> {
    let unbegun = payments::find(tx, id).await?.filter(|payment| payment.session.is_none() && payment.expires_at <= tx.now());
    let Some(payment) = unbegun else { return Ok(()) };
    close(tx, orders, payment, DepositAction::Expire).await.map(drop)
}

/// The gateway has given a payment back, and calls that `refund`.
pub(super) async fn returned(tx: &mut Tx, orders: &dyn PaidOrders, id: CardPaymentId, refund: &str) -> AppResult<()> {
    let Some(payment) = payments::find(tx, id).await? else { return Ok(()) };
    let Some(state) = transition(payment.state, CardAction::Return) else { return Ok(()) };
    set_state(tx, id, state).await?;
    sqlx::query("update card_payments set refund = $2 where id = $1").bind(id).bind(refund).execute(&mut **tx).await?;
    let payment = CardPayment { state, ..payment };
    posting::give_back(tx, &payment).await?;
    orders.follow(tx, &payment).await
}

/// Has a payment given back, soon and for as long as it takes.
pub(super) async fn schedule_return(tx: &mut Tx, id: CardPaymentId) -> AppResult<()> {
    let (payload, unique_key, due_at) = (json!({ "payment": id }), Some(format!("{}:{id}", jobs::RETURN)), tx.now());
    queue::schedule_no_later(tx, Job { kind: jobs::RETURN, payload, unique_key, due_at }).await
}

async fn set_state(tx: &mut Tx, id: CardPaymentId, state: CardState) -> AppResult<()> {
    let set = sqlx::query("update card_payments set state = $2, look_at = null where id = $1").bind(id).bind(state);
    set.execute(&mut **tx).await?;
    Ok(())
}
