//! The ledger (I13).

use crate::{
    model::{Currency, Money},
    server::{
        ledger::{self, Bill},
        verify,
    },
};
use plenum_core::{error::ErrorKind, ids::OrderId};
use plenum_store::db::Tx;
use plenum_testing::House;

async fn sums(house: &House) -> (i64, i64) {
    let mut conn = house.store.look().await.unwrap();
    let all = sqlx::query_scalar("select sum(amount) from postings").fetch_one(&mut *conn).await.unwrap();
    let off = sqlx::query_scalar(
        "select count(*) from accounts where balance <> (select coalesce(sum(amount), 0) from postings where account_id = accounts.id)",
    );
    (all, off.fetch_one(&mut *conn).await.unwrap())
}

/// What is spent is there, is spent once, and the ledger is even after each refusal.
#[tokio::test]
async fn nobody_spends_what_they_do_not_have() {
    let house = House::with(2).await;
    let who = house.person(1).clone();
    let (organisation, person) = (who.organisation, who.person);
    let euros = |amount| Money::new(amount, Currency::Eur);
    let bill = move |order, amount| Bill { organisation, person, order: OrderId(order), note: "Seats", money: euros(amount) };
    house.store.write(async move |tx: &mut Tx| ledger::open(tx, organisation, person, euros(1_000)).await).await.unwrap();
    house.store.write(async move |tx: &mut Tx| ledger::pay(tx, bill(1, 700)).await).await.unwrap();
    let twice = house.store.write(async move |tx: &mut Tx| ledger::pay(tx, bill(1, 100)).await).await.unwrap_err();
    assert_eq!((twice.kind, twice.field), (ErrorKind::Conflict, None));
    let too_much = house.store.write(async move |tx: &mut Tx| ledger::pay(tx, bill(2, 301)).await).await.unwrap_err();
    assert_eq!((too_much.kind, too_much.field.as_deref()), (ErrorKind::Conflict, Some("balance")));
    house.store.write(async move |tx: &mut Tx| ledger::refund(tx, bill(1, 200), "1", None).await).await.unwrap();
    let back_twice = house.store.write(async move |tx: &mut Tx| ledger::refund(tx, bill(1, 200), "1", None).await).await;
    assert_eq!(back_twice.unwrap_err().kind, ErrorKind::Conflict);
    let mut conn = house.store.look().await.unwrap();
    let balance: i64 =
        sqlx::query_scalar("select balance from accounts where person_id = $1").bind(person).fetch_one(&mut *conn).await.unwrap();
    drop(conn);
    assert_eq!(balance, 500);
    assert_eq!(sums(&house).await, (0, 0));
}

/// Nothing in it is ever changed, not even by a statement at hand.
#[tokio::test]
async fn postings_stay() {
    let house = House::with(1).await;
    let who = house.person(1).clone();
    let money = Money::new(1_000, Currency::Eur);
    house.store.write(async move |tx: &mut Tx| ledger::open(tx, who.organisation, who.person, money).await).await.unwrap();
    for statement in [
        "update postings set amount = 1",
        "delete from postings",
        "insert or replace into postings select id, transfer_id, account_id, amount + 1, balance_after from postings limit 1",
        "update transfers set note = ''",
        "delete from transfers",
        "insert or replace into transfers select id, organisation_id, kind, key, subject_id, 'changed', by_person_id, at from transfers limit 1",
    ] {
        let tried = house.store.write(async move |tx: &mut Tx| {
            sqlx::query(statement).execute(&mut **tx).await?;
            Ok(())
        });
        tried.await.unwrap_err();
    }
    assert_eq!(sums(&house).await, (0, 0));
}

/// A kind of account or transfer that is no row is refused; inserting the row is all that it takes.
#[tokio::test]
async fn another_kind_takes_one_row() {
    let house = House::with(1).await;
    for (kind, first) in [
        (
            "insert into account_kinds (kind) values ('campaign')",
            "insert into accounts (organisation_id, kind, currency, created_at) values (1, 'campaign', 'EUR', 0)",
        ),
        (
            "insert into transfer_kinds (kind) values ('gift')",
            "insert into transfers (organisation_id, kind, key, subject_id, at) values (1, 'gift', 'gift:1', 1, 0)",
        ),
    ] {
        house.assert_kind_is_a_row(kind, first).await;
    }
}

/// Whatever is changed behind its back is found: a balance, a posting, what a posting says, a deposit that never came.
#[tokio::test]
async fn what_is_off_is_found() {
    let house = super::house(2).await;
    assert_eq!(super::off(&house).await, [] as [String; 0]);
    let deposit = super::begin(&house, 2, super::euros(500)).await.unwrap();
    for (statement, undo, found) in [
        (
            "update accounts set balance = balance + 1 where person_id = 2",
            "update accounts set balance = balance - 1 where person_id = 2",
            1,
        ),
        ("update postings set amount = amount + 1 where id = 1", "update postings set amount = amount - 1 where id = 1", 3),
        (
            "update postings set balance_after = balance_after + 1 where id = 1",
            "update postings set balance_after = balance_after - 1 where id = 1",
            1,
        ),
        (
            "update deposits set state = 'completed', ended_at = 1 where id = 1",
            "update deposits set state = 'pending', ended_at = null where id = 1",
            1,
        ),
    ] {
        for (statement, expected) in [(statement, found), (undo, 0)] {
            house
                .store
                .write(async move |tx: &mut Tx| {
                    // Only somebody who takes the triggers away can do that at all.
                    sqlx::query("drop trigger if exists postings_stay").execute(&mut **tx).await?;
                    sqlx::query(statement).execute(&mut **tx).await?;
                    Ok(())
                })
                .await
                .unwrap();
            let off = super::off(&house).await;
            assert_eq!(off.len(), expected, "{statement}: {off:?}");
        }
    }
    let path = house.store.path().to_owned();
    let proof = verify::verify(&path).await.unwrap();
    assert_eq!((proof.postings, proof.off.len(), deposit.id.0), (6, 0, 1), "beside the server, too");
}
