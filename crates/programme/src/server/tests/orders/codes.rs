//! Promo codes: to the cent, within their limits, and counted when they are paid.

use super::*;
use plenum_core::people::Identity;
use plenum_sales::{
    model::promo::Promo,
    server::promo::{self, Entered},
};

async fn make(house: &House, by: usize, event: EventId, entered: Entered) -> AppResult<Promo> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| promo::create(tx, &who, event, &entered).await).await
}

fn percent(code: &str, off: &str) -> Entered {
    Entered { code: code.into(), by: "percent".into(), off: off.into(), ..Entered::default() }
}

fn using(code: &str) -> Wish {
    Wish::parse(Some(code)).unwrap()
}

/// A code lowers each line; taking it away puts the price back; what it takes off is in the ledger, and comes back with a line.
#[tokio::test]
async fn a_code_lowers_the_price() {
    let house = rich_house(2).await;
    let (event, seats) = seated(&house, 3).await;
    make(&house, 1, event, percent("members10", "10")).await.unwrap();
    let held = hold(&house, 2, event, &seats).await;
    let lowered = create(&house, 2, held.id, using("Members10")).await.unwrap();
    assert_eq!((lowered.subtotal.amount, lowered.discount.amount, lowered.total.amount), (7_500, 750, 6_750));
    assert_eq!(create(&house, 2, held.id, Wish::Keep).await.unwrap(), lowered);
    assert_eq!(create(&house, 2, held.id, Wish::Nothing).await.unwrap().total.amount, 7_500);
    let unknown = create(&house, 2, held.id, using("nobody")).await.unwrap_err();
    assert_eq!((unknown.kind, unknown.field.as_deref()), (ErrorKind::NotFound, Some("promo")));
    let lowered = create(&house, 2, held.id, using("MEMBERS10")).await.unwrap();
    pay(&house, 2, lowered.id, Some(6_750)).await.unwrap().paid().unwrap();
    assert_eq!(available(&house, 2).await, 3_250);
    assert_eq!(count(&house, "select uses from promo_codes").await, 1);
    check(&house).await;
}

/// Two want the last use: one pays, and the other is told before any money moves.
#[tokio::test]
async fn the_last_use_is_ones() {
    let house = rich_house(3).await;
    let (event, seats) = seated(&house, 2).await;
    make(&house, 1, event, Entered { most_uses: "1".into(), ..percent("once", "50") }).await.unwrap();
    let mut made = Vec::new();
    for by in [2, 3] {
        let held = hold(&house, by, event, &seats[by - 2..by - 1]).await;
        made.push(create(&house, by, held.id, using("once")).await.unwrap());
    }
    pay(&house, 2, made[0].id, None).await.unwrap().paid().unwrap();
    let refused = pay(&house, 3, made[1].id, None).await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref(), available(&house, 3).await), (ErrorKind::Conflict, Some("promo"), 10_000));
    let without = create(&house, 3, made[1].hold_id, Wish::Nothing).await.unwrap();
    assert_eq!(pay(&house, 3, without.id, Some(2_500)).await.unwrap().paid().unwrap().state, OrderState::Paid);
    check(&house).await;
}

/// A code has a window, a limit for each person and an end; of another event it is none.
#[tokio::test]
async fn a_code_has_limits() {
    let house = rich_house(2).await;
    let (event, seats) = seated(&house, 2).await;
    let early = Entered { from: "2999-01-01T00:00".into(), ..percent("early", "5") };
    let late = Entered { until: "2001-01-01T00:00".into(), ..percent("late", "5") };
    let each = Entered { most_each: "1".into(), ..percent("each", "5") };
    let mut ids = Vec::new();
    for entered in [early, late, each] {
        ids.push(make(&house, 1, event, entered).await.unwrap().id);
    }
    let taken = make(&house, 1, event, percent("EACH", "5")).await.unwrap_err();
    assert_eq!((taken.kind, taken.field.as_deref()), (ErrorKind::Conflict, Some("code")));
    let held = hold(&house, 2, event, &seats[..1]).await;
    for code in ["early", "late"] {
        let refused = create(&house, 2, held.id, using(code)).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Conflict, Some("promo")), "{code}");
    }
    let made = create(&house, 2, held.id, using("each")).await.unwrap();
    pay(&house, 2, made.id, None).await.unwrap().paid().unwrap();
    let held = hold(&house, 2, event, &seats[1..]).await;
    assert_eq!(create(&house, 2, held.id, using("each")).await.unwrap_err().kind, ErrorKind::Conflict, "once for each");
    let who = house.person(1).clone();
    let id = ids[2];
    house.store.write(async move |tx: &mut Tx| promo::end(tx, &who, id).await).await.unwrap();
    assert_eq!(create(&house, 2, held.id, using("each")).await.unwrap_err().kind, ErrorKind::NotFound, "it was ended");
    let (other, ticket_type_id, _) = standing(&house).await;
    let held =
        try_hold(&house, 2, other, Wanted { seats: Vec::new(), standing: vec![Places { ticket_type_id, quantity: 1 }] }).await.unwrap();
    assert_eq!(create(&house, 2, held.id, using("each")).await.unwrap_err().kind, ErrorKind::NotFound, "it is of another event");
}

/// Only those who run an event, or the organisation, see and make its codes (I24).
#[tokio::test]
async fn only_those_who_run_it_make_codes() {
    let house = rich_house(2).await;
    let (event, _) = seated(&house, 1).await;
    let list = async |who: &Identity| {
        let epoch = house.store.epoch().clone();
        promo::list(&mut house.store.read().await.unwrap(), who, &epoch, event).await
    };
    assert_eq!(make(&house, 2, event, percent("mine", "5")).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(list(house.person(2)).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(make(&house, 3, event, percent("mine", "5")).await.unwrap_err().kind, ErrorKind::NotFound, "another organisation's");
    make(&house, 1, event, percent("ours", "5")).await.unwrap();
    assert_eq!(list(house.person(1)).await.unwrap().state.promos.len(), 1);
    assert_eq!(count(&house, "select count(*) from activity where verb = 'promo.created'").await, 1);
}
