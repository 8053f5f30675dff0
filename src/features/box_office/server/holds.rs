//! Holds: claims on places that end by themselves (I1 to I4).
//!
//! One row a seat in `held_seats` is what makes a seat be in one hold only. A row whose time has passed claims nothing and is taken over
//! by whoever comes next, so that nothing depends on a sweep. All of it happens in one write: half a basket is never seen.

use std::collections::BTreeSet;

use super::{availability, expiry, orders, waiting};
use crate::{
    error::{AppError, AppResult},
    features::box_office::{
        live::{
            own::{BoughtChanged, HoldChanged, OwnEvent},
            seats::{SeatsChanged, SeatsEvent},
        },
        model::{
            event::EventState,
            hold::{Hold, HoldAction, HoldState, Places, Wanted, transition},
            seat::{SeatNow, SeatState},
        },
    },
    ids::{EventId, HoldId, Millis, OrganisationId, PersonId, SeatId, TicketTypeId},
    server::{
        db::{Conn, Tx},
        sign_ins::Identity,
    },
    strings::box_office::seats as words,
};

/// How long a hold lasts and how often it can be extended; from the settings.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Milliseconds from the first place on, and from each extension.
    pub lasts: Millis,
    /// How often its owner can extend it.
    pub extensions: i64,
}

/// Claims what is `wanted` for who asks, in addition to the seats that they hold already; a number of standing places replaces the one
/// that they had. All or nothing.
///
/// # Errors
/// 404 if there is no such event or place; 409 if a place is taken or the event does not sell now; 422 `seats` or `standing`.
pub async fn hold(tx: &mut Tx, who: &Identity, event: EventId, wanted: &Wanted, terms: Terms) -> AppResult<Hold> {
    let now = tx.now();
    let each = selling(tx, who.organisation, event, now).await?;
    let seats: BTreeSet<SeatId> = wanted.seats.iter().copied().collect();
    if seats.is_empty() && wanted.standing.is_empty() {
        return Err(AppError::invalid("seats", "Choose at least one place."));
    }
    if i64::try_from(seats.len() + wanted.standing.len()).is_ok_and(|wanted| wanted > each) {
        return Err(too_many(each));
    }
    // What has ended is for those who wait, before whoever comes now.
    if waiting::is_waited_for(tx, event).await? {
        while expiry::end_due(tx, Some(event)).await? {}
        // One write makes so many offers and no more; the next ones are theirs all the same.
        let own = of_person(tx, who.person, event, now, terms).await?;
        for ticket_type in new_types(tx, event, own.as_ref(), &seats, &wanted.standing).await? {
            if waiting::is_anothers_turn(tx, event, ticket_type, who.person).await? {
                return Err(AppError { field: Some("seats".to_owned()), ..AppError::conflict(words::OTHERS_WAIT) });
            }
        }
    }
    let (id, until, mut changed) = basket(tx, who.person, event, terms).await?;
    for seat in seats {
        if claim(tx, event, id, until, seat, now).await? {
            changed.push(SeatNow { id: seat, state: SeatState::Held { until } });
        }
    }
    for places in &wanted.standing {
        claim_standing(tx, event, id, until, *places, now).await?;
    }
    let held = read(tx, id, terms).await?;
    if held.places() + bought(tx, who.person, event).await? > each {
        return Err(too_many(each));
    }
    tell(tx, event, changed).await?;
    tell_owner(tx, who.person, event, Some(held.clone()));
    orders::follow_hold(tx, id).await?;
    Ok(held)
}

