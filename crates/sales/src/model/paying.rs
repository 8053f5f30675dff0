//! How an order can be paid.

use serde::{Deserialize, Serialize};

use plenum_core::ids::OrderId;

/// How money is taken here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takes {
    /// What is missing in a wallet can be added: there is a gateway.
    pub deposits: bool,
    /// Orders can be paid by card.
    pub card: bool,
}

/// An order whose payment by card has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToPay {
    /// The order.
    pub order: OrderId,
    /// Where it is paid.
    pub checkout_url: String,
}
