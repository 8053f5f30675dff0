//! Ticket types and their prices. What somebody holds or has bought keeps its price.

use super::{line, require_open, store};
use crate::model::desk::{NewType, TYPES, TypeLine};
use plenum_core::{
    activity::Verb,
    error::{AppError, AppResult},
    ids::{EventId, TicketTypeId},
    people::Identity,
};
use plenum_store::db::{Activity, Conn, Tx};
use plenum_wallet::model::{Currency, Money};

/// The ticket types of an event, in their order.
///
/// # Errors
/// If the database refuses.
pub async fn of(conn: &mut Conn, event: EventId, currency: Currency) -> AppResult<Vec<TypeLine>> {
    let rows: Vec<(TicketTypeId, String, i64, bool, i64, i64)> =
        sqlx::query_as("select id, name, price, seated, capacity, sold from ticket_types where event_id = $1 order by position")
            .bind(event)
            .fetch_all(conn)
            .await?;
    let read = |(id, name, price, seated, capacity, sold)| line(id, name, Money::new(price, currency), seated, (capacity, sold));
    Ok(rows.into_iter().map(read).collect())
}

/// A copy of `of` for `event`; a seated one gets its capacity with its seats.
///
/// # Errors
/// If the database refuses.
pub async fn insert(tx: &mut Tx, event: EventId, of: &TypeLine) -> AppResult<TicketTypeId> {
    let made = sqlx::query_scalar(
        "insert into ticket_types (event_id, position, name, price, seated, capacity)
         values ($1, (select coalesce(max(position), -1) + 1 from ticket_types where event_id = $1), $2, $3, $4, $5) returning id",
    );
    let made = made.bind(event).bind(&of.name).bind(of.price.amount).bind(of.seated).bind(if of.seated { 0 } else { of.capacity });
    Ok(made.fetch_one(&mut **tx).await?)
}

/// Writes a ticket type: the one with `id`, or a new one; returns which.
///
/// # Errors
/// 403; 404; 409 if there are too many, or fewer places than are taken; 422 of the field.
pub async fn save(
    tx: &mut Tx,
    who: &Identity,
    event: EventId,
    id: Option<TicketTypeId>,
    read: impl AsyncFnOnce(Currency) -> AppResult<NewType>,
) -> AppResult<TicketTypeId> {
    let head = require_open(tx, who, event).await?;
    let new = read(head.currency).await?;
    let all = of(tx, event, head.currency).await?;
    if all.iter().any(|known| Some(known.id) != id && known.name.to_lowercase() == new.name.to_lowercase()) {
        return Err(AppError::invalid("type_name", "There is a ticket type of this name already."));
    }
    let (id, verb) = match id {
        Some(id) => {
            let known = all.iter().find(|known| known.id == id).ok_or_else(unknown)?;
            update(tx, known, &new).await?;
            (id, Verb::TicketTypeChanged)
        }
        None if all.len() >= TYPES => return Err(AppError::conflict(format!("An event has at most {TYPES} ticket types."))),
        None => {
            let made = line(TicketTypeId(0), new.name.clone(), new.price, new.standing.is_none(), (new.standing.unwrap_or_default(), 0));
            (insert(tx, event, &made).await?, Verb::TicketTypeCreated)
        }
    };
    store::tell(tx, event).await?;
    tx.record(
        Activity::by(who, verb, event.0)
            .named(&head.title)
            .with(serde_json::json!({ "ticket_type": new.name, "price": new.price.plain() })),
    )
    .await?;
    Ok(id)
}

async fn update(tx: &mut Tx, known: &TypeLine, new: &NewType) -> AppResult<()> {
    if known.seated != new.standing.is_none() {
        return Err(AppError::invalid("seated", "A ticket type stays seated or standing. Make another one."));
    }
    // A price may change: what is sold keeps its own, and whoever pays has to have seen the new one.
    let taken = taken(tx, known).await?;
    if let Some(places) = new.standing.filter(|places| *places < taken) {
        let message = format!("{taken} places are held or sold: {places} would be too few.");
        return Err(AppError { field: Some("capacity".to_owned()), ..AppError::conflict(message) });
    }
    sqlx::query("update ticket_types set name = $2, price = $3, capacity = coalesce($4, capacity), version = version + 1 where id = $1")
        .bind(known.id)
        .bind(&new.name)
        .bind(new.price.amount)
        .bind(new.standing)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Places that somebody holds now or has bought.
async fn taken(tx: &mut Tx, of: &TypeLine) -> AppResult<i64> {
    let held: i64 = sqlx::query_scalar(
        "select (select count(*) from held_seats h join seats s on s.id = h.seat_id where s.ticket_type_id = $1 and h.until > $2)
           + (select cast(coalesce(sum(h.quantity), 0) as bigint) from held_places h where h.ticket_type_id = $1 and h.until > $2)",
    )
    .bind(of.id)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    Ok(held + of.sold)
}

/// Removes a ticket type that no seat is sold as and that stands in no order.
///
/// # Errors
/// 403; 404; 409 with what stands in the way.
pub async fn remove(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId) -> AppResult<()> {
    let head = require_open(tx, who, event).await?;
    let known = of(tx, event, head.currency).await?.into_iter().find(|known| known.id == id).ok_or_else(unknown)?;
    if known.seated && known.capacity > 0 {
        return Err(AppError::conflict(format!(
            "{} seats are sold as {}. Give them another ticket type first.",
            known.capacity, known.name
        )));
    }
    let ordered: bool =
        sqlx::query_scalar("select exists (select 1 from order_lines where ticket_type_id = $1)").bind(id).fetch_one(&mut **tx).await?;
    if taken(tx, &known).await? > 0 || ordered {
        return Err(AppError::conflict(format!("Somebody holds, has bought or has ordered places of {}.", known.name)));
    }
    sqlx::query("delete from held_places where ticket_type_id = $1").bind(id).execute(&mut **tx).await?;
    sqlx::query("delete from ticket_types where id = $1").bind(id).execute(&mut **tx).await?;
    store::tell(tx, event).await?;
    tx.record(Activity::by(who, Verb::TicketTypeRemoved, event.0).named(&head.title).with(serde_json::json!({ "ticket_type": known.name })))
        .await
}

fn unknown() -> AppError {
    AppError::not_found("There is no such ticket type.")
}
