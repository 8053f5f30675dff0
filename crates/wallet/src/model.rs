//! What both sides know of wallets.
//!
//! - [`Money`]: an amount of a currency.
//! - [`deposit`], [`withdrawal`], [`card`]: money on its way; one function each says what may become what.
//! - [`payment_file`]: what the organisation's bank is to pay.
//! - [`statement`]: what has moved, and which of it is shown.
//! - [`wallet`]: a person's wallet, and what their admins decide about.

pub mod card;
pub mod deposit;
#[cfg(test)]
mod enum_words;
mod money;
pub mod payment_file;
pub mod statement;
pub mod wallet;
pub mod withdrawal;

pub use money::{Currency, Money};
