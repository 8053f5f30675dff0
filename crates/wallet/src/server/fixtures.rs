//! Money for a server under test, posted as all other money is.

use super::ledger::{self, AccountKind, Transfer, TransferKind};
use crate::model::Money;
use plenum_core::{
    error::AppResult,
    ids::{OrganisationId, PersonId},
};
use plenum_store::db::Tx;

/// Brings a wallet to `money`: what is missing comes from the world outside, what is too much goes there.
pub async fn set_balance(tx: &mut Tx, organisation: OrganisationId, person: PersonId, money: Money) -> AppResult<()> {
    let wallet = ledger::of_person(tx, organisation, person, money.currency).await?;
    let gets = money.amount - ledger::available(tx, person, money.currency).await?.amount;
    if gets == 0 {
        return Ok(());
    }
    let gateway = ledger::organisation_account(tx, organisation, AccountKind::Gateway, money.currency).await?;
    let transfer = Transfer {
        organisation,
        kind: TransferKind::Opening,
        key: format!("testing:{:016x}", rand::random::<u64>()),
        subject: person.0,
        note: "Set by a test",
        by: None,
        postings: &[(wallet, gets), (gateway, -gets)],
    };
    ledger::post(tx, transfer).await.map(drop)
}
