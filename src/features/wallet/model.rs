//! What both sides know of wallets.

mod money;

pub use money::{Currency, Money};
