//! Orders that are paid, and given back, for what follows from them: tickets, doors, the desk.

use crate::{
    features::{
        box_office::server::{desk, holds, tickets},
        messages::server::tests::House,
        wallet::{
            model::{Currency, Money},
            server::ledger::{self, Bill},
        },
    },
    ids::{EventId, HoldId, OrderId, OrderLineId, SeatId, TicketId},
    server::db::Tx,
};

/// Sells seats to a person, as paying an order does; returns the order and its tickets.
pub(super) async fn sell(house: &House, person: usize, event: EventId, seats: &[SeatId]) -> (OrderId, Vec<TicketId>) {
    let who = house.person(person).clone();
    let seats = seats.to_vec();
    let body = async move |tx: &mut Tx| {
        let now = tx.now();
        let hold: HoldId = sqlx::query_scalar(
            "insert into holds (event_id, person_id, state, until, created_at) values ($1, $2, 'bought', $3, $3) returning id",
        )
        .bind(event)
        .bind(who.person)
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
        let order: OrderId = sqlx::query_scalar(
            "insert into orders (organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at, paid_at)
             values ($1, $2, $3, $4, 'T-' || $4, 'paid', 'EUR', 0, $5, $5) returning id",
        )
        .bind(who.organisation)
        .bind(event)
        .bind(who.person)
        .bind(hold)
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
        let mut made = Vec::new();
        for seat in &seats {
            let line: OrderLineId = sqlx::query_scalar(
                "insert into order_lines (order_id, ticket_type_id, seat_id, state, price)
                 select $1, t.id, s.id, 'sold', t.price from seats s join ticket_types t on t.id = s.ticket_type_id where s.id = $2 returning id",
            )
            .bind(order)
            .bind(seat)
            .fetch_one(&mut **tx)
            .await?;
            let ticket: TicketId = sqlx::query_scalar(
                "insert into tickets (event_id, person_id, order_line_id, state, created_at) values ($1, $2, $3, 'valid', $4) returning id",
            )
            .bind(event)
            .bind(who.person)
            .bind(line)
            .bind(now)
            .fetch_one(&mut **tx)
            .await?;
            sqlx::query("update ticket_types set sold = sold + 1 where id = (select ticket_type_id from seats where id = $1)")
                .bind(seat)
                .execute(&mut **tx)
                .await?;
            tickets::tell(tx, ticket).await?;
            made.push(ticket);
        }
        let total: i64 = sqlx::query_scalar(
            "update orders set subtotal = (select sum(price) from order_lines where order_id = orders.id) where id = $1 returning subtotal",
        )
        .bind(order)
        .fetch_one(&mut **tx)
        .await?;
        let money = Money::new(total, Currency::Eur);
        let opened: Option<i64> =
            sqlx::query_scalar("select id from accounts where person_id = $1").bind(who.person).fetch_optional(&mut **tx).await?;
        if opened.is_none() {
            ledger::open(tx, who.organisation, who.person, Money::new(1_000_000, Currency::Eur)).await?;
        }
        ledger::pay(tx, Bill { organisation: who.organisation, person: who.person, order, note: "Seats", money }).await?;
        holds::tell(tx, event, vec![]).await?;
        desk::sales_changed(tx, event).await?;
        Ok((order, made))
    };
    house.store.write(body).await.unwrap()
}

/// Gives the money of a ticket back, as a refund does; nothing happens if it was given back before.
pub(super) async fn give_back(house: &House, ticket: TicketId) {
    let body = async move |tx: &mut Tx| {
        let voided =
            sqlx::query("update tickets set state = 'void' where id = $1 and state <> 'void'").bind(ticket).execute(&mut **tx).await?;
        if voided.rows_affected() == 0 {
            return Ok(());
        }
        let (event, line): (EventId, OrderLineId) =
            sqlx::query_as("select event_id, order_line_id from tickets where id = $1").bind(ticket).fetch_one(&mut **tx).await?;
        for statement in [
            "update orders set refunded = refunded + (select price from order_lines where id = $1), state = 'partly_refunded'
             where id = (select order_id from order_lines where id = $1)",
            "update ticket_types set sold = sold - 1 where id = (select ticket_type_id from order_lines where id = $1)",
            "update order_lines set state = 'refunded' where id = $1",
        ] {
            sqlx::query(statement).bind(line).execute(&mut **tx).await?;
        }
        tickets::tell(tx, ticket).await?;
        holds::tell(tx, event, vec![]).await?;
        desk::sales_changed(tx, event).await
    };
    house.store.write(body).await.unwrap();
}
