//! What is left of an event's places, judged at the server's now (I3, I4).

use crate::{
    live::event::EventEvent,
    model::event::{Availability, SaleStatus, TypeAvailability},
};
use plenum_core::{
    error::AppResult,
    ids::{EventId, Millis, TicketTypeId},
};
use plenum_store::db::{Conn, Tx};
use plenum_wallet::model::{Currency, Money};

#[derive(sqlx::FromRow)]
struct Row {
    id: TicketTypeId,
    name: String,
    price: i64,
    currency: Currency,
    seated: bool,
    capacity: i64,
    sold: i64,
    held: i64,
}

/// How many places of `event` there are at `now`.
pub async fn availability_of_event(conn: &mut Conn, event: EventId, now: Millis) -> AppResult<Availability> {
    let rows: Vec<Row> = sqlx::query_as(
        "select t.id, t.name, t.price, e.currency, t.seated, t.capacity, t.sold,
           case when t.seated
             then (select count(*) from held_seats h where h.ticket_type_id = t.id and h.until > $2)
             else (select cast(coalesce(sum(h.quantity), 0) as bigint) from held_places h where h.ticket_type_id = t.id and h.until > $2)
           end as held
         from ticket_types t join events e on e.id = t.event_id where t.event_id = $1 order by t.position",
    )
    .bind(event)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let of_type = |row: Row| {
        let available = (row.capacity - row.sold - row.held).max(0);
        TypeAvailability {
            id: row.id,
            name: row.name,
            price: Money::new(row.price, row.currency),
            seated: row.seated,
            capacity: row.capacity,
            available,
            held: row.held,
            sold: row.sold,
            status: if available > 0 { SaleStatus::Available } else { SaleStatus::SoldOut },
        }
    };
    Ok(Availability { event_id: event, ticket_types: rows.into_iter().map(of_type).collect(), updated_at: now })
}

/// Tells everyone who looks at `event` what is left, once for all that happens to it in this commit.
pub fn announce(tx: &mut Tx, event: EventId) {
    tx.announce_at_commit("availability", event.0, |tx, event| Box::pin(announce_now(tx, EventId(event))));
}

async fn announce_now(tx: &mut Tx, event: EventId) -> AppResult<()> {
    let now = tx.now();
    let availability = availability_of_event(tx, event, now).await?;
    tx.announce(event, &EventEvent::AvailabilityUpdated(availability));
    Ok(())
}