/// Of which ticket types more is wanted than is in one's `own` basket.
async fn new_types(
    conn: &mut Conn,
    event: EventId,
    own: Option<&Hold>,
    seats: &BTreeSet<SeatId>,
    standing: &[Places],
) -> AppResult<BTreeSet<TicketTypeId>> {
    let had = |of: TicketTypeId| {
        let places = own.and_then(|own| own.standing.iter().find(|places| places.ticket_type_id == of));
        places.map_or(0, |places| places.quantity)
    };
    let more = standing.iter().filter(|places| places.quantity > had(places.ticket_type_id));
    let mut types: BTreeSet<TicketTypeId> = more.map(|places| places.ticket_type_id).collect();
    for seat in seats.iter().filter(|seat| own.is_none_or(|own| !own.seats.contains(seat))) {
        let of = sqlx::query_scalar("select ticket_type_id from seats where id = $1 and event_id = $2").bind(seat).bind(event);
        let of: Option<TicketTypeId> = of.fetch_optional(&mut *conn).await?;
        types.extend(of);
    }
    Ok(types)
}

fn too_many(each: i64) -> AppError {
    AppError::invalid("seats", words::at_most(each))
}

/// Lets a hold go. Nothing happens if it has ended.
///
/// # Errors
/// 404 if it is not a hold of who asks.
pub async fn release(tx: &mut Tx, who: &Identity, id: HoldId) -> AppResult<()> {
    let event: Option<EventId> = sqlx::query_scalar("select event_id from holds where id = $1 and person_id = $2")
        .bind(id)
        .bind(who.person)
        .fetch_optional(&mut **tx)
        .await?;
    let event = event.ok_or_else(unknown)?;
    if !end(tx, id, HoldAction::Release).await? {
        return Ok(());
    }
    let now = tx.now();
    let freed = drop_claims(tx, id).await?;
    // Seats whose time had passed may be somebody else's by now; those are not in this hold any more.
    let changed = freed.into_iter().filter(|(_, until)| *until > now).map(|(id, _)| SeatNow { id, state: SeatState::Free }).collect();
    waiting::lapse(tx, id, event, who.person, None).await?;
    tell(tx, event, changed).await?;
    tell_owner(tx, who.person, event, None);
    orders::follow_hold(tx, id).await
}

/// Ends a hold by `action`; false if it had ended. Its claims and those who look are the caller's.
pub(super) async fn end(tx: &mut Tx, id: HoldId, action: HoldAction) -> AppResult<bool> {
    let Some(next) = transition(HoldState::Active, action) else { return Ok(false) };
    let ended = sqlx::query("update holds set state = $2 where id = $1 and state = $3").bind(id).bind(next).bind(HoldState::Active);
    Ok(ended.execute(&mut **tx).await?.rows_affected() > 0)
}

/// What `person` holds of `event` at `now`, if anything.
///
/// # Errors
/// If the database refuses.
pub async fn of_person(conn: &mut Conn, person: PersonId, event: EventId, now: Millis, terms: Terms) -> AppResult<Option<Hold>> {
    let id: Option<HoldId> =
        sqlx::query_scalar("select id from holds where person_id = $1 and event_id = $2 and state = 'active' and until > $3")
            .bind(person)
            .bind(event)
            .bind(now)
            .fetch_optional(&mut *conn)
            .await?;
    match id {
        Some(id) => Ok(Some(read(conn, id, terms).await?).filter(|hold| !hold.is_over(now))),
        None => Ok(None),
    }
}

/// A hold of `person` that holds at `now`.
///
/// # Errors
/// If the database refuses.
pub async fn active(conn: &mut Conn, person: PersonId, id: HoldId, now: Millis, terms: Terms) -> AppResult<Option<Hold>> {
    let known: Option<HoldId> =
        sqlx::query_scalar("select id from holds where id = $1 and person_id = $2 and state = 'active' and until > $3")
            .bind(id)
            .bind(person)
            .bind(now)
            .fetch_optional(&mut *conn)
            .await?;
    match known {
        Some(id) => Ok(Some(read(conn, id, terms).await?)),
        None => Ok(None),
    }
}

