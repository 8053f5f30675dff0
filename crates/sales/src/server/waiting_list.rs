//! Who waits for a place of what is sold out (S3-32): first come, first served.
//!
//! What becomes free is offered in the transaction that frees it: there is no instant in which somebody else could take it. An offer
//! is a hold, and ends as holds do; then the place goes to whoever is next. Nothing is kept beside the holds, so that nothing that
//! was freed can be lost while offers are pending.

use super::{
    baskets, expiry,
    holds::{self, HoldPolicy},
    orders,
};
use crate::{
    live::own::OwnEvent,
    model::{
        hold::{Hold, Places},
        waiting_list::{OwnWaiting, WaitingAction, WaitingState, transition},
    },
    words::seats as words,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, HoldId, Millis, PersonId, SeatId, TicketTypeId, WaitingId},
    people::Identity,
};
use plenum_events::event_sells;
use plenum_events::model::{
    event::TypeAvailability,
    seat::{SeatNow, SeatState},
};
use plenum_events::server::availability;
use plenum_inbox::{
    model::Category,
    server::{News, notify},
};
use plenum_store::db::{Conn, Tx};

/// Offers that one write makes at the most; the next ones come in writes of their own.
const AT_ONCE: usize = 12;

/// True if somebody waits for a place of `event`.
pub async fn is_waited_for(conn: &mut Conn, event: EventId) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from waiting where event_id = $1 and state = 'waiting')")
        .bind(event)
        .fetch_one(conn)
        .await?)
}

/// True if somebody waits for a place of any event.
pub async fn is_any(conn: &mut Conn) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from waiting where state = 'waiting')").fetch_one(conn).await?)
}

/// Where `person` waits for places of `event`.
pub async fn of_person(conn: &mut Conn, person: PersonId, event: EventId) -> AppResult<Vec<OwnWaiting>> {
    let rows: Vec<(TicketTypeId, WaitingState, i64, Option<Millis>)> = sqlx::query_as(
        "select w.ticket_type_id, w.state,
           case w.state when 'waiting' then
             (select count(*) from waiting o where o.event_id = w.event_id and o.ticket_type_id = w.ticket_type_id and o.state = 'waiting' and o.id <= w.id)
           else 0 end,
           (select h.until from holds h where h.id = w.hold_id)
         from waiting w where w.person_id = $1 and w.event_id = $2 and w.state in ('waiting', 'offered') order by w.ticket_type_id",
    )
    .bind(person)
    .bind(event)
    .fetch_all(conn)
    .await?;
    let own = |(ticket_type_id, state, place, until)| OwnWaiting { event_id: event, ticket_type_id, state, place, until };
    Ok(rows.into_iter().map(own).collect())
}

/// Puts who asks into the list of a ticket type; whoever is in it stays where they are. An offer will have these `terms`.
///
/// # Errors
/// 404 if there is no such ticket type; 409 if the event does not sell, there are places, or one has all that one can have.
pub async fn join(tx: &mut Tx, who: &Identity, ticket_type: TicketTypeId, terms: HoldPolicy) -> AppResult<OwnWaiting> {
    let event: Option<EventId> =
        sqlx::query_scalar("select event_id from ticket_types where id = $1").bind(ticket_type).fetch_optional(&mut **tx).await?;
    let event = event.ok_or_else(|| AppError::no_such("kind of ticket"))?;
    let now = tx.now();
    let each = holds::selling(tx, who.organisation, event, now).await?;
    if let Some(known) = own(tx, who.person, event, ticket_type).await? {
        return Ok(known);
    }
    let left = availability::availability_of_event(tx, event, now).await?.ticket_types.into_iter().find(|known| known.id == ticket_type);
    if left.is_some_and(|left| left.available > 0) {
        return Err(AppError::conflict("There are places now: choose one."));
    }
    if places_of(tx, who.person, event, now).await? >= each {
        return Err(AppError::conflict(format!("One person can have at most {each} places.")));
    }
    sqlx::query(
        "insert into waiting (event_id, ticket_type_id, person_id, state, lasts, extensions, created_at) values ($1, $2, $3, 'waiting', $4, $5, $6)",
    )
    .bind(event)
    .bind(ticket_type)
    .bind(who.person)
    .bind(terms.lasts)
    .bind(terms.extensions)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let waiting = own(tx, who.person, event, ticket_type).await?.ok_or_else(AppError::internal)?;
    tx.announce(who.person, &OwnEvent::WaitingChanged(waiting.clone()));
    Ok(waiting)
}

