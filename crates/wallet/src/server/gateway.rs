//! What takes people's money from outside: an adapter for each gateway.
//!
//! A deposit is begun in two steps, because a gateway is asked over the network, which no write waits for: first the row with a reference
//! of our own is written, then the gateway is told it and says where the person pays. A gateway that is told the same reference again
//! begins nothing twice. It answers later, over HTTP, as often and in whatever order it likes ([`callbacks`](super::callbacks)).

use axum::http::HeaderMap;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::simulator::{self, Simulator};
use crate::model::{Currency, Money};
use plenum_core::{
    error::{AppError, AppResult},
    ids::DepositId,
};
use plenum_web::state::AppState;

/// What a gateway is asked for.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The deposit, for addresses of this site.
    pub deposit: DepositId,
    /// What the gateway is to call it.
    pub reference: String,
    /// How much.
    pub money: Money,
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
}

/// A gateway.
pub trait PaymentGateway: Send + Sync {
    /// Its name, in rows and in the address of its callbacks.
    fn name(&self) -> &'static str;

    /// Begins a payment, once for its reference; returns where the person pays.
    ///
    /// # Errors
    /// If the gateway cannot be reached or refuses.
    fn begin<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, AppResult<String>>;

    /// Reads what came to its callback, if it comes from the gateway.
    ///
    /// # Errors
    /// 401 for anybody else; 422 for what cannot be read.
    fn read(&self, headers: &HeaderMap, body: &[u8]) -> AppResult<Answer>;
}

/// The gateway that new deposits go to.
///
/// # Errors
/// 409 if there is none: the simulator is for trying Plenum out only.
pub fn gateway_for_deposits(state: &AppState) -> AppResult<Box<dyn PaymentGateway>> {
    named(state, simulator::NAME)
        .map_err(|_| AppError::conflict("Money cannot be added here yet: this Plenum is not connected to a payment gateway."))
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
    Err(AppError::no_such("payment gateway"))
}
