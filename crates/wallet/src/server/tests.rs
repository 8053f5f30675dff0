//! The rules of wallets, without a server: the ledger, what gateways answer, who decides about withdrawals, and that a page follows.

mod apply;
mod card;
mod deposits;
mod ledger;
mod payouts;
mod withdrawals;

use super::{
    bank::BankAccount,
    gateway::{Answer, Outcome},
    verify,
};
use crate::{
    model::{Currency, Money, deposit::Deposit},
    server,
};
use plenum_core::{error::AppResult, ids::DepositId, people::Role};
use plenum_store::db::Tx;
use plenum_testing::House;

fn euros(amount: i64) -> Money {
    Money::new(amount, Currency::Eur)
}

fn bank_account() -> BankAccount {
    BankAccount::parse("Sam Adeyemi", "DE89 3704 0044 0532 0130 00", "").unwrap()
}

/// People with 10.00 each; the first two run the place.
async fn house(count: i64) -> House {
    let mut house = House::with(count).await;
    let people: Vec<_> = house.people.iter().map(|who| (who.organisation, who.person)).collect();
    house
        .store
        .write(async move |tx: &mut Tx| {
            for (organisation, person) in &people {
                super::ledger::open(tx, *organisation, *person, euros(1_000)).await?;
            }
            for admin in [1, 2] {
                sqlx::query("insert into roles (person_id, role) values ($1, $2)").bind(admin).bind(Role::Admin).execute(&mut **tx).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    house.committed();
    house
}

/// What is off in the ledger.
async fn off(house: &House) -> Vec<String> {
    verify::prove(&mut house.store.read().await.unwrap()).await.unwrap().off
}

async fn balance(house: &House, person: usize) -> (i64, i64, i64) {
    let of = super::reading::balance(&mut house.store.look().await.unwrap(), house.person(person).person, Currency::Eur).await.unwrap();
    (of.available, of.pending_in, of.pending_out)
}

async fn begin(house: &House, person: usize, money: Money) -> AppResult<Deposit> {
    let who = house.person(person).clone();
    house.store.write(async move |tx: &mut Tx| server::deposits::begin(tx, &who, "simulator", money, None).await).await
}

/// The gateway answers for a deposit; `name` is what it calls the answer.
async fn answer(house: &House, id: DepositId, name: &str, outcome: Outcome) -> AppResult<server::deposits::Effect> {
    let payment = server::deposits::payment(&mut *house.store.look().await?, None, id).await?;
    let (amount, currency) = (payment.money.amount, payment.money.currency);
    let said = Answer { id: name.to_owned(), reference: payment.reference, outcome, amount, currency, intent: String::new() };
    house.store.write(async move |tx: &mut Tx| server::deposits::answer(tx, "simulator", &said).await).await
}
