//! Claims: the rows that make a place be somebody's until a time.

use super::{Places, words};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{EventId, HoldId, Millis, SeatId},
};
use plenum_store::db::Tx;

/// Claims a seat. False: it was in this hold already.
pub async fn claim(tx: &mut Tx, event: EventId, hold: HoldId, until: Millis, seat: SeatId, now: Millis) -> AppResult<bool> {
    // A seat that is free, or whose claim has ended, becomes theirs; of any other no row is written.
    let claimed = sqlx::query(
        "insert into held_seats (seat_id, hold_id, until, ticket_type_id)
         select s.id, $2, $3, s.ticket_type_id from seats s
         where s.id = $1 and s.event_id = $4 and not exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold')
         on conflict (seat_id) do update set hold_id = excluded.hold_id, until = excluded.until, ticket_type_id = excluded.ticket_type_id
           where held_seats.until <= $5",
    )
    .bind(seat)
    .bind(hold)
    .bind(until)
    .bind(event)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    if claimed.rows_affected() > 0 { Ok(true) } else { not_claimed(tx, event, hold, seat).await }
}

/// Why a seat could not be claimed. False: it is in this hold already.
async fn not_claimed(tx: &mut Tx, event: EventId, hold: HoldId, seat: SeatId) -> AppResult<bool> {
    let known: Option<(bool, Option<HoldId>, String, i64)> = sqlx::query_as(
        "select exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold'), h.hold_id, s.row, s.number
         from seats s left join held_seats h on h.seat_id = s.id where s.id = $1 and s.event_id = $2",
    )
    .bind(seat)
    .bind(event)
    .fetch_optional(&mut **tx)
    .await?;
    let message = match known {
        None => return Err(AppError::no_such("seat")),
        Some((true, _, row, number)) => words::is_sold(&row, number),
        Some((false, holder, ..)) if holder == Some(hold) => return Ok(false),
        Some((false, _, row, number)) => words::held_by_others(&row, number),
    };
    Err(AppError::conflict(message).at_field("seats").with_code(ErrorCode::PlacesTaken))
}

/// Claims standing places, in place of those of this hold.
pub async fn claim_standing(tx: &mut Tx, event: EventId, hold: HoldId, until: Millis, wanted: Places, now: Millis) -> AppResult<()> {
    let left: Option<i64> = sqlx::query_scalar(
        "select capacity - sold - (select cast(coalesce(sum(quantity), 0) as bigint) from held_places where ticket_type_id = $1 and until > $3 and hold_id <> $4)
         from ticket_types where id = $1 and event_id = $2 and not seated",
    )
    .bind(wanted.ticket_type_id)
    .bind(event)
    .bind(now)
    .bind(hold)
    .fetch_optional(&mut **tx)
    .await?;
    let left = left.ok_or_else(|| AppError::no_such("kind of ticket"))?;
    if wanted.quantity < 1 {
        return Err(AppError::invalid("standing", "Choose at least one place."));
    }
    if wanted.quantity > left {
        let message = if left <= 0 { "These places are all taken.".to_owned() } else { format!("Only {left} of these places are left.") };
        return Err(AppError::conflict(message).at_field("standing").with_code(ErrorCode::PlacesTaken));
    }
    sqlx::query(
        "insert into held_places (hold_id, ticket_type_id, quantity, until) values ($1, $2, $3, $4)
         on conflict (hold_id, ticket_type_id) do update set quantity = excluded.quantity, until = excluded.until",
    )
    .bind(hold)
    .bind(wanted.ticket_type_id)
    .bind(wanted.quantity)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes what a hold claims; returns its seats with the instants until which they were held.
pub async fn drop_claims(tx: &mut Tx, id: HoldId) -> AppResult<Vec<(SeatId, Millis)>> {
    sqlx::query("delete from held_places where hold_id = $1").bind(id).execute(&mut **tx).await?;
    drop_seats(tx, id).await
}

/// The same of a hold without standing places.
pub async fn drop_seats(tx: &mut Tx, id: HoldId) -> AppResult<Vec<(SeatId, Millis)>> {
    Ok(sqlx::query_as("delete from held_seats where hold_id = $1 returning seat_id, until").bind(id).fetch_all(&mut **tx).await?)
}
