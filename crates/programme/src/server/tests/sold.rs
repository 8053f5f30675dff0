//! Orders that are paid, and given back, for what follows from them: tickets, doors, the desk.

use crate::server::tests::TERMS;
use plenum_core::ids::{EventId, OrderId, OrderLineId, SeatId, TicketId};
use plenum_sales::{
    model::hold::Wanted,
    server::{
        holds,
        orders::{self, Wish},
    },
};
use plenum_store::db::Tx;
use plenum_testing::House;
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger,
};

/// Sells seats to a person, who has enough for them; returns the order and its tickets.
pub async fn sell(house: &House, person: usize, event: EventId, seats: &[SeatId]) -> (OrderId, Vec<TicketId>) {
    let (who, wanted) = (house.person(person).clone(), Wanted { seats: seats.to_vec(), standing: Vec::new() });
    let body = async move |tx: &mut Tx| {
        sqlx::query("update events set places_each = 50 where id = $1").bind(event).execute(&mut **tx).await?;
        let opened: Option<i64> =
            sqlx::query_scalar("select id from accounts where person_id = $1").bind(who.person).fetch_optional(&mut **tx).await?;
        if opened.is_none() {
            ledger::open(tx, who.organisation, who.person, Money::new(1_000_000, Currency::Eur)).await?;
        }
        let hold = holds::hold(tx, &who, event, &wanted, TERMS).await?;
        let made = orders::create(tx, &who, hold.id, &Wish::Keep).await?;
        let paid = orders::pay(tx, &who, made.id, None).await?.paid()?;
        Ok((paid.id, paid.lines.iter().filter_map(|line| line.ticket_id).collect()))
    };
    house.store.write(body).await.unwrap()
}

/// Gives the money of a ticket back, used or not; nothing happens if it was given back before.
pub async fn give_back(house: &House, ticket: TicketId) {
    let organiser = house.person(1).clone();
    let body = async move |tx: &mut Tx| {
        let of: Option<(OrderId, OrderLineId)> = sqlx::query_as(
            "select l.order_id, l.id from tickets t join order_lines l on l.id = t.order_line_id where t.id = $1 and t.state <> 'void'",
        )
        .bind(ticket)
        .fetch_optional(&mut **tx)
        .await?;
        let Some((order, line)) = of else { return Ok(()) };
        let wanted = orders::Wanted::parse(Some(vec![line]), "Rained off", true)?;
        orders::refund(tx, &organiser, order, &wanted).await.map(drop)
    };
    house.store.write(body).await.unwrap();
}
