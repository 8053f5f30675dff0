//! What the gateway says of a card has one effect, in whatever order it says it (I36).

use std::sync::Arc;

use futures::future::LocalBoxFuture;

use super::*;
use crate::server::{
    card::{NAME, PaidOrders, payments::CardPayment, settling::settle},
    deposits::Effect,
};

/// No orders: only wallets are filled here.
struct NoOrders;

impl PaidOrders for NoOrders {
    fn pay<'a>(&'a self, _: &'a mut Tx, _: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<bool>> {
        Box::pin(async { Ok(false) })
    }

    fn follow<'a>(&'a self, _: &'a mut Tx, _: &'a CardPayment) -> LocalBoxFuture<'a, AppResult<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// A deposit by card, and what the gateway calls it.
async fn begin_by_card(house: &House, money: Money) -> String {
    let who = house.person(3).clone();
    let begin = async move |tx: &mut Tx| server::deposits::begin(tx, &who, NAME, money, None).await;
    let deposit = house.store.write(begin).await.unwrap();
    server::deposits::payment(&mut house.store.look().await.unwrap(), None, deposit.id).await.unwrap().reference
}

async fn say(house: &House, reference: &str, outcome: Outcome, money: Money) -> AppResult<Effect> {
    let Money { amount, currency } = money;
    let said = Answer { id: "evt".to_owned(), reference: reference.to_owned(), outcome, amount, currency, intent: "pi".to_owned() };
    let orders: Arc<dyn PaidOrders> = Arc::new(NoOrders);
    settle(&house.store, &orders, &said).await
}

/// Paid twice, declined and expired, in all orders: the money is in the wallet once, and the ledger proves it.
#[tokio::test]
async fn money_is_there_once_in_whatever_order() {
    use Outcome::{Approved, Declined, Expired};
    let house = house(3).await;
    let said = [Approved, Approved, Declined, Expired];
    let mut rounds = 0;
    for first in 0..4 {
        for second in (0..4).filter(|place| *place != first) {
            for third in (0..4).filter(|place| ![first, second].contains(place)) {
                let last = 6 - first - second - third;
                let reference = begin_by_card(&house, euros(100)).await;
                for place in [first, second, third, last] {
                    say(&house, &reference, said[place], euros(100)).await.unwrap();
                }
                rounds += 1;
                assert_eq!(balance(&house, 3).await, (1_000 + 100 * rounds, 0, 0), "{first} {second} {third}");
                assert_eq!(off(&house).await, [] as [String; 0]);
            }
        }
    }
    assert_eq!(house.count("select balance from accounts where kind = 'captured'").await, 0);
    assert_eq!(house.count("select count(*) from card_payments where state in ('used', 'credited')").await, 24);
}

/// Another amount than was asked for moves nothing, and a payment of somebody else's program is none of ours.
#[tokio::test]
async fn only_what_was_asked_for_is_captured() {
    let house = house(3).await;
    let reference = begin_by_card(&house, euros(100)).await;
    assert_eq!(say(&house, &reference, Outcome::Approved, euros(99)).await.unwrap_err().field.as_deref(), Some("amount"));
    assert_eq!(say(&house, "unknown", Outcome::Approved, euros(100)).await, Ok(Effect::Nothing));
    assert_eq!(balance(&house, 3).await, (1_000, 100, 0));
    assert_eq!(house.count("select count(*) from transfers where kind = 'capture'").await, 0);
}

/// What is off in a payment by card is found: one that was not captured, and one that went nowhere.
#[tokio::test]
async fn what_is_off_with_a_card_is_found() {
    let house = house(3).await;
    let reference = begin_by_card(&house, euros(100)).await;
    for (statement, found) in [
        ("update card_payments set state = 'used', captured_at = 1", 2),
        ("update card_payments set state = 'returning', captured_at = 1", 1),
        ("update card_payments set state = 'open', captured_at = null", 0),
    ] {
        let change = async move |tx: &mut Tx| {
            sqlx::query(statement).execute(&mut **tx).await?;
            Ok(())
        };
        house.store.write(change).await.unwrap();
        let off = off(&house).await;
        assert_eq!(off.len(), found, "{statement}: {off:?}");
    }
    say(&house, &reference, Outcome::Approved, euros(100)).await.unwrap();
    assert_eq!(off(&house).await, [] as [String; 0]);
}
