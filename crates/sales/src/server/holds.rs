//! Holds: claims on places that end by themselves (I1 to I4).
//!
//! One row a seat in `held_seats` is what makes a seat be in one hold only. A row whose time has passed claims nothing and is taken over
//! by whoever comes next, so that nothing depends on a sweep. All of it happens in one write: half a basket is never seen.

mod claims;
mod counter;

use std::collections::BTreeSet;

use super::{expiry, orders};
use crate::server::waiting_list;
use crate::{
    live::own::{BoughtChanged, HoldChanged, OwnEvent},
    model::hold::{Hold, HoldAction, HoldState, Places, Wanted, transition},
    words::seats as words,
};
pub use claims::drop_claims;
use claims::drop_seats;
pub use claims::{claim, claim_standing};
use counter::Counter;
pub use counter::selling;
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{EventId, HoldId, Millis, PersonId, SeatId, TicketTypeId},
    people::Identity,
};
use plenum_events::server::availability;
use plenum_events::{
    live::seats::{SeatsChanged, SeatsEvent},
    model::seat::{SeatNow, SeatState},
};
use plenum_store::db::{Conn, Tx};

/// How long a hold lasts and how often it can be extended; from the settings.
#[derive(Debug, Clone, Copy)]
pub struct HoldPolicy {
    /// Milliseconds from the first place on, and from each extension.
    pub lasts: Millis,
    /// How often its owner can extend it.
    pub extensions: i64,
}

/// Claims what is `wanted` for who asks, in addition to the seats that they hold already; a number of standing places replaces the one
/// that they had. All or nothing. [`expiry::make_way`] goes before it, in writes of its own.
///
/// # Errors
/// 404 if there is no such event or place; 409 if a place is taken or the event does not sell now; 422 `seats` or `standing`.
pub async fn hold(tx: &mut Tx, who: &Identity, event: EventId, wanted: &Wanted, terms: HoldPolicy) -> AppResult<Hold> {
    let now = tx.now();
    let counter = Counter::open(tx, who, event).await?;
    let each = counter.places_each;
    let seats: BTreeSet<SeatId> = wanted.seats.iter().copied().collect();
    if seats.is_empty() && wanted.standing.is_empty() {
        return Err(AppError::invalid("seats", "Choose at least one place."));
    }
    if i64::try_from(seats.len() + wanted.standing.len()).is_ok_and(|wanted| wanted > each) {
        return Err(too_many(each));
    }
    let mut known = counter.basket();
    // What has ended is for those who wait, before whoever comes now.
    if counter.waited_for {
        if expiry::end_due(tx, Some(event)).await? {
            // Callers have ended what was more before ([`expiry::make_way`]); what has come since is the task's.
            expiry::expect(tx, now);
        }
        // One write makes so many offers and no more; the next ones are theirs all the same.
        let own = of_person(tx, who.person, event, now, terms).await?;
        for ticket_type in new_types(tx, event, own.as_ref(), &seats, &wanted.standing).await? {
            if waiting_list::is_anothers_turn(tx, event, ticket_type, who.person).await? {
                return Err(AppError::conflict(words::OTHERS_WAIT).at_field("seats").with_code(ErrorCode::PlacesTaken));
            }
        }
        known = active_basket(tx, who.person, event).await?;
    }
    let is_new = known.is_none();
    let (id, until, mut changed) = open_basket(tx, who.person, event, known, terms).await?;
    for seat in seats {
        if claim(tx, event, id, until, seat, now).await? {
            changed.push(SeatNow { id: seat, state: SeatState::Held { until } });
        }
    }
    for places in &wanted.standing {
        claim_standing(tx, event, id, until, *places, now).await?;
    }
    let held = read(tx, id, terms).await?;
    if held.places() + counter.bought > each {
        return Err(too_many(each));
    }
    owner_announce(tx, who.person, event, Some(held.clone()));
    if !is_new {
        orders::follow_hold(tx, id).await?;
    }
    if counter.waited_for {
        seats_announce(tx, event, changed).await?;
        return read(tx, id, terms).await;
    }
    seats_publish(tx, event, changed);
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
    release_of(tx, who.person, id).await
}

