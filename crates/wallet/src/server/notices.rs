//! What people are told when their money is on its way.

use super::balances;
use crate::{
    live::{DepositChanged, WalletEvent, WithdrawalChanged},
    model::{deposit::Deposit, withdrawal::Withdrawal},
};
use plenum_core::{error::AppResult, ids::PersonId};
use plenum_inbox::{model::Category, server as inbox, server::News};
use plenum_store::db::Tx;

/// Tells a person how a deposit of theirs is now.
pub(super) async fn deposit(tx: &mut Tx, person: PersonId, deposit: Deposit, event: fn(DepositChanged) -> WalletEvent) -> AppResult<()> {
    let balance = balances::balance(tx, person, deposit.currency).await?;
    tx.announce(person, &event(DepositChanged { deposit, balance }));
    Ok(())
}

/// Tells a person how a withdrawal of theirs is now.
pub(super) async fn withdrawal(
    tx: &mut Tx,
    person: PersonId,
    withdrawal: Withdrawal,
    event: fn(WithdrawalChanged) -> WalletEvent,
) -> AppResult<()> {
    let balance = balances::balance(tx, person, withdrawal.currency).await?;
    tx.announce(person, &event(WithdrawalChanged { withdrawal, balance }));
    Ok(())
}

/// Puts it into a person's inbox (S1-05). How much it is stands in the wallet only: a notification may lie open on other screens.
pub(super) async fn notify(tx: &mut Tx, person: PersonId, subject: String, title: &str, text: &str) -> AppResult<()> {
    let news = News {
        category: Category::Money,
        title: title.to_owned(),
        text: text.to_owned(),
        link: "/wallet".to_owned(),
        actor: None,
        subject: Some(subject),
        thread: None,
        group: None,
    };
    inbox::notify(tx, &[person], &news).await
}
