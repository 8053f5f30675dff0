//! Holds (I1 to I4).

use super::{TERMS, end_all, house, seated, standing};
use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::{EventId, SeatId},
};
use plenum_events::server::availability;
use plenum_sales::{
    model::hold::{Hold, Places, Wanted},
    server::holds,
};
use plenum_store::db::{Tx, now};
use plenum_testing::House;

async fn hold(house: &House, by: usize, event: EventId, wanted: Wanted) -> AppResult<Hold> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| holds::hold(tx, &who, event, &wanted, TERMS).await).await
}

fn of(seats: &[SeatId]) -> Wanted {
    Wanted { seats: seats.to_vec(), standing: Vec::new() }
}

/// Each seat is in one hold; a basket that cannot be had whole is not had at all (I1, I2).
#[tokio::test]
async fn a_seat_is_in_one_hold_and_a_basket_is_whole() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 3).await;
    let first = hold(&house, 1, event, of(&seats[..2])).await.unwrap();
    assert_eq!(first.seats, seats[..2]);
    let refused = hold(&house, 2, event, of(&[seats[2], seats[1]])).await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Conflict, Some("seats")));
    let mut conn = house.store.read().await.unwrap();
    let mine = holds::of_person(&mut conn, house.person(2).person, event, now(), TERMS).await.unwrap();
    assert_eq!(mine, None, "half a basket was kept");
    drop(conn);
    assert_eq!(hold(&house, 1, event, of(&seats[..1])).await.unwrap(), first, "holding again changes nothing");
    assert_eq!(hold(&house, 2, event, of(&seats[2..])).await.unwrap().seats, seats[2..]);
}

/// What has ended is free for the next one, though nothing has swept it (I3).
#[tokio::test]
async fn a_hold_that_has_ended_claims_nothing() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 2).await;
    hold(&house, 1, event, of(&seats)).await.unwrap();
    end_all(&house, 1).await;
    let taken = hold(&house, 2, event, of(&seats[..1])).await.unwrap();
    assert_eq!(taken.seats, seats[..1]);
    let again = hold(&house, 1, event, of(&seats[1..])).await.unwrap();
    assert_eq!(again.seats, seats[1..], "what had ended is not in the new basket");
    let who = house.person(2).clone();
    house.store.write(async move |tx: &mut Tx| holds::release(tx, &who, taken.id).await).await.unwrap();
    assert_eq!(hold(&house, 1, event, of(&seats[..1])).await.unwrap().seats, seats);
}

/// Standing places are never more than there are, and are counted (I4).
#[tokio::test]
async fn standing_places_are_counted() {
    let house = house(9).await;
    let (event, ticket_type_id, capacity) = standing(&house).await;
    let some = |quantity| Wanted { seats: Vec::new(), standing: vec![Places { ticket_type_id, quantity }] };
    for person in 1..=6 {
        hold(&house, person, event, some(6)).await.unwrap();
    }
    let refused = hold(&house, 7, event, some(capacity - 35)).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("standing"));
    hold(&house, 7, event, some(capacity - 36)).await.unwrap();
    hold(&house, 8, event, some(1)).await.unwrap_err();
    hold(&house, 1, event, some(5)).await.unwrap();
    hold(&house, 8, event, some(1)).await.unwrap();
    let left = availability::availability_of_event(&mut house.store.look().await.unwrap(), event, now()).await.unwrap();
    let of_type = left.ticket_types.iter().find(|known| known.id == ticket_type_id).unwrap();
    assert!(left.ticket_types.iter().all(|known| known.is_sound()), "{left:?}");
    assert_eq!((of_type.held, of_type.available), (capacity, 0));
}

/// Nobody has more places than the event allows to one person.
#[tokio::test]
async fn one_person_has_so_many_places() {
    let house = house(2).await;
    let (event, seats) = seated(&house, 7).await;
    assert_eq!(hold(&house, 1, event, of(&seats)).await.unwrap_err().field.as_deref(), Some("seats"));
    hold(&house, 1, event, of(&seats[..6])).await.unwrap();
    hold(&house, 1, event, of(&seats[6..])).await.unwrap_err();
}
