//! Wallets: what people have, and how it moves. Double entry, in whole minor units (I13).
//!
//! - [`model`]: money, accounts, what a statement shows.
//! - [`server`]: the ledger, and what moves money; other features pay and refund through it, in their own transaction.

pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
