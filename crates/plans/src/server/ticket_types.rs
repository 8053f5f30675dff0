//! The ticket types of an event: what one costs, and how many places there are. Whoever changes them, on the page of the plan or of
//! the event, these rules decide. What somebody holds or has bought keeps its price.

use super::{require_open, store};
use crate::model::ticket_type::{TYPES, TypeForm, TypeLine, TypeRow};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{EventId, Millis, TicketTypeId},
    people::Identity,
};
use plenum_events::model::{check_in::Head, event::TypeAvailability};
use plenum_events::server::{
    availability,
    events::{announce, changed_meanwhile},
};
use plenum_store::db::{Activity, Conn, Tx};
use plenum_wallet::model::{Currency, Money};

/// The ticket types of an event, in their order, for the page of its plan.
pub async fn lines(conn: &mut Conn, event: EventId, currency: Currency) -> AppResult<Vec<TypeLine>> {
    let rows: Vec<(TicketTypeId, String, i64, bool, i64, i64, i64)> =
        sqlx::query_as("select id, name, price, seated, capacity, sold, version from ticket_types where event_id = $1 order by position")
            .bind(event)
            .fetch_all(conn)
            .await?;
    let line = |(id, name, price, seated, capacity, sold, version)| {
        let price = Money::new(price, currency);
        TypeLine { id, name, price, seated, capacity, sold, version }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The same at `now`, with what is held, for the page of the event.
pub async fn rows(conn: &mut Conn, event: EventId, now: Millis) -> AppResult<Vec<TypeRow>> {
    let types = availability::availability_of_event(conn, event, now).await?.ticket_types;
    let versions: Vec<(TicketTypeId, i64)> =
        sqlx::query_as("select id, version from ticket_types where event_id = $1").bind(event).fetch_all(conn).await?;
    let version = |id: TicketTypeId| versions.iter().find(|(of, _)| *of == id).map_or(0, |(_, version)| *version);
    Ok(types.into_iter().map(|of| TypeRow { version: version(of.id), of }).collect())
}

/// One of them, of which who asks saw `version`.
async fn one(tx: &mut Tx, event: EventId, id: TicketTypeId, version: i64) -> AppResult<TypeAvailability> {
    let now = tx.now();
    let row = rows(tx, event, now).await?.into_iter().find(|row| row.of.id == id).ok_or_else(|| AppError::no_such("ticket type"))?;
    if row.version == version { Ok(row.of) } else { Err(changed_meanwhile()) }
}

/// Tables name ticket types by their names: no two of an event have the same.
async fn check_name(tx: &mut Tx, event: EventId, id: Option<TicketTypeId>, name: &str) -> AppResult<()> {
    let names: Vec<(TicketTypeId, String)> =
        sqlx::query_as("select id, name from ticket_types where event_id = $1").bind(event).fetch_all(&mut **tx).await?;
    if names.iter().any(|(of, known)| Some(*of) != id && known.to_lowercase() == name.to_lowercase()) {
        return Err(AppError::invalid("name", "There is a ticket type of this name already."));
    }
    Ok(())
}

/// Records a change, and announces it to those who look at the event, its seats or its plan.
async fn changed(tx: &mut Tx, who: &Identity, head: &Head, record: Record) -> AppResult<()> {
    announce(tx, head.id).await?;
    store::announce_plan(tx, head.id).await?;
    tx.record(Activity::by(who, record, Subject::named(head.id.0, &head.title))).await
}

/// Inserts a ticket type, the last in order; a seated one gets its capacity with its seats.
pub(super) async fn insert(tx: &mut Tx, event: EventId, name: &str, price: i64, standing: Option<i64>) -> AppResult<TicketTypeId> {
    let made = sqlx::query_scalar(
        "insert into ticket_types (event_id, position, name, price, seated, capacity)
         values ($1, (select coalesce(max(position), -1) + 1 from ticket_types where event_id = $1), $2, $3, $4, $5) returning id",
    );
    let made = made.bind(event).bind(name).bind(price).bind(standing.is_none()).bind(standing.unwrap_or_default());
    Ok(made.fetch_one(&mut **tx).await?)
}

/// Adds a ticket type, the last in order.
///
/// # Errors
/// 403; 404; 409 if there are too many, or the event is over; 422 `name`, `price` or `capacity`.
pub async fn add(tx: &mut Tx, who: &Identity, event: EventId, form: &TypeForm) -> AppResult<TicketTypeId> {
    let head = require_open(tx, who, event).await?;
    let new = form.parse(head.currency)?;
    check_name(tx, event, None, &new.name).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from ticket_types where event_id = $1").bind(event).fetch_one(&mut **tx).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= TYPES {
        return Err(AppError::conflict(format!("An event has at most {TYPES} ticket types.")));
    }
    let id = insert(tx, event, &new.name, new.price.amount, new.standing).await?;
    let record = Record::TicketTypeCreated { ticket_type: new.name.clone(), price: new.price.plain() };
    changed(tx, who, &head, record).await?;
    Ok(id)
}

/// Changes one: name and price always, whether it is seated while it has no seats and nothing of it is sold or held, its places
/// never to fewer than these. Who pays has to have seen the new price.
///
/// # Errors
/// 403; 404; 409 if somebody else has changed it since `version`, it has seats, or more is sold and held; 422 `name`, `price` or
/// `capacity`.
pub async fn change(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId, version: i64, form: &TypeForm) -> AppResult<()> {
    let head = require_open(tx, who, event).await?;
    let new = form.parse(head.currency)?;
    let known = one(tx, event, id, version).await?;
    check_name(tx, event, Some(id), &new.name).await?;
    let taken = known.sold + known.held;
    let capacity = match new.standing {
        Some(_) if known.seated && (taken > 0 || has_seats(tx, id).await?) => {
            return Err(AppError::conflict("It has seats. Remove them from the plan first.").at_field("capacity"));
        }
        None if !known.seated && taken > 0 => return Err(AppError::conflict(format!("{taken} of its places are sold or held."))),
        Some(places) if places < taken => {
            return Err(
                AppError::conflict(format!("{taken} of its places are sold or held: {places} would be too few.")).at_field("capacity")
            );
        }
        Some(places) => places,
        // As many as it has seats; none yet, if it was a standing one.
        None if known.seated => known.capacity,
        None => 0,
    };
    sqlx::query("update ticket_types set name = $2, price = $3, seated = $4, capacity = $5, version = version + 1 where id = $1")
        .bind(id)
        .bind(&new.name)
        .bind(new.price.amount)
        .bind(new.standing.is_none())
        .bind(capacity)
        .execute(&mut **tx)
        .await?;
    let record = Record::TicketTypeChanged { ticket_type: new.name.clone(), price: new.price.plain() };
    changed(tx, who, &head, record).await
}

async fn has_seats(tx: &mut Tx, id: TicketTypeId) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from seats where ticket_type_id = $1)").bind(id).fetch_one(&mut **tx).await?)
}

