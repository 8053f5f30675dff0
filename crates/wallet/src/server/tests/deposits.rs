//! What gateways answer has one effect, however often and in whatever order it comes (I6, I13).

use super::*;
use crate::{
    model::deposit::{DepositState, UNDER_WAY},
    server::deposits::{Effect, expire},
};
use plenum_core::error::ErrorKind;

async fn state(house: &House, id: DepositId) -> DepositState {
    server::deposits::deposit_find(&mut house.store.look().await.unwrap(), house.person(3).person, id).await.unwrap().state
}

/// The same answer ten times, another one of the same content, and a refusal after it: credited once, and told once.
#[tokio::test]
async fn an_approval_is_credited_once() {
    let mut house = house(3).await;
    let deposit = begin(&house, 3, euros(500)).await.unwrap();
    assert_eq!(balance(&house, 3).await, (1_000, 500, 0), "it is not there before the gateway has answered");
    for _ in 0..10 {
        assert_eq!(answer(&house, deposit.id, "a", Outcome::Approved).await, Ok(Effect::Credited));
    }
    assert_eq!(answer(&house, deposit.id, "b", Outcome::Approved).await, Ok(Effect::Nothing));
    assert_eq!(answer(&house, deposit.id, "c", Outcome::Declined).await, Ok(Effect::Disputed));
    assert_eq!((balance(&house, 3).await, state(&house, deposit.id).await), ((1_500, 0, 0), DepositState::Completed));
    assert_eq!(off(&house).await, [] as [String; 0]);
    let told = house.announced("private-person.3");
    let count = |name: &str| told.iter().filter(|(event, _)| event == name).count();
    assert_eq!(
        ["deposit.begun", "balance.changed", "deposit.completed", "notification.created"].map(count),
        [1, 1, 1, 1],
        "S1-35, S1-37, S1-05"
    );
    let notice = told.iter().find(|(event, _)| event == "notification.created").unwrap();
    assert!(notice.1.contains("in your wallet") && !notice.1.contains('€'), "how much it is stands in the wallet only: {}", notice.1);
    assert_eq!(house.count("select count(*) from activity where verb = 'deposit.completed'").await, 1, "I32");
    assert_eq!(house.count("select count(*) from activity where verb = 'deposit.disputed' and audience = 'admins'").await, 1);
    assert_eq!(house.count("select count(*) from jobs where kind = 'wallet.expire'").await, 0, "it does not expire any more");
}

/// A gateway that declines and then approves contradicts itself: nothing moves, and the audit log says so.
#[tokio::test]
async fn a_contradiction_moves_nothing() {
    let house = house(3).await;
    let deposit = begin(&house, 3, euros(500)).await.unwrap();
    assert_eq!(answer(&house, deposit.id, "a", Outcome::Declined).await, Ok(Effect::Declined));
    assert_eq!(answer(&house, deposit.id, "b", Outcome::Approved).await, Ok(Effect::Disputed));
    assert_eq!(answer(&house, deposit.id, "b", Outcome::Approved).await, Ok(Effect::Disputed));
    assert_eq!((balance(&house, 3).await, state(&house, deposit.id).await), ((1_000, 0, 0), DepositState::Declined));
    assert_eq!(house.count("select count(*) from gateway_answers").await, 2);
    assert_eq!(house.count("select count(*) from activity where verb = 'deposit.disputed'").await, 1);
}

/// What is not paid in time expires, not before; an approval after that is credited, for the gateway has the money.
#[tokio::test]
async fn an_approval_after_its_time_is_credited() {
    let house = house(3).await;
    let (late, never) = (begin(&house, 3, euros(500)).await.unwrap(), begin(&house, 3, euros(700)).await.unwrap());
    let run = async |id: DepositId| expire(house.store.clone(), serde_json::json!({ "deposit": id })).await.unwrap();
    run(late.id).await;
    assert_eq!(state(&house, late.id).await, DepositState::Pending, "it has time");
    let overdue = async |tx: &mut Tx| {
        sqlx::query("update deposits set expires_at = 1").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(overdue).await.unwrap();
    for id in [late.id, never.id, late.id] {
        run(id).await;
    }
    assert_eq!(balance(&house, 3).await, (1_000, 0, 0));
    assert_eq!(answer(&house, late.id, "a", Outcome::Approved).await, Ok(Effect::Credited));
    assert_eq!(answer(&house, never.id, "a", Outcome::Declined).await, Ok(Effect::Nothing));
    assert_eq!(balance(&house, 3).await, (1_500, 0, 0));
    run(late.id).await;
    assert_eq!((state(&house, late.id).await, state(&house, never.id).await), (DepositState::Completed, DepositState::Expired));
    assert_eq!(off(&house).await, [] as [String; 0]);
}

/// Too little, too much, too many; an answer about another amount, or about what this gateway was never asked for.
#[tokio::test]
async fn what_is_refused() {
    let house = house(3).await;
    for amount in [-500, 0, 99, 1_000_001] {
        assert_eq!(begin(&house, 3, euros(amount)).await.unwrap_err().field.as_deref(), Some("amount"), "{amount}");
    }
    for _ in 0..UNDER_WAY {
        begin(&house, 3, euros(500)).await.unwrap();
    }
    assert_eq!(begin(&house, 3, euros(500)).await.unwrap_err().kind, ErrorKind::Conflict);
    let payment = server::deposits::payment(&mut house.store.look().await.unwrap(), None, DepositId(1)).await.unwrap();
    let said = |reference: &str, amount| Answer {
        id: "a".to_owned(),
        reference: reference.to_owned(),
        outcome: Outcome::Approved,
        amount,
        currency: Currency::Eur,
        intent: String::new(),
    };
    for (adapter, answer, kind) in [
        ("simulator", said(&payment.reference, 50_000), ErrorKind::Invalid),
        ("simulator", said("unheard of", 500), ErrorKind::NotFound),
        ("another", said(&payment.reference, 500), ErrorKind::NotFound),
        ("simulator", Answer { id: "x".repeat(65), ..said(&payment.reference, 500) }, ErrorKind::Invalid),
    ] {
        let refused = house.store.write(async move |tx: &mut Tx| server::deposits::answer(tx, adapter, &answer).await).await;
        assert_eq!(refused.unwrap_err().kind, kind);
    }
    let stranger = house.person(2).person;
    assert_eq!(
        server::deposits::deposit_find(&mut house.store.look().await.unwrap(), stranger, DepositId(1)).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
    assert_eq!(balance(&house, 3).await, (1_000, 500 * UNDER_WAY, 0));
}
