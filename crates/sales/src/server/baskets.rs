//! What people do with their baskets beside filling them: more time, fewer places, the best seats together.

use super::{
    holds::{self, Terms, tell, tell_owner, unknown},
    orders, seats,
};
use crate::server::waiting_list as waiting;
use crate::{
    model::{
        best::best,
        hold::{Hold, HoldAction, Places, Wanted},
    },
    words::seats as words,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, HoldId, Millis, PersonId, SeatId, TicketTypeId},
    people::Identity,
};
use plenum_events::model::seat::{SeatNow, SeatState};
use plenum_store::db::Tx;

/// A hold that is somebody's and holds now.
struct Active {
    event: EventId,
    until: Millis,
    extensions: i64,
}

/// The hold of `person`.
///
/// # Errors
/// 404 if it is not theirs; 409 if it has ended.
async fn active(tx: &mut Tx, person: PersonId, id: HoldId) -> AppResult<Active> {
    let row: Option<(EventId, Millis, i64, bool)> =
        sqlx::query_as("select event_id, until, extensions, state = 'active' from holds where id = $1 and person_id = $2")
            .bind(id)
            .bind(person)
            .fetch_optional(&mut **tx)
            .await?;
    let (event, until, extensions, active) = row.ok_or_else(unknown)?;
    if active && until > tx.now() {
        return Ok(Active { event, until, extensions });
    }
    Err(AppError::conflict("These places are not held any more. Choose them again."))
}

/// Holds what is held for as much longer again.
///
/// # Errors
/// 404 if it is not a hold of who asks; 409 if it has ended, or was extended as often as it can be.
pub async fn extend(tx: &mut Tx, who: &Identity, id: HoldId, terms: Terms) -> AppResult<Hold> {
    let Active { event, until, extensions } = active(tx, who.person, id).await?;
    if extensions >= terms.extensions {
        return Err(AppError::conflict("These places cannot be held any longer. Pay for them, or let them go."));
    }
    sqlx::query("update holds set extensions = extensions + 1 where id = $1").bind(id).execute(&mut **tx).await?;
    let changed = hold_until(tx, id, until + terms.lasts).await?;
    let held = holds::read(tx, id, terms).await?;
    tell(tx, event, changed).await?;
    tell_owner(tx, who.person, event, Some(held.clone()));
    orders::follow_hold(tx, id).await?;
    Ok(held)
}

/// Lets a hold end at `until`; returns its seats as they are then.
///
/// # Errors
/// If the database refuses.
pub async fn hold_until(tx: &mut Tx, id: HoldId, until: Millis) -> AppResult<Vec<SeatNow>> {
    sqlx::query("update holds set until = $2 where id = $1").bind(id).bind(until).execute(&mut **tx).await?;
    sqlx::query("update held_places set until = $2 where hold_id = $1").bind(id).bind(until).execute(&mut **tx).await?;
    let seats: Vec<SeatId> = sqlx::query_scalar("update held_seats set until = $2 where hold_id = $1 returning seat_id")
        .bind(id)
        .bind(until)
        .fetch_all(&mut **tx)
        .await?;
    Ok(seats.into_iter().map(|id| SeatNow { id, state: SeatState::Held { until } }).collect())
}

/// What of a basket is let go.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// One seat.
    Seat(SeatId),
    /// All standing places of a ticket type.
    Standing(TicketTypeId),
}

/// Lets a part of a hold go; what it does not hold is left alone. With its last place the hold ends. Returns what is held then.
///
/// # Errors
/// 404 if it is not a hold of who asks; 409 if it has ended.
pub async fn let_go(tx: &mut Tx, who: &Identity, id: HoldId, part: Part, terms: Terms) -> AppResult<Option<Hold>> {
    let Active { event, .. } = active(tx, who.person, id).await?;
    let mut changed = Vec::new();
    match part {
        Part::Seat(seat) => {
            let dropped =
                sqlx::query("delete from held_seats where seat_id = $1 and hold_id = $2").bind(seat).bind(id).execute(&mut **tx).await?;
            if dropped.rows_affected() > 0 {
                changed.push(SeatNow { id: seat, state: SeatState::Free });
            }
        }
        Part::Standing(ticket_type) => {
            sqlx::query("delete from held_places where ticket_type_id = $1 and hold_id = $2")
                .bind(ticket_type)
                .bind(id)
                .execute(&mut **tx)
                .await?;
        }
    }
    let held = Some(holds::read(tx, id, terms).await?).filter(|hold| hold.places() > 0);
    if held.is_none() {
        holds::end(tx, id, HoldAction::Release).await?;
    }
    waiting::lapse(tx, id, event, who.person, held.as_ref()).await?;
    tell(tx, event, changed).await?;
    tell_owner(tx, who.person, event, held.clone());
    orders::follow_hold(tx, id).await?;
    Ok(held)
}

/// Sets how many standing places of a ticket type who asks holds; none lets them go.
///
/// # Errors
/// As [`holds::hold`] and [`let_go`].
pub async fn stand(tx: &mut Tx, who: &Identity, event: EventId, places: Places, terms: Terms) -> AppResult<Option<Hold>> {
    if places.quantity > 0 {
        let wanted = Wanted { seats: Vec::new(), standing: vec![places] };
        return holds::hold(tx, who, event, &wanted, terms).await.map(Some);
    }
    let now = tx.now();
    match holds::of_person(tx, who.person, event, now, terms).await? {
        Some(hold) => let_go(tx, who, hold.id, Part::Standing(places.ticket_type_id), terms).await,
        None => Ok(None),
    }
}

/// Holds the best `count` seats together that are free now, of `ticket_type` if one is named.
///
/// # Errors
/// As [`holds::hold`]; 409 if there are not so many together.
pub async fn hold_best(
    tx: &mut Tx,
    who: &Identity,
    event: EventId,
    count: usize,
    ticket_type: Option<TicketTypeId>,
    terms: Terms,
) -> AppResult<Hold> {
    let now = tx.now();
    let each = holds::selling(tx, who.organisation, event, now).await?;
    if count == 0 || i64::try_from(count).is_ok_and(|count| count > each) {
        return Err(AppError::invalid("count", format!("Choose 1 to {each} seats.")));
    }
    let (rows, taken) = (seats::rows(tx, event).await?, seats::taken(tx, event, now).await?);
    let found = best(&rows, count, ticket_type, |seat| taken.get(seat) == SeatState::Free);
    let seats = found.ok_or_else(|| AppError { field: Some("seats".to_owned()), ..AppError::conflict(words::none_together(count)) })?;
    holds::hold(tx, who, event, &Wanted { seats, standing: Vec::new() }, terms).await
}