/// Tells those who look at the seat map and at the event what has changed. What has become free goes to those who wait for it first.
///
/// # Errors
/// If the database refuses.
pub async fn tell(tx: &mut Tx, event: EventId, mut seats: Vec<SeatNow>) -> AppResult<()> {
    let at = tx.now();
    seats.extend(waiting::offer(tx, event).await?);
    // A seat that was let go and is somebody else's at once is told once.
    let mut told = BTreeSet::new();
    seats.reverse();
    seats.retain(|seat| told.insert(seat.id));
    seats.reverse();
    if !seats.is_empty() {
        tx.announce(event, &SeatsEvent::SeatsChanged(SeatsChanged { seats, at }));
    }
    availability::announce(tx, event).await
}

/// Tells the owner's tabs what is in their basket.
pub fn tell_owner(tx: &mut Tx, person: PersonId, event: EventId, hold: Option<Hold>) {
    tx.announce(person, &OwnEvent::HoldChanged(HoldChanged { event_id: event, hold }));
}

/// Tells the tabs of `person` how many places of `event` they have by now.
///
/// # Errors
/// If the database refuses.
pub async fn tell_bought(tx: &mut Tx, person: PersonId, event: EventId) -> AppResult<()> {
    let bought = bought(tx, person, event).await?;
    tx.announce(person, &OwnEvent::BoughtChanged(BoughtChanged { event_id: event, bought }));
    Ok(())
}

/// Deletes what a hold claims; returns its seats with the instants until which they were held.
///
/// # Errors
/// If the database refuses.
pub async fn drop_claims(tx: &mut Tx, id: HoldId) -> AppResult<Vec<(SeatId, Millis)>> {
    sqlx::query("delete from held_places where hold_id = $1").bind(id).execute(&mut **tx).await?;
    Ok(sqlx::query_as("delete from held_seats where hold_id = $1 returning seat_id, until").bind(id).fetch_all(&mut **tx).await?)
}

pub(super) fn unknown() -> AppError {
    AppError::not_found("There is no such hold.")
}

/// How many places one person can have of `event`, which sells now.
pub(super) async fn selling(tx: &mut Tx, organisation: OrganisationId, event: EventId, now: Millis) -> AppResult<i64> {
    let row: Option<(EventState, Millis, Millis, i64)> = sqlx::query_as(
        "select state, sales_from, sales_until, places_each from events where id = $1 and organisation_id = $2 and state <> 'draft'",
    )
    .bind(event)
    .bind(organisation)
    .fetch_optional(&mut **tx)
    .await?;
    let (state, from, until, each) = row.ok_or_else(|| AppError::not_found("There is no such event."))?;
    match state {
        state if !state.sells() => Err(AppError::conflict("Places of this event are not sold any more.")),
        _ if now < from => Err(AppError::conflict("The sale has not begun.")),
        _ if now >= until => Err(AppError::conflict("The sale is over.")),
        _ => Ok(each),
    }
}

/// The basket of `person`: the one that they have, or a new one; until when it holds, and the seats of one that had ended.
pub(super) async fn basket(tx: &mut Tx, person: PersonId, event: EventId, terms: Terms) -> AppResult<(HoldId, Millis, Vec<SeatNow>)> {
    let now = tx.now();
    let known: Option<(HoldId, Millis)> =
        sqlx::query_as("select id, until from holds where person_id = $1 and event_id = $2 and state = 'active'")
            .bind(person)
            .bind(event)
            .fetch_optional(&mut **tx)
            .await?;
    let freed = match known {
        Some((id, until)) if until > now => return Ok((id, until, Vec::new())),
        Some((id, _)) => {
            end(tx, id, HoldAction::Expire).await?;
            orders::follow_hold(tx, id).await?;
            waiting::lapse(tx, id, event, person, None).await?;
            drop_claims(tx, id).await?.into_iter().map(|(id, _)| SeatNow { id, state: SeatState::Free }).collect()
        }
        None => Vec::new(),
    };
    let until = now + terms.lasts;
    let made = sqlx::query_scalar(
        "insert into holds (event_id, person_id, state, until, created_at) values ($1, $2, 'active', $3, $4) returning id",
    );
    let id = made.bind(event).bind(person).bind(until).bind(now).fetch_one(&mut **tx).await?;
    expiry::expect(until);
    Ok((id, until, freed))
}

