//! Orders paid by card, without a wallet in between.
//!
//! The gateway says later that it has the money, in whatever order: what becomes of it is decided in
//! [`settling`](plenum_wallet::server::card), which asks here whether the places are there. They are held until the gateway must have
//! answered, once for an order.

use std::sync::Arc;

use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

use super::{
    announce, own,
    paying::{Outcome, Ready, complete, count_promo, news, ready},
    row,
};
use crate::{
    server::{baskets, holds::HoldPolicy},
    words::orders as words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{CardPaymentId, Millis, OrderId},
    people::Identity,
};
use plenum_inbox::server::notify;
use plenum_store::db::{Activity, Tx};
use plenum_wallet::{
    model::card::{CardState, Late},
    server::{
        card::{
            PaidOrders, pay_order,
            payments::{self, CardPayment, ForOrder},
        },
        ledger::Bill,
    },
    words as wallet_words,
};

/// How long places are held after the gateway's page has ended, for what it says late.
const GRACE: Millis = 2 * 60_000;

/// What came of the wish to pay by card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begun {
    /// The gateway is to be asked for a page.
    Payment {
        /// Of this payment.
        id: CardPaymentId,
        /// For this order.
        order: OrderId,
    },
    /// The order cannot be paid; what stands in the way has left something behind.
    Refused(Box<Outcome>),
}

impl Begun {
    /// True if it has begun; whoever was refused may try again under the same key.
    pub fn is_begun(&self) -> bool {
        matches!(self, Self::Payment { .. })
    }

    /// The payment and its order.
    ///
    /// # Errors
    /// As [`Outcome::paid`].
    pub fn begun(self) -> AppResult<(CardPaymentId, OrderId)> {
        match self {
            Self::Payment { id, order } => Ok((id, order)),
            Self::Refused(outcome) => outcome.paid().and_then(|_| Err(AppError::internal())),
        }
    }
}

/// What the buyer has seen and wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByCard {
    /// The total that they have seen, in minor units, if they say so.
    pub seen: Option<i64>,
    /// Where the money goes if it comes too late.
    pub late: Late,
}

/// Begins to pay an order by card; the gateway is asked after this transaction.
///
/// # Errors
/// As [`pay`](super::pay), without those of the wallet; 409 if it costs nothing, or too many payments are under way.
pub async fn begin(tx: &mut Tx, who: &Identity, id: OrderId, wanted: ByCard, terms: HoldPolicy) -> AppResult<Begun> {
    let row = own(tx, who, id).await?;
    if let Ready::Not(outcome) = ready(tx, &row, wanted.seen).await? {
        return Ok(Begun::Refused(outcome));
    }
    let money = row.total();
    if money.amount == 0 {
        return Err(AppError::conflict(words::COSTS_NOTHING));
    }
    let title = words::payment_note(&row.title, &row.number);
    let payment = payments::begin(tx, who, ForOrder { order: id, money, title: &title, late: wanted.late }).await?;
    // Once: who begins again and again holds the places no longer for it.
    if row.card.is_none() {
        let until = tx.now() + payments::OPEN + GRACE;
        baskets::wait_for_gateway(tx, who, row.hold_id, until, terms).await?;
    }
    announce(tx, id).await?;
    Ok(Begun::Payment { id: payment, order: id })
}

/// What orders do with payments by card.
struct Orders;

/// For the composition root, which hands it to the wallet.
pub fn paid_orders() -> Arc<dyn PaidOrders> {
    Arc::new(Orders)
}

impl PaidOrders for Orders {
    fn pay<'a>(&'a self, tx: &'a mut Tx, payment: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<bool>> {
        Box::pin(pay(tx, payment))
    }

    fn follow<'a>(&'a self, tx: &'a mut Tx, payment: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<()>> {
        Box::pin(follow(tx, payment))
    }
}

async fn found(tx: &mut Tx, payment: &CardPayment) -> AppResult<row::Row> {
    let id = payment.order_id.ok_or_else(AppError::internal)?;
    row::find(tx, id).await?.ok_or_else(|| AppError::no_such("order"))
}

/// Sells an order for what a card was charged; false if it has ended or costs something else.
async fn pay(tx: &mut Tx, payment: &CardPayment) -> AppResult<bool> {
    let row = found(tx, payment).await?;
    let Ready::ToBe(state) = ready(tx, &row, Some(payment.amount)).await? else { return Ok(false) };
    count_promo(tx, &row).await?;
    let note = words::payment_note(&row.title, &row.number);
    let bill = Bill { organisation: row.organisation_id, person: row.person_id, order: row.id, note: &note, money: row.total() };
    pay_order(tx, payment, bill).await?;
    complete(tx, &row, state).await.map(|_| true)
}

/// Writes down what has become of a payment that did not pay, and tells its owner.
async fn follow(tx: &mut Tx, payment: &CardPayment) -> AppResult<()> {
    let row = found(tx, payment).await?;
    let (person, amount) = (payment.person_id, payment.money().to_string());
    let record = match payment.state {
        CardState::Credited | CardState::Returning => {
            let credited = payment.state == CardState::Credited;
            let text = if credited { wallet_words::CARD_CREDITED } else { wallet_words::CARD_RETURNING };
            notify(tx, &[person], &news(&row, wallet_words::card_late(&row.title), text.to_owned())).await?;
            Some(Record::CardPaymentLate { amount, credited })
        }
        CardState::Returned => Some(Record::CardPaymentReturned { amount }),
        CardState::Open | CardState::Closed | CardState::Used => None,
    };
    if let Some(record) = record {
        let subject = Subject::named(row.id.0, &row.number);
        tx.record(Activity::new(row.organisation_id, None, record, subject).about(person)).await?;
    }
    announce(tx, row.id).await.map(drop)
}