/// The same for a hold of `person`.
///
/// # Errors
/// 404 if it is not theirs.
pub async fn release_of(tx: &mut Tx, person: PersonId, id: HoldId) -> AppResult<()> {
    // What hangs on it: mostly nothing, and then nothing of it is asked for.
    let known: Option<(EventId, bool, bool, bool)> = sqlx::query_as(
        "select h.event_id, exists (select 1 from held_places p where p.hold_id = h.id),
           exists (select 1 from waiting w where w.event_id = h.event_id and w.state in ('waiting', 'offered')),
           exists (select 1 from orders o where o.hold_id = h.id)
         from holds h where h.id = $1 and h.person_id = $2",
    )
    .bind(id)
    .bind(person)
    .fetch_optional(&mut **tx)
    .await?;
    let (event, stands, waited_for, ordered) = known.ok_or_else(|| AppError::no_such("hold"))?;
    if !end(tx, id, HoldAction::Release).await? {
        return Ok(());
    }
    let now = tx.now();
    let freed = if stands { drop_claims(tx, id).await? } else { drop_seats(tx, id).await? };
    // Seats whose time had passed may be somebody else's by now; those are not in this hold any more.
    let changed = freed.into_iter().filter(|(_, until)| *until > now).map(|(id, _)| SeatNow { id, state: SeatState::Free }).collect();
    owner_announce(tx, person, event, None);
    if waited_for {
        waiting_list::lapse(tx, id, event, person, None).await?;
        seats_announce(tx, event, changed).await?;
    } else {
        seats_publish(tx, event, changed);
    }
    if ordered { orders::follow_hold(tx, id).await } else { Ok(()) }
}

/// Ends a hold by `action`; false if it had ended. Its claims and those who look are the caller's.
pub async fn end(tx: &mut Tx, id: HoldId, action: HoldAction) -> AppResult<bool> {
    let Some(next) = transition(HoldState::Active, action) else { return Ok(false) };
    let ended = sqlx::query("update holds set state = $2 where id = $1 and state = $3").bind(id).bind(next).bind(HoldState::Active);
    Ok(ended.execute(&mut **tx).await?.rows_affected() > 0)
}

