//! Wallets: what people have, and how it moves. Double entry, in whole minor units (I13).
//!
//! - [`model`]: money, deposits and withdrawals, what a statement shows.
//! - [`live`]: what a person's tabs are told of their wallet, and admins of withdrawals.
//! - [`api`], `public`: what pages and programs ask.
//! - `server`: the ledger, and what moves money; other features pay and refund through it, in their own transaction.
//! - [`view`]: the wallet, the simulator of a gateway, the withdrawals that admins decide about.

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod settings;
pub mod view;
pub mod words;