/// Takes who asks out of the list of a ticket type, if they are in it and nothing is offered to them.
pub async fn leave(tx: &mut Tx, who: &Identity, ticket_type: TicketTypeId) -> AppResult<()> {
    take_out(tx, who.person, ticket_type).await
}

/// The same for `person`.
pub async fn take_out(tx: &mut Tx, person: PersonId, ticket_type: TicketTypeId) -> AppResult<()> {
    let Some(left) = transition(WaitingState::Waiting, WaitingAction::Leave) else { return Ok(()) };
    let event: Option<EventId> = sqlx::query_scalar(
        "update waiting set state = $3 where ticket_type_id = $1 and person_id = $2 and state = 'waiting' returning event_id",
    )
    .bind(ticket_type)
    .bind(person)
    .bind(left)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(event_id) = event {
        let gone = OwnWaiting { event_id, ticket_type_id: ticket_type, state: left, place: 0, until: None };
        tx.announce(person, &OwnEvent::WaitingChanged(gone));
    }
    Ok(())
}

/// A hold has ended, or holds `left` still: what it offered and does not hold any more has lapsed.
pub async fn lapse(tx: &mut Tx, hold: HoldId, event: EventId, person: PersonId, left: Option<&Hold>) -> AppResult<()> {
    let offered: Vec<(WaitingId, TicketTypeId)> =
        sqlx::query_as("select id, ticket_type_id from waiting where hold_id = $1 and state = 'offered'")
            .bind(hold)
            .fetch_all(&mut **tx)
            .await?;
    for (id, ticket_type) in offered {
        let seats: i64 = sqlx::query_scalar("select count(*) from held_seats where hold_id = $1 and ticket_type_id = $2")
            .bind(hold)
            .bind(ticket_type)
            .fetch_one(&mut **tx)
            .await?;
        let standing = left.is_some_and(|left| left.standing.iter().any(|places| places.ticket_type_id == ticket_type));
        if left.is_some() && (seats > 0 || standing) {
            continue;
        }
        let Some(lapsed) = transition(WaitingState::Offered, WaitingAction::Lapse) else { continue };
        sqlx::query("update waiting set state = $2 where id = $1").bind(id).bind(lapsed).execute(&mut **tx).await?;
        let gone = OwnWaiting { event_id: event, ticket_type_id: ticket_type, state: lapsed, place: 0, until: None };
        tx.announce(person, &OwnEvent::WaitingChanged(gone));
    }
    Ok(())
}

