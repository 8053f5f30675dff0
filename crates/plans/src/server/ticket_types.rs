//! The ticket types of an event: what they cost, and how many places there are.

use crate::model::desk::TYPES;
use crate::model::ticket_type::{TypeRow, TypeWish};
use plenum_core::{
    activity::Verb,
    error::{AppError, AppResult},
    ids::{EventId, Millis, TicketTypeId},
    people::Identity,
};
use plenum_events::model::event::{EventState, TypeAvailability};
use plenum_events::server::events::changed_meanwhile;
use plenum_events::server::{
    access::is_public,
    availability,
    events::{announce, run_by},
};
use plenum_sales::server::holds;
use plenum_store::db::{Activity, Conn, Tx};

fn unknown() -> AppError {
    AppError::not_found("There is no such kind of ticket.")
}

/// The ticket types of an event at `now`, for those who change them.
///
/// # Errors
/// If the database refuses.
pub async fn rows(conn: &mut Conn, event: EventId, now: Millis) -> AppResult<Vec<TypeRow>> {
    let types = availability::at(conn, event, now).await?.ticket_types;
    let versions: Vec<(TicketTypeId, i64)> =
        sqlx::query_as("select id, version from ticket_types where event_id = $1").bind(event).fetch_all(conn).await?;
    let version = |id: TicketTypeId| versions.iter().find(|(of, _)| *of == id).map_or(0, |(_, version)| *version);
    Ok(types.into_iter().map(|of| TypeRow { version: version(of.id), of }).collect())
}

/// One of them, of which who asks saw `version`.
async fn one(tx: &mut Tx, event: EventId, id: TicketTypeId, version: i64) -> AppResult<TypeAvailability> {
    let now = tx.now();
    let row = rows(tx, event, now).await?.into_iter().find(|row| row.of.id == id).ok_or_else(unknown)?;
    if row.version == version { Ok(row.of) } else { Err(changed_meanwhile()) }
}

/// An event whose ticket types can still change.
async fn open(tx: &mut Tx, who: &Identity, event: EventId) -> AppResult<()> {
    let row = run_by(tx, who, event).await?;
    if matches!(row.state, EventState::Ended | EventState::Cancelled) {
        return Err(AppError::conflict("It is over; it stays as it was."));
    }
    tx.record(Activity::by(who, Verb::EventChanged, event.0).named(&row.title)).await
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

/// Tells everyone what has changed; what there is more of is for those who wait first.
async fn tell(tx: &mut Tx, event: EventId) -> AppResult<()> {
    announce(tx, event).await?;
    if is_public(tx, event).await? { holds::tell(tx, event, Vec::new()).await } else { Ok(()) }
}

/// Adds a ticket type, the last in order.
///
/// # Errors
/// 403; 404; 409 if there are too many, or the event is over; 422 `name` if there is one of this name.
pub async fn add(tx: &mut Tx, who: &Identity, event: EventId, wish: &TypeWish) -> AppResult<TicketTypeId> {
    open(tx, who, event).await?;
    check_name(tx, event, None, &wish.name).await?;
    let (count, position): (i64, i64) =
        sqlx::query_as("select count(*), coalesce(max(position) + 1, 0) from ticket_types where event_id = $1")
            .bind(event)
            .fetch_one(&mut **tx)
            .await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= TYPES {
        return Err(AppError::conflict(format!("An event has at most {TYPES} ticket types.")));
    }
    let made = sqlx::query_scalar(
        "insert into ticket_types (event_id, position, name, price, seated, capacity) values ($1, $2, $3, $4, $5, $6) returning id",
    );
    let id = made
        .bind(event)
        .bind(position)
        .bind(&wish.name)
        .bind(wish.price.amount)
        .bind(wish.capacity.is_none())
        .bind(wish.capacity.unwrap_or_default())
        .fetch_one(&mut **tx)
        .await?;
    tell(tx, event).await?;
    Ok(id)
}

/// Changes one: name and price always (what is sold keeps its price), whether it is seated while nothing of it is sold or held, places
/// never below these.
///
/// # Errors
/// 403; 404; 409 if somebody else has changed it, or more is sold and held; 422 `capacity`.
pub async fn change(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId, version: i64, wish: &TypeWish) -> AppResult<()> {
    open(tx, who, event).await?;
    let known = one(tx, event, id, version).await?;
    check_name(tx, event, Some(id), &wish.name).await?;
    let taken = known.sold + known.held;
    let has_seats: bool =
        sqlx::query_scalar("select exists (select 1 from seats where ticket_type_id = $1)").bind(id).fetch_one(&mut **tx).await?;
    let capacity = match wish.capacity {
        Some(_) if known.seated && (taken > 0 || has_seats) => {
            return Err(AppError::conflict("It has seats. Remove them from the plan first."));
        }
        None if !known.seated && taken > 0 => return Err(AppError::conflict(format!("{taken} of its places are sold or held."))),
        Some(places) if places < taken => {
            return Err(AppError {
                field: Some("capacity".to_owned()),
                ..AppError::conflict(format!("{taken} of its places are sold or held."))
            });
        }
        Some(places) => places,
        // As many as it has seats; none yet, if it was a standing one.
        None if known.seated => known.capacity,
        None => 0,
    };
    sqlx::query("update ticket_types set name = $2, price = $3, seated = $4, capacity = $5, version = version + 1 where id = $1")
        .bind(id)
        .bind(&wish.name)
        .bind(wish.price.amount)
        .bind(wish.capacity.is_none())
        .bind(capacity)
        .execute(&mut **tx)
        .await?;
    tell(tx, event).await
}

/// Removes one of which nothing was ever sold, nothing is held, and which has no seats.
///
/// # Errors
/// 403; 404; 409.
pub async fn remove(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId, version: i64) -> AppResult<()> {
    open(tx, who, event).await?;
    let known = one(tx, event, id, version).await?;
    let used: bool = sqlx::query_scalar(
        "select exists (select 1 from seats where ticket_type_id = $1) or exists (select 1 from order_lines where ticket_type_id = $1)",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    if known.sold + known.held > 0 || used {
        return Err(AppError::conflict("Something of it has been sold or is held, or it has seats in the plan. It stays."));
    }
    // What has ended claims nothing, and would hold the row back.
    sqlx::query("delete from held_places where ticket_type_id = $1").bind(id).execute(&mut **tx).await?;
    sqlx::query("delete from ticket_types where id = $1").bind(id).execute(&mut **tx).await?;
    announce(tx, event).await.map(drop)
}

/// Puts one before the one above it.
///
/// # Errors
/// 403; 404.
pub async fn raise(tx: &mut Tx, who: &Identity, event: EventId, id: TicketTypeId) -> AppResult<()> {
    open(tx, who, event).await?;
    let ids: Vec<(TicketTypeId, i64)> = sqlx::query_as("select id, position from ticket_types where event_id = $1 order by position")
        .bind(event)
        .fetch_all(&mut **tx)
        .await?;
    let place = ids.iter().position(|(of, _)| *of == id).ok_or_else(unknown)?;
    let (Some((_, own)), Some((above, its))) = (ids.get(place), place.checked_sub(1).and_then(|above| ids.get(above))) else {
        return Ok(());
    };
    // Positions are unique: the one above steps aside first.
    for (id, position) in [(*above, -1), (id, *its), (*above, *own)] {
        sqlx::query("update ticket_types set position = $2 where id = $1").bind(id).bind(position).execute(&mut **tx).await?;
    }
    announce(tx, event).await.map(drop)
}
