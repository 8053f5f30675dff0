//! Payments by card on a gateway's own page, as Stripe's Checkout offers it.
//!
//! - [`signature`]: that a webhook comes from the gateway.
//! - [`client`]: what the gateway is asked, and what its answers mean; the adapter behind [`PaymentGateway`].
//! - [`payments`]: the rows. Each has the key under which the gateway is asked before anything is sent, so that nobody is charged twice.
//! - [`settling`]: what becomes of money that the gateway has, once, however often and in whatever order it says so (I36).
//! - [`posting`]: the same on the ledger.
//! - [`jobs`]: what is asked of the gateway outside of requests: how a payment is whose webhook has not come, and refunds.

mod client;
pub mod jobs;
pub mod payments;
mod posting;
pub(super) mod settling;
mod signature;

use std::sync::Arc;

use futures::future::LocalBoxFuture;

use super::{
    deposits::Effect,
    gateway::{Answer, PaymentGateway},
};
use payments::CardPayment;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{CardPaymentId, PersonId},
};
use plenum_store::db::{Store, Tx};
use plenum_web::state::AppState;

pub use client::Card;
pub use posting::pay_order;

/// The adapter's name, in rows and in the address of its webhook.
pub const NAME: &str = "card";

/// What orders do with payments by card. They are above wallets: the composition root hands this down.
pub trait PaidOrders: Send + Sync {
    /// Sells what the payment is for, with [`pay_order`]. False if it is not there any more, and what has become of it instead is written.
    ///
    /// # Errors
    /// A refusal that is to leave nothing behind; it means the same as false.
    fn pay<'a>(&'a self, tx: &'a mut Tx, payment: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<bool>>;

    /// Follows a payment that was closed, came too late or was returned.
    fn follow<'a>(&'a self, tx: &'a mut Tx, payment: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<()>>;
}

/// Payments by card, where they are set up.
pub struct CardPayments {
    card: Card,
    orders: Arc<dyn PaidOrders>,
}

impl CardPayments {
    /// Cards are charged by `card`; what pays orders goes to `orders`.
    pub fn new(card: Card, orders: Arc<dyn PaidOrders>) -> Self {
        Self { card, orders }
    }

    /// The gateway.
    pub fn gateway(&self) -> &Card {
        &self.card
    }

    /// Takes what the gateway says of a payment.
    ///
    /// # Errors
    /// 422 if it is about another amount than was asked for.
    pub async fn settle(&self, store: &Store, answer: &Answer) -> AppResult<Effect> {
        settling::settle(store, &self.orders, answer).await
    }
}

/// A part of the state: payments by card, or nothing where they are not set up.
#[derive(Clone)]
pub struct Cards(pub Option<Arc<CardPayments>>);

/// Payments by card, if they are set up.
pub fn here(state: &AppState) -> Option<Arc<CardPayments>> {
    state.part::<Cards>().ok().and_then(|cards| cards.0)
}

/// Where one of a person's payments is made: asks the gateway for its page, unless it has said so already.
///
/// # Errors
/// 404; 409 if cards are not taken or the gateway refuses; 503 if it cannot be reached. The payment can be led on later.
pub async fn lead(state: &AppState, person: PersonId, id: CardPaymentId) -> AppResult<String> {
    let payment = payments::own(&mut *state.store.look().await?, person, id).await?;
    if !payment.checkout_url.is_empty() {
        return Ok(payment.checkout_url);
    }
    let cards = here(state).ok_or_else(not_taken)?;
    let begun = cards.card.begin(&payment.asked()?).await?;
    state.store.write(async move |tx: &mut Tx| payments::set_session(tx, id, &begun).await).await
}

/// Cards are not taken here.
pub fn not_taken() -> AppError {
    AppError::conflict("Cards are not taken here.").at_field("method")
}