/// Removes one that stands in no order, of which nothing is held, and which has no seats.
///
/// # Errors
/// 403; 404; 409 with what stands in the way.
pub async fn remove(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId, version: i64) -> AppResult<()> {
    let head = require_open(tx, who, event).await?;
    let known = one(tx, event, id, version).await?;
    if has_seats(tx, id).await? {
        return Err(AppError::conflict(format!("Seats are sold as {}. Give them another ticket type first.", known.name)));
    }
    let ordered: bool =
        sqlx::query_scalar("select exists (select 1 from order_lines where ticket_type_id = $1)").bind(id).fetch_one(&mut **tx).await?;
    if known.sold + known.held > 0 || ordered {
        return Err(AppError::conflict(format!("Somebody holds, has bought or has ordered places of {}. It stays.", known.name)));
    }
    // A hold that has ended claims nothing, but its row would keep this one from being deleted.
    sqlx::query("delete from held_places where ticket_type_id = $1").bind(id).execute(&mut **tx).await?;
    sqlx::query("delete from ticket_types where id = $1").bind(id).execute(&mut **tx).await?;
    let record = Record::TicketTypeRemoved { ticket_type: known.name.clone(), price: known.price.plain() };
    changed(tx, who, &head, record).await
}

/// Puts one before the one above it.
///
/// # Errors
/// 403; 404; 409 if the event is over.
pub async fn raise(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId) -> AppResult<()> {
    let head = require_open(tx, who, event).await?;
    let all = lines(tx, event, head.currency).await?;
    let index = all.iter().position(|known| known.id == id).ok_or_else(|| AppError::no_such("ticket type"))?;
    let (Some(known), Some(above)) = (all.get(index), index.checked_sub(1).and_then(|above| all.get(above))) else {
        return Ok(());
    };
    let position: i64 = sqlx::query_scalar("select position from ticket_types where id = $1").bind(above.id).fetch_one(&mut **tx).await?;
    let own: i64 = sqlx::query_scalar("select position from ticket_types where id = $1").bind(id).fetch_one(&mut **tx).await?;
    // Positions are unique: the one above steps aside first.
    for (id, position) in [(above.id, -1), (id, position), (above.id, own)] {
        sqlx::query("update ticket_types set position = $2 where id = $1").bind(id).bind(position).execute(&mut **tx).await?;
    }
    let record = Record::TicketTypeChanged { ticket_type: known.name.clone(), price: known.price.plain() };
    changed(tx, who, &head, record).await
}
