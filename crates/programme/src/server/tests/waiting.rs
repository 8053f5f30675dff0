//! Waiting lists (S3-32): first come, first served, and nothing is lost.

use super::{TERMS, end_all, house, standing};
use plenum_core::ids::{EventId, PersonId, TicketTypeId};
use plenum_events::server::availability;
use plenum_sales::{
    model::{hold::Places, waiting_list::WaitingState},
    server::{baskets, expiry, holds, waiting_list},
};
use plenum_store::db::{Tx, now};
use plenum_testing::House;

async fn stand(house: &House, by: usize, event: EventId, kind: TicketTypeId, quantity: i64) -> bool {
    let who = house.person(by).clone();
    let places = Places { ticket_type_id: kind, quantity };
    house.store.write(async move |tx: &mut Tx| baskets::stand(tx, &who, event, places, TERMS).await).await.is_ok()
}

async fn join(house: &House, by: usize, kind: TicketTypeId) -> bool {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| waiting_list::join(tx, &who, kind, TERMS).await).await.is_ok()
}

/// Those whom a place is held for.
async fn offered(house: &House) -> Vec<PersonId> {
    let mut conn = house.store.look().await.unwrap();
    let people = sqlx::query_scalar("select person_id from waiting where state = 'offered' order by id");
    people.fetch_all(&mut *conn).await.unwrap()
}

