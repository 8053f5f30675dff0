//! Refunds: by line, once, and all of a cancelled event.

use super::*;
use plenum_core::ids::OrderLineId;
use plenum_sales::server::orders::{Wanted as Back, refund_all};
use plenum_store::db::{Revocation, Scope};

pub(in crate::server::tests) async fn refund(
    house: &House,
    by: usize,
    id: OrderId,
    lines: Option<Vec<OrderLineId>>,
    although_used: bool,
) -> AppResult<Order> {
    let (who, wanted) = (house.person(by).clone(), Back::parse(lines, "Rained off", although_used)?);
    house.store.write(async move |tx: &mut Tx| orders::refund(tx, &who, id, &wanted).await).await
}

/// Line by line the money comes back and the seats are free; with the last one the buyer's right to the space ends (I24, S3-28).
#[tokio::test]
async fn lines_are_given_back() {
    let mut house = rich_house(3).await;
    let (event, seats) = seated(&house, 2).await;
    let paid = bought(&house, 2, event, &seats).await;
    let lines: Vec<OrderLineId> = paid.lines.iter().map(|line| line.id).collect();
    house.committed();
    let some = refund(&house, 1, paid.id, Some(lines[..1].to_vec()), false).await.unwrap();
    assert_eq!((some.state, some.refunded.amount, available(&house, 2).await), (OrderState::PartlyRefunded, 2_500, 7_500));
    assert_eq!((some.refunds[0].reason.as_str(), some.refunds[0].lines.as_slice()), ("Rained off", &lines[..1]));
    let revoked = |house: &mut House| {
        house.committed().into_iter().any(|item| matches!(item, Committed::Revoked(Revocation { scope: Scope::Channels(_), .. })))
    };
    assert!(!revoked(&mut house), "they have a ticket yet");
    let twice = refund(&house, 1, paid.id, Some(lines[..1].to_vec()), false).await.unwrap_err();
    assert_eq!((twice.kind, twice.field.as_deref()), (ErrorKind::Invalid, Some("lines")));
    check(&house).await;
    hold(&house, 3, event, &seats[..1]).await;
    let all = refund(&house, 1, paid.id, None, false).await.unwrap();
    assert_eq!((all.state, all.refunded.amount, available(&house, 2).await), (OrderState::Refunded, 5_000, 10_000));
    assert!(revoked(&mut house), "the space is closed to them");
    assert_eq!(refund(&house, 1, paid.id, None, false).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(count(&house, "select count(*) from activity where verb = 'order.refunded'").await, 2, "I32");
    assert_eq!(count(&house, "select count(*) from notifications where person_id = 2 and text = 'Rained off'").await, 2);
    check(&house).await;
}

/// What was used at the door is given back only if that is said.
#[tokio::test]
async fn a_used_ticket_is_given_back_on_purpose_only() {
    let house = rich_house(2).await;
    let (event, seats) = seated(&house, 1).await;
    let paid = bought(&house, 2, event, &seats).await;
    let use_it = async |tx: &mut Tx| {
        sqlx::query("update tickets set state = 'used', used_at = 1").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(use_it).await.unwrap();
    let refused = refund(&house, 1, paid.id, None, false).await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Conflict, Some("although_used")));
    assert_eq!(refund(&house, 1, paid.id, None, true).await.unwrap().state, OrderState::Refunded);
    check(&house).await;
}

/// A reason is said, and is not a novel; an empty choice is none.
#[test]
fn a_refund_has_a_reason() {
    assert_eq!(Back::parse(None, " \n ", false).unwrap_err().field.as_deref(), Some("reason"));
    assert_eq!(Back::parse(None, &"x".repeat(301), false).unwrap_err().field.as_deref(), Some("reason"));
    assert_eq!(Back::parse(Some(Vec::new()), "why", false).unwrap_err().field.as_deref(), Some("lines"));
    assert_eq!(Back::parse(None, " so  it is ", false).unwrap().reason, "so it is");
}

/// All of a cancelled event is given back, each order once, however often the job runs; of another event nothing is.
#[tokio::test]
async fn a_cancelled_event_gives_all_back() {
    let house = rich_house(6).await;
    let (event, seats) = seated(&house, 5).await;
    let mut paid = Vec::new();
    for by in 2..=5 {
        paid.push(bought(&house, by, event, &seats[by - 2..by - 1]).await);
    }
    refund(&house, 1, paid[0].id, None, false).await.unwrap();
    let held = hold(&house, 6, event, &seats[4..]).await;
    let waits = order(&house, 6, held.id).await;
    let run = async || refund_all(house.store.clone(), serde_json::json!({ "event": event })).await.unwrap();
    run().await;
    assert_eq!(available(&house, 3).await, 7_500, "it was not cancelled");
    let cancel = async move |tx: &mut Tx| {
        sqlx::query("update events set state = 'cancelled' where id = $1").bind(event).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(cancel).await.unwrap();
    for _ in 0..2 {
        run().await;
    }
    for (by, order) in (2..=5).zip(&paid) {
        let order = read(&house, order.id).await;
        assert_eq!((order.state, order.refunds.len(), available(&house, by).await), (OrderState::Refunded, 1, 10_000));
    }
    assert_eq!(read(&house, waits.id).await.state, OrderState::Cancelled);
    assert_eq!(count(&house, "select count(*) from transfers where kind = 'refund'").await, 4);
    assert_eq!(count(&house, "select count(*) from jobs where kind = 'box_office.refund_all'").await, 0);
    check(&house).await;
}

/// What the institution cannot give back now is tried again later; the others have theirs.
#[tokio::test]
async fn what_is_not_covered_is_owed() {
    let house = rich_house(3).await;
    let (event, seats) = seated(&house, 2).await;
    let first = bought(&house, 2, event, &seats[..1]).await;
    bought(&house, 3, event, &seats[1..]).await;
    let short = async move |tx: &mut Tx| {
        sqlx::query("update events set state = 'cancelled' where id = $1").bind(event).execute(&mut **tx).await?;
        sqlx::query("update accounts set floor = 2500 where kind = 'sales'").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(short).await.unwrap();
    let run = async || refund_all(house.store.clone(), serde_json::json!({ "event": event })).await.unwrap();
    run().await;
    assert_eq!(read(&house, first.id).await.state, OrderState::Refunded);
    assert_eq!(available(&house, 3).await, 7_500);
    assert_eq!(count(&house, "select count(*) from jobs where kind = 'box_office.refund_all' and due_at > created_at").await, 1, "later");
    let covered = async |tx: &mut Tx| {
        sqlx::query("update accounts set floor = 0 where kind = 'sales'").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(covered).await.unwrap();
    run().await;
    assert_eq!(available(&house, 3).await, 10_000);
    check(&house).await;
}
