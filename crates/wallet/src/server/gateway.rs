//! What takes people's money from outside: an adapter for each gateway.
//!
//! A deposit is begun in two steps, because a gateway is asked over the network, which no write waits for: first the row with a reference
//! of our own is written, then the gateway is told it and says where the person pays. A gateway that is told the same reference again
//! begins nothing twice. It answers later, over HTTP, as often and in whatever order it likes ([`callbacks`](super::callbacks)).

use axum::http::HeaderMap;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{
    card,
    simulator::{self, Simulator},
};
use crate::model::{Currency, Money};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{DepositId, Millis, OrderId},
};
use plenum_web::state::AppState;

/// What is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Money for a wallet.
    Deposit(DepositId),
    /// An order, without a wallet in between.
    Order(OrderId),
}

/// What a gateway is asked for.
#[derive(Debug, Clone)]
pub struct Payment {
    /// What for.
    pub purpose: Purpose,
    /// What the gateway is to call it.
    pub reference: String,
    /// How much.
    pub money: Money,
    /// What the gateway's page says is paid.
    pub title: String,
    /// Until when it can be paid there.
    pub expires_at: Millis,
}

/// A payment that a gateway has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the person pays: an address of the gateway, or a path of this site.
    pub checkout_url: String,
    /// What the gateway calls its page, if it can be asked about it.
    pub session: Option<String>,
}

/// What a gateway says of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum Outcome {
    /// It has the money.
    Approved,
    /// It does not get it.
    Declined,
    /// It was not paid in time. The simulator never says that.
    Expired,
}

/// An answer of a gateway, verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What the gateway calls this answer: the same one may come often.
    pub id: String,
    /// Of which payment.
    pub reference: String,
    /// What it says.
    pub outcome: Outcome,
    /// How much it is about, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// What a refund names; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub intent: String,
}

impl Answer {
    /// How much it is about.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
}

/// A gateway.
pub trait PaymentGateway: Send + Sync {
    /// Its name, in rows and in the address of its callbacks.
    fn name(&self) -> &'static str;

    /// Begins a payment, once for its reference; returns where the person pays.
    ///
    /// # Errors
    /// If the gateway cannot be reached or refuses.
    fn begin<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, AppResult<Begun>>;

    /// Reads what came to its callback, if it comes from the gateway; none if it decides nothing.
    ///
    /// # Errors
    /// 401 for anybody else; 422 for what cannot be read.
    fn read(&self, headers: &HeaderMap, body: &[u8]) -> AppResult<Option<Answer>>;
}

/// The gateway that new deposits go to: cards, where they are taken, else the simulator.
///
/// # Errors
/// 409 if there is none: the simulator is for trying Plenum out only.
pub fn gateway_for_deposits(state: &AppState) -> AppResult<Box<dyn PaymentGateway>> {
    let name = if card::here(state).is_some() { card::NAME } else { simulator::NAME };
    named(state, name).map_err(|_| AppError::conflict("Money cannot be added here yet: this Plenum is not connected to a payment gateway."))
}

/// True if there is a gateway that new deposits go to.
pub fn takes_deposits(state: &AppState) -> bool {
    gateway_for_deposits(state).is_ok()
}

/// The gateway of this name.
///
/// # Errors
/// 404 if there is none.
pub fn named(state: &AppState, name: &str) -> AppResult<Box<dyn PaymentGateway>> {
    if name == simulator::NAME && simulator::is_here(state) {
        return Ok(Box::new(Simulator::new(state.hub.secret().clone())));
    }
    if let Some(cards) = card::here(state).filter(|_| name == card::NAME) {
        return Ok(Box::new(cards.gateway().clone()));
    }
    Err(AppError::no_such("payment gateway"))
}