/// Offers what is free of `event` to those who wait, in their order; returns the seats that they hold now.
pub async fn offer(tx: &mut Tx, event: EventId) -> AppResult<Vec<SeatNow>> {
    if !is_waited_for(tx, event).await? {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let Some(on_sale) = on_sale(tx, event, now).await? else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    let mut offers = 0;
    for left in availability::availability_of_event(tx, event, now).await?.ticket_types {
        for waiting in first(tx, event, left.id, left.available).await? {
            if offers == AT_ONCE {
                // The rest comes in writes of its own, at once.
                expiry::expect(tx, now);
                return Ok(changed);
            }
            offers += 1;
            changed.extend(offer_one(tx, &on_sale, &left, waiting).await?);
        }
    }
    Ok(changed)
}

/// Makes some offers that wait to be made. True if there may be more.
pub async fn offer_somewhere(tx: &mut Tx) -> AppResult<bool> {
    let selling = concat!(
        "select distinct w.event_id from waiting w join events e on e.id = w.event_id where w.state = 'waiting' and ",
        event_sells!("e", "$1")
    );
    let events: Vec<EventId> = sqlx::query_scalar(selling).bind(tx.now()).fetch_all(&mut **tx).await?;
    for event in events {
        let before = waiting_in(tx, event).await?;
        let seats = offer(tx, event).await?;
        if waiting_in(tx, event).await? < before {
            holds::seats_announce(tx, event, seats).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Strikes some off the lists of events that are over or cancelled, once the notices about these have been sent, and tells their tabs. True if there may be more.
pub async fn close_some(tx: &mut Tx) -> AppResult<bool> {
    let Some(left) = transition(WaitingState::Waiting, WaitingAction::Leave) else { return Ok(false) };
    let struck: Vec<(EventId, TicketTypeId, PersonId)> = sqlx::query_as(
        "update waiting set state = $1 where id in (select w.id from waiting w join events e on e.id = w.event_id
           where w.state = 'waiting' and e.state in ('ended', 'cancelled')
             and not exists (select 1 from event_notices n where n.event_id = w.event_id) limit $2) returning event_id, ticket_type_id, person_id",
    )
    .bind(left)
    .bind(i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    for (event_id, ticket_type_id, person) in &struck {
        let gone = OwnWaiting { event_id: *event_id, ticket_type_id: *ticket_type_id, state: left, place: 0, until: None };
        tx.announce(*person, &OwnEvent::WaitingChanged(gone));
    }
    Ok(struck.len() == AT_ONCE)
}

/// Would a place of `ticket_type` be somebody else's than `person`'s, because they wait for it?
pub async fn is_anothers_turn(tx: &mut Tx, event: EventId, ticket_type: TicketTypeId, person: PersonId) -> AppResult<bool> {
    Ok(first(tx, event, ticket_type, 1).await?.iter().any(|next| next.person_id != person))
}

async fn waiting_in(tx: &mut Tx, event: EventId) -> AppResult<i64> {
    let count = sqlx::query_scalar("select count(*) from waiting where event_id = $1 and state = 'waiting'");
    Ok(count.bind(event).fetch_one(&mut **tx).await?)
}

/// An event that sells now.
#[derive(sqlx::FromRow)]
struct OnSale {
    id: EventId,
    title: String,
    #[sqlx(rename = "places_each")]
    each: i64,
}

async fn on_sale(tx: &mut Tx, event: EventId, now: Millis) -> AppResult<Option<OnSale>> {
    let selling = concat!("select e.id, e.title, e.places_each from events e where e.id = $2 and ", event_sells!("e", "$1"));
    Ok(sqlx::query_as(selling).bind(now).bind(event).fetch_optional(&mut **tx).await?)
}

/// Somebody whose turn it is.
#[derive(sqlx::FromRow)]
struct Next {
    id: WaitingId,
    person_id: PersonId,
    lasts: Millis,
    extensions: i64,
}

async fn first(tx: &mut Tx, event: EventId, ticket_type: TicketTypeId, most: i64) -> AppResult<Vec<Next>> {
    let first = sqlx::query_as(
        "select w.id, w.person_id, w.lasts, w.extensions from waiting w join events e on e.id = w.event_id
         where w.event_id = $1 and w.ticket_type_id = $2 and w.state = 'waiting'
           and e.places_each > (select count(*) from tickets t where t.person_id = w.person_id and t.event_id = w.event_id and t.state <> 'void')
             + (select count(*) from held_seats s join holds h on h.id = s.hold_id
                where h.person_id = w.person_id and h.event_id = w.event_id and h.state = 'active' and s.until > $4)
             + (select coalesce(sum(p.quantity), 0) from held_places p join holds h on h.id = p.hold_id
                where h.person_id = w.person_id and h.event_id = w.event_id and h.state = 'active' and p.until > $4)
         order by w.id limit $3",
    );
    Ok(first.bind(event).bind(ticket_type).bind(most.max(0)).bind(tx.now()).fetch_all(&mut **tx).await?)
}

/// Holds a place of `left` for somebody and tells them.
async fn offer_one(tx: &mut Tx, event: &OnSale, left: &TypeAvailability, next: Next) -> AppResult<Vec<SeatNow>> {
    let now = tx.now();
    let Some(offered) = transition(WaitingState::Waiting, WaitingAction::Offer) else { return Ok(Vec::new()) };
    // Of another ticket type they may have been offered their last place a moment ago.
    if places_of(tx, next.person_id, event.id, now).await? >= event.each {
        return Ok(Vec::new());
    }
    let terms = HoldPolicy { lasts: next.lasts, extensions: next.extensions };
    let (hold, until, mut changed) = holds::basket(tx, next.person_id, event.id, terms).await?;
    if left.seated {
        let Some(seat) = free_seat(tx, left.id, now).await? else { return Ok(changed) };
        holds::claim(tx, event.id, hold, until, seat, now).await?;
        changed.push(SeatNow { id: seat, state: SeatState::Held { until } });
    } else {
        let held: Option<i64> = sqlx::query_scalar("select quantity from held_places where hold_id = $1 and ticket_type_id = $2")
            .bind(hold)
            .bind(left.id)
            .fetch_optional(&mut **tx)
            .await?;
        let places = Places { ticket_type_id: left.id, quantity: held.unwrap_or(0) + 1 };
        holds::claim_standing(tx, event.id, hold, until, places, now).await?;
    }
    // A basket that they had lasts at least as long as an offer does.
    let until = until.max(now + next.lasts);
    changed.extend(baskets::hold_until(tx, hold, until).await?);
    orders::follow_hold(tx, hold).await?;
    sqlx::query("update waiting set state = $2, hold_id = $3 where id = $1")
        .bind(next.id)
        .bind(offered)
        .bind(hold)
        .execute(&mut **tx)
        .await?;
    let held = holds::read(tx, hold, terms).await?;
    holds::owner_announce(tx, next.person_id, event.id, Some(held));
    let own = OwnWaiting { event_id: event.id, ticket_type_id: left.id, state: offered, place: 0, until: Some(until) };
    tx.announce(next.person_id, &OwnEvent::WaitingChanged(own));
    let news = News {
        category: Category::Events,
        title: words::offered(&event.title),
        text: words::offered_text(&left.name, next.lasts / 60_000),
        link: format!("/events/{}/seats", event.id),
        actor: None,
        subject: Some(format!("waiting:{}", next.id)),
        thread: None,
        group: None,
    };
    notify(tx, &[next.person_id], &news).await?;
    Ok(changed)
}

/// The first free seat of a ticket type; those for wheelchairs last.
async fn free_seat(tx: &mut Tx, ticket_type: TicketTypeId, now: Millis) -> AppResult<Option<SeatId>> {
    let free = sqlx::query_scalar(
        "select s.id from ticket_types t join seats s on s.event_id = t.event_id and s.ticket_type_id = t.id
         where t.id = $1 and not exists (select 1 from held_seats h where h.seat_id = s.id and h.until > $2)
           and not exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold')
         order by s.kind in ('accessible', 'companion'), s.id limit 1",
    );
    Ok(free.bind(ticket_type).bind(now).fetch_optional(&mut **tx).await?)
}

/// How many places `person` has of `event`: bought and held.
async fn places_of(tx: &mut Tx, person: PersonId, event: EventId, now: Millis) -> AppResult<i64> {
    let none = HoldPolicy { lasts: 0, extensions: 0 };
    let held = holds::of_person(tx, person, event, now, none).await?.map_or(0, |hold| hold.places());
    Ok(held + holds::bought(tx, person, event).await?.places)
}

async fn own(tx: &mut Tx, person: PersonId, event: EventId, ticket_type: TicketTypeId) -> AppResult<Option<OwnWaiting>> {
    Ok(of_person(tx, person, event).await?.into_iter().find(|known| known.ticket_type_id == ticket_type))
}
