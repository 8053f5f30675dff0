//! That places are claimed by one person at a time, for a time, all or nothing.

mod apply;
mod baskets;
mod check_ins;
mod desk;
mod events;
mod holds;
mod orders;
#[cfg(test)]
mod plans;
mod sold;
mod waiting;

use super::seed::seed_events;
use plenum_core::ids::{EventId, Millis, SeatId, TicketTypeId};
use plenum_sales::server::holds::HoldPolicy;
use plenum_store::db::Tx;
use plenum_testing::House;

/// A quarter of an hour, and twice more.
pub(crate) const TERMS: HoldPolicy = HoldPolicy { lasts: 900_000, extensions: 2 };

/// A house with the demo's events; the first of its people runs them.
pub(crate) async fn house(people: i64) -> House {
    let house = House::with(people).await;
    let organiser = house.person(1).clone();
    house.store.write(async move |tx: &mut Tx| seed_events(tx, organiser.organisation, &organiser.card()).await).await.unwrap();
    house
}

/// The event with seats, and the first of these.
pub(crate) async fn seated(house: &House, seats: i64) -> (EventId, Vec<SeatId>) {
    let mut conn = house.store.look().await.unwrap();
    let event = sqlx::query_scalar("select min(event_id) from seats").fetch_one(&mut *conn).await.unwrap();
    let seats = sqlx::query_scalar("select id from seats where event_id = $1 order by id limit $2")
        .bind(event)
        .bind(seats)
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    (event, seats)
}

/// The event where people stand, its ticket type with the fewest places, and how many these are.
pub async fn standing(house: &House) -> (EventId, TicketTypeId, i64) {
    let mut conn = house.store.look().await.unwrap();
    sqlx::query_as("select event_id, id, capacity from ticket_types where not seated order by capacity limit 1")
        .fetch_one(&mut *conn)
        .await
        .unwrap()
}

/// Lets all holds end `ago` milliseconds before now, as if time had passed.
pub(crate) async fn end_all(house: &House, ago: Millis) {
    let body = async move |tx: &mut Tx| {
        let until = tx.now() - ago;
        sqlx::query("update holds set until = $1").bind(until).execute(&mut **tx).await?;
        sqlx::query("update held_seats set until = $1").bind(until).execute(&mut **tx).await?;
        sqlx::query("update held_places set until = $1").bind(until).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
}