/// What `person` holds of `event` at `now`, if anything.
pub async fn of_person(conn: &mut Conn, person: PersonId, event: EventId, now: Millis, terms: HoldPolicy) -> AppResult<Option<Hold>> {
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
pub async fn active(conn: &mut Conn, person: PersonId, id: HoldId, now: Millis, terms: HoldPolicy) -> AppResult<Option<Hold>> {
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

/// Tells those who look at the seat map and at the event what has changed. What has become free goes to those who wait for it first; that
/// can be whoever let it go, so that their basket is announced before.
pub async fn seats_announce(tx: &mut Tx, event: EventId, mut seats: Vec<SeatNow>) -> AppResult<()> {
    seats.extend(waiting_list::offer(tx, event).await?);
    seats_publish(tx, event, seats);
    Ok(())
}

/// The same where nobody waits.
fn seats_publish(tx: &mut Tx, event: EventId, mut seats: Vec<SeatNow>) {
    let at = tx.now();
    // A seat that was let go and is somebody else's at once is told once.
    let mut told = BTreeSet::new();
    seats.reverse();
    seats.retain(|seat| told.insert(seat.id));
    seats.reverse();
    if !seats.is_empty() {
        tx.announce(event, &SeatsEvent::SeatsChanged(SeatsChanged { seats, at }));
    }
    availability::announce(tx, event);
}

/// Tells the owner's tabs what is in their basket.
pub fn owner_announce(tx: &mut Tx, person: PersonId, event: EventId, hold: Option<Hold>) {
    tx.announce(person, &OwnEvent::HoldChanged(HoldChanged { event_id: event, hold }));
}

/// Tells the tabs of `person` which places of `event` they have bought by now.
pub async fn bought_announce(tx: &mut Tx, person: PersonId, event: EventId) -> AppResult<()> {
    let Bought { places, seats } = bought(tx, person, event).await?;
    tx.announce(person, &OwnEvent::BoughtChanged(BoughtChanged { event_id: event, bought: places, seats }));
    Ok(())
}

/// The basket of `person`: the one that they have, or a new one; until when it holds, and the seats of one that had ended.
pub async fn basket(tx: &mut Tx, person: PersonId, event: EventId, terms: HoldPolicy) -> AppResult<(HoldId, Millis, Vec<SeatNow>)> {
    let known = active_basket(tx, person, event).await?;
    open_basket(tx, person, event, known, terms).await
}

async fn active_basket(tx: &mut Tx, person: PersonId, event: EventId) -> AppResult<Option<(HoldId, Millis)>> {
    let known = sqlx::query_as("select id, until from holds where person_id = $1 and event_id = $2 and state = 'active'");
    Ok(known.bind(person).bind(event).fetch_optional(&mut **tx).await?)
}

/// The same, where the basket that they have is `known`.
async fn open_basket(
    tx: &mut Tx,
    person: PersonId,
    event: EventId,
    known: Option<(HoldId, Millis)>,
    terms: HoldPolicy,
) -> AppResult<(HoldId, Millis, Vec<SeatNow>)> {
    let now = tx.now();
    let freed = match known {
        Some((id, until)) if until > now => return Ok((id, until, Vec::new())),
        Some((id, _)) => {
            end(tx, id, HoldAction::Expire).await?;
            orders::follow_hold(tx, id).await?;
            waiting_list::lapse(tx, id, event, person, None).await?;
            drop_claims(tx, id).await?.into_iter().map(|(id, _)| SeatNow { id, state: SeatState::Free }).collect()
        }
        None => Vec::new(),
    };
    let until = now + terms.lasts;
    let made = sqlx::query_scalar(
        "insert into holds (event_id, person_id, state, until, created_at) values ($1, $2, 'active', $3, $4) returning id",
    );
    let id = made.bind(event).bind(person).bind(until).bind(now).fetch_one(&mut **tx).await?;
    expiry::expect(tx, until);
    Ok((id, until, freed))
}

/// What somebody has bought of an event, and not given back.
#[derive(Debug, Default)]
pub struct Bought {
    /// How many places.
    pub places: i64,
    /// Which seats of them, in their order; standing places have none.
    pub seats: Vec<SeatId>,
}

/// What `person` has bought of `event`.
pub async fn bought(conn: &mut Conn, person: PersonId, event: EventId) -> AppResult<Bought> {
    let places: Vec<Option<SeatId>> = sqlx::query_scalar(
        "select l.seat_id from tickets t join order_lines l on l.id = t.order_line_id
         where t.person_id = $1 and t.event_id = $2 and t.state <> 'void' order by l.seat_id",
    )
    .bind(person)
    .bind(event)
    .fetch_all(conn)
    .await?;
    Ok(Bought { places: i64::try_from(places.len()).unwrap_or(i64::MAX), seats: places.into_iter().flatten().collect() })
}

/// A hold as it stands.
///
/// # Errors
/// 404 if there is none.
pub async fn read(conn: &mut Conn, id: HoldId, terms: HoldPolicy) -> AppResult<Hold> {
    // The hold, its seats, and its standing places: one statement, as it is asked for in each write.
    let rows: Vec<(i64, i64, Option<EventId>, Option<Millis>)> = sqlx::query_as(
        "select -1, extensions, event_id, until from holds where id = $1
         union all select 0, seat_id, null, null from held_seats where hold_id = $1
         union all select ticket_type_id, quantity, null, null from held_places where hold_id = $1",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let (mut found, mut seats, mut standing) = (None, Vec::new(), Vec::new());
    for (of, value, event, until) in rows {
        match (of, event.zip(until)) {
            (_, Some((event_id, until))) => found = Some((event_id, until, (terms.extensions - value).max(0))),
            (0, None) => seats.push(SeatId(value)),
            (of, None) => standing.push(Places { ticket_type_id: TicketTypeId(of), quantity: value }),
        }
    }
    seats.sort_unstable();
    standing.sort_unstable_by_key(|places| places.ticket_type_id);
    let (event_id, until, extensions_left) = found.ok_or_else(|| AppError::no_such("hold"))?;
    Ok(Hold { id, event_id, until, extensions_left, seats, standing })
}
