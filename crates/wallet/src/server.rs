//! The server's side of wallets: rules and SQL, one file a matter.
//!
//! - [`ledger`]: accounts, and money that moves between them; all else is built upon its one [`ledger::post`].
//! - [`deposits`], [`withdrawals`]: money on its way in and out.
//! - [`gateway`]: what takes people's money: [`card`], and [`simulator`], which is built in; [`callbacks`] is where gateways answer.
//! - [`bank`], [`accounts`]: bank accounts, checked and sealed; [`payment_files`]: what the organisation's bank is to pay, written by [`sepa`]; [`downloads`]: accounts in full.
//! - [`balances`]: what a person has; [`reading`]: a wallet, its statement, the withdrawals of an organisation; [`export`]: a statement as a file.
//! - [`leaving`]: what keeps its person from being removed.
//! - [`verify`]: proves that the ledger is even; [`fixtures`]: money for tests.

pub mod accounts;
mod balances;
pub mod bank;
pub mod callbacks;
pub mod card;
pub mod deposits;
pub mod downloads;
pub mod export;
pub mod fixtures;
pub mod gateway;
pub mod leaving;
pub mod ledger;
mod notices;
pub mod payment_files;
pub mod reading;
mod sepa;
pub mod simulator;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod withdrawals;

use crate::{
    live::{WalletEvent, WalletSettings},
    model::Money,
};
use plenum_core::{error::AppResult, people::Identity};
use plenum_store::db::Tx;

/// Sets below which balance somebody is reminded; zero: never.
pub async fn set_low_balance(tx: &mut Tx, who: &Identity, money: Money) -> AppResult<()> {
    sqlx::query(
        "insert into wallet_settings (person_id, low_balance) values ($1, $2)
         on conflict (person_id) do update set low_balance = excluded.low_balance",
    )
    .bind(who.person)
    .bind(money.amount)
    .execute(&mut **tx)
    .await?;
    tx.announce(who.person, &WalletEvent::SettingsChanged(WalletSettings { low_balance: money.amount }));
    Ok(())
}