async fn small(people: i64, capacity: i64) -> (House, EventId, TicketTypeId) {
    let house = house(people).await;
    let (event, kind, _) = standing(&house).await;
    let body = async move |tx: &mut Tx| {
        sqlx::query("update ticket_types set capacity = $2 where id = $1").bind(kind).bind(capacity).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
    (house, event, kind)
}

/// As many as become free are offered, in the order in which people came; what lapses goes on, until nobody waits.
#[tokio::test]
async fn what_is_freed_goes_down_the_list() {
    let (house, event, kind) = small(12, 3).await;
    assert!(stand(&house, 1, event, kind, 3).await);
    for person in [5, 4, 3, 6, 2] {
        assert!(join(&house, person, kind).await);
    }
    assert!(stand(&house, 1, event, kind, 1).await, "two places become free");
    assert_eq!(offered(&house).await, [PersonId(5), PersonId(4)]);
    assert!(!stand(&house, 7, event, kind, 1).await, "they are held");
    for expected in [vec![PersonId(3), PersonId(6), PersonId(2)], vec![]] {
        end_all(&house, 1).await;
        expiry::sweep(&house.store).await.unwrap();
        assert_eq!(offered(&house).await, expected);
        let left = availability::availability_of_event(&mut house.store.look().await.unwrap(), event, now()).await.unwrap();
        assert!(left.ticket_types.iter().all(|known| known.is_sound()), "{left:?}");
    }
    assert!(stand(&house, 7, event, kind, 3).await, "nothing was lost on the way");
}

/// A dead sweeper changes nothing: whoever comes by after an end gets no place that somebody waits for.
#[tokio::test]
async fn whoever_comes_by_does_not_overtake() {
    let (house, event, kind) = small(4, 1).await;
    assert!(stand(&house, 1, event, kind, 1).await);
    assert!(join(&house, 2, kind).await);
    end_all(&house, 1).await;
    assert!(!stand(&house, 3, event, kind, 1).await);
    // The refusal took all of its transaction back; the place is still the next one's.
    expiry::sweep(&house.store).await.unwrap();
    assert_eq!(offered(&house).await, [PersonId(2)]);
    assert!(!stand(&house, 3, event, kind, 1).await);
}

/// All places are held by a crowd, somebody waits for one, and all of these holds have ended. Returns who waits, and who comes by.
async fn crowd_has_gone() -> (House, EventId, TicketTypeId, usize, usize) {
    let crowd = 4 * expiry::AT_ONCE;
    let (house, event, kind) = small(crowd + 2, crowd).await;
    let (waits, comes) = (usize::try_from(crowd).unwrap() + 1, usize::try_from(crowd).unwrap() + 2);
    for person in 1..waits {
        assert!(stand(&house, person, event, kind, 1).await);
    }
    assert!(join(&house, waits, kind).await);
    end_all(&house, 1).await;
    (house, event, kind, waits, comes)
}

const EXPIRED: &str = "select count(*) from holds where state = 'expired'";

/// However many holds have ended, the write of a hold ends a few of them: who waits gets the first place, and who comes by gets another.
#[tokio::test]
async fn one_write_ends_a_few_holds() {
    let (house, event, kind, waits, comes) = crowd_has_gone().await;
    assert!(stand(&house, comes, event, kind, 1).await);
    assert_eq!(house.count(EXPIRED).await, expiry::AT_ONCE);
    assert_eq!(offered(&house).await, [house.person(waits).person]);
}

/// The others are ended before, in writes of their own, if somebody waits; where nobody does the task has time.
#[tokio::test]
async fn many_ends_go_before_a_hold() {
    let (house, event, kind, waits, comes) = crowd_has_gone().await;
    expiry::make_way(&house.store, event).await.unwrap();
    assert_eq!(house.count(EXPIRED).await, 4 * expiry::AT_ONCE);
    assert_eq!(offered(&house).await, [house.person(waits).person]);
    assert!(stand(&house, comes, event, kind, 1).await);
    end_all(&house, 1).await;
    expiry::make_way(&house.store, event).await.unwrap();
    assert_eq!(house.count(EXPIRED).await, 4 * expiry::AT_ONCE);
}

/// More offers than one write makes are made by those that follow it, and each place is offered once.
#[tokio::test]
async fn many_offers_are_made_some_at_a_time() {
    let (house, event, kind) = small(60, 30).await;
    let body = async move |tx: &mut Tx| {
        sqlx::query("update ticket_types set sold = capacity where id = $1").bind(kind).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
    for person in 1..=50 {
        assert!(join(&house, person, kind).await);
    }
    // All is given back at once, as when a large order is refunded.
    let body = async move |tx: &mut Tx| {
        sqlx::query("update ticket_types set sold = 0 where id = $1").bind(kind).execute(&mut **tx).await?;
        holds::seats_announce(tx, event, Vec::new()).await
    };
    house.store.write(body).await.unwrap();
    expiry::sweep(&house.store).await.unwrap();
    let expected: Vec<PersonId> = (1..=30).map(PersonId).collect();
    assert_eq!(offered(&house).await, expected);
    assert_eq!(house.count("select count(*) from notifications").await, 30, "each of them is told");
}

/// Whoever has all that one can have is passed over and stays where they are; an offer joins the basket that one has.
#[tokio::test]
async fn an_offer_joins_a_basket() {
    let (house, event, kind) = small(4, 2).await;
    let other: TicketTypeId = {
        let mut conn = house.store.look().await.unwrap();
        let other = sqlx::query_scalar("select id from ticket_types where event_id = $1 and id <> $2");
        other.bind(event).bind(kind).fetch_one(&mut *conn).await.unwrap()
    };
    assert!(stand(&house, 1, event, kind, 2).await);
    assert!(join(&house, 2, kind).await && join(&house, 3, kind).await);
    assert!(stand(&house, 2, event, other, 6).await && stand(&house, 3, event, other, 2).await);
    assert!(stand(&house, 1, event, kind, 1).await);
    assert_eq!(offered(&house).await, [PersonId(3)]);
    let mut conn = house.store.look().await.unwrap();
    let basket = holds::of_person(&mut conn, PersonId(3), event, now(), TERMS).await.unwrap().unwrap();
    assert_eq!(basket.places(), 3);
    let waits = waiting_list::of_person(&mut conn, PersonId(2), event).await.unwrap();
    assert_eq!(waits.first().map(|own| (own.state, own.place)), Some((WaitingState::Waiting, 1)));
    drop(conn);
    // Two of the six are let go: there is room for the place that is freed next.
    assert!(stand(&house, 2, event, other, 4).await && stand(&house, 1, event, kind, 0).await);
    assert_eq!(offered(&house).await, [PersonId(2), PersonId(3)]);
}