/// Claims a seat. False: it was in this hold already.
pub(super) async fn claim(tx: &mut Tx, event: EventId, hold: HoldId, until: Millis, seat: SeatId, now: Millis) -> AppResult<bool> {
    type Known = (bool, Option<HoldId>, Option<Millis>, TicketTypeId, String, i64);
    let known: Option<Known> = sqlx::query_as(
        "select exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold'), h.hold_id, h.until,
           s.ticket_type_id, s.row, s.number
         from seats s left join held_seats h on h.seat_id = s.id where s.id = $1 and s.event_id = $2",
    )
    .bind(seat)
    .bind(event)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((sold, holder, held_until, ticket_type, row, number)) = known else {
        return Err(AppError::not_found("There is no such seat."));
    };
    if holder == Some(hold) {
        return Ok(false);
    }
    if sold || held_until.is_some_and(|held| held > now) {
        let message = if sold {
            format!("Row {row}, seat {number} has been sold.")
        } else {
            format!("Somebody else is holding row {row}, seat {number}.")
        };
        return Err(AppError { field: Some("seats".to_owned()), ..AppError::conflict(message) });
    }
    sqlx::query(
        "insert into held_seats (seat_id, hold_id, until, ticket_type_id) values ($1, $2, $3, $4)
         on conflict (seat_id) do update set hold_id = excluded.hold_id, until = excluded.until, ticket_type_id = excluded.ticket_type_id",
    )
    .bind(seat)
    .bind(hold)
    .bind(until)
    .bind(ticket_type)
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// Claims standing places, in place of those of this hold.
pub(super) async fn claim_standing(tx: &mut Tx, event: EventId, hold: HoldId, until: Millis, wanted: Places, now: Millis) -> AppResult<()> {
    let left: Option<i64> = sqlx::query_scalar(
        "select capacity - sold - (select coalesce(sum(quantity), 0) from held_places where ticket_type_id = $1 and until > $3 and hold_id <> $4)
         from ticket_types where id = $1 and event_id = $2 and seated = 0",
    )
    .bind(wanted.ticket_type_id)
    .bind(event)
    .bind(now)
    .bind(hold)
    .fetch_optional(&mut **tx)
    .await?;
    let left = left.ok_or_else(|| AppError::not_found("There is no such kind of ticket."))?;
    if wanted.quantity < 1 {
        return Err(AppError::invalid("standing", "Choose at least one place."));
    }
    if wanted.quantity > left {
        let message = if left <= 0 { "These places are all taken.".to_owned() } else { format!("Only {left} of these places are left.") };
        return Err(AppError { field: Some("standing".to_owned()), ..AppError::conflict(message) });
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

/// Places that `person` has bought.
pub(super) async fn bought(conn: &mut Conn, person: PersonId, event: EventId) -> AppResult<i64> {
    let count = sqlx::query_scalar("select count(*) from tickets where person_id = $1 and event_id = $2 and state <> 'void'");
    Ok(count.bind(person).bind(event).fetch_one(conn).await?)
}

/// A hold as it stands.
///
/// # Errors
/// 404 if there is none.
pub async fn read(conn: &mut Conn, id: HoldId, terms: Terms) -> AppResult<Hold> {
    let row: Option<(EventId, Millis, i64)> =
        sqlx::query_as("select event_id, until, extensions from holds where id = $1").bind(id).fetch_optional(&mut *conn).await?;
    let (event_id, until, extensions) = row.ok_or_else(unknown)?;
    let seats =
        sqlx::query_scalar("select seat_id from held_seats where hold_id = $1 order by seat_id").bind(id).fetch_all(&mut *conn).await?;
    let standing = sqlx::query_as("select ticket_type_id, quantity from held_places where hold_id = $1 order by ticket_type_id")
        .bind(id)
        .fetch_all(conn)
        .await?;
    Ok(Hold { id, event_id, until, extensions_left: (terms.extensions - extensions).max(0), seats, standing })
}
