//! The server's side of wallets: rules and SQL.
//!
//! - [`ledger`]: accounts, and money that moves between them; all else is built upon its one [`ledger::post`].

pub mod ledger;
#[cfg(test)]
mod tests;
