//! What people do with their baskets beside filling them: more time, fewer places, the best seats together.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::{
    expiry,
    holds::{self, HoldPolicy, owner_announce, seats_announce},
    orders, seats,
};
use crate::server::waiting_list;
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
use plenum_store::{
    db::{self, Conn, Db, Store, Tx, push_list},
    idempotency,
};

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
    let (event, until, extensions, active) = row.ok_or_else(|| AppError::no_such("hold"))?;
    if active && until > tx.now() {
        return Ok(Active { event, until, extensions });
    }
    Err(AppError::conflict("These places are not held any more. Choose them again."))
}

/// Holds what is held for as much longer again.
///
/// # Errors
/// 404 if it is not a hold of who asks; 409 if it has ended, or was extended as often as it can be.
pub async fn extend(tx: &mut Tx, who: &Identity, id: HoldId, terms: HoldPolicy) -> AppResult<Hold> {
    let Active { event, until, extensions } = active(tx, who.person, id).await?;
    if extensions >= terms.extensions {
        return Err(AppError::conflict("These places cannot be held any longer. Pay for them, or let them go."));
    }
    sqlx::query("update holds set extensions = extensions + 1 where id = $1").bind(id).execute(&mut **tx).await?;
    let changed = hold_until(tx, id, until + terms.lasts).await?;
    let held = holds::read(tx, id, terms).await?;
    owner_announce(tx, who.person, event, Some(held));
    orders::follow_hold(tx, id).await?;
    seats_announce(tx, event, changed).await?;
    holds::read(tx, id, terms).await
}

/// Holds what is paid for by card until the gateway must have answered.
pub async fn wait_for_gateway(tx: &mut Tx, who: &Identity, id: HoldId, until: Millis, terms: HoldPolicy) -> AppResult<()> {
    let Active { event, until: known, .. } = active(tx, who.person, id).await?;
    if known >= until {
        return Ok(());
    }
    let changed = hold_until(tx, id, until).await?;
    let held = holds::read(tx, id, terms).await?;
    owner_announce(tx, who.person, event, Some(held));
    seats_announce(tx, event, changed).await
}

/// Lets a hold end at `until`; returns its seats as they are then.
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
pub async fn let_go(tx: &mut Tx, who: &Identity, id: HoldId, part: Part, terms: HoldPolicy) -> AppResult<Option<Hold>> {
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
    waiting_list::lapse(tx, id, event, who.person, held.as_ref()).await?;
    owner_announce(tx, who.person, event, held);
    orders::follow_hold(tx, id).await?;
    seats_announce(tx, event, changed).await?;
    let now = tx.now();
    holds::of_person(tx, who.person, event, now, terms).await
}

/// Sets how many standing places of a ticket type who asks holds; none lets them go.
///
/// # Errors
/// As [`holds::hold`] and [`let_go`].
pub async fn stand(tx: &mut Tx, who: &Identity, event: EventId, places: Places, terms: HoldPolicy) -> AppResult<Option<Hold>> {
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

/// Blocks of seats that one look at the plan chooses; the writer tries one after the other.
const BLOCKS: usize = 8;
/// Looks at the plan that one request takes at the most.
const LOOKS: usize = 4;

/// Those whose blocks were all taken meanwhile look again one after the other, so that each of them finds what the one before left. An
/// event has one of these queues.
#[derive(Default)]
struct Queues([tokio::sync::Mutex<()>; 16]);

impl Queues {
    fn of(&self, event: EventId) -> Option<&tokio::sync::Mutex<()>> {
        self.0.get(usize::try_from(event.0.rem_euclid(16)).unwrap_or_default())
    }
}

/// So many seats together, of a ticket type if one is named.
#[derive(Debug, Clone, Copy)]
pub struct Together {
    pub count: usize,
    pub ticket_type: Option<TicketTypeId>,
}

/// Holds the best seats together that are free now, once for its `key` if it has one. The plan is read and chosen from outside the
/// writer, however many seats it has (I33).
///
/// # Errors
/// As [`hold_block`].
pub async fn hold_best(
    store: &Store,
    who: &Identity,
    event: EventId,
    wanted: Together,
    key: Option<String>,
    terms: HoldPolicy,
) -> AppResult<Hold> {
    expiry::make_way(store, event).await?;
    let queues = store.part::<Queues>();
    let mut turn = None;
    for _ in 0..LOOKS {
        let blocks = best_blocks(&mut *store.read().await?, who, event, wanted, db::now()).await;
        let (who, key) = (who.clone(), key.clone());
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| hold_block(tx, &who, event, &blocks.clone()?, terms).await;
            let Some(key) = &key else { return effect(tx).await };
            let request = ("best", event, wanted.count, wanted.ticket_type.map(|id| id.to_string()).unwrap_or_default());
            idempotency::once_if(tx, who.person, key, &request, Option::is_some, effect).await
        };
        if let Some(hold) = store.write(body).await? {
            return Ok(hold);
        }
        if turn.is_none() {
            turn = match queues.of(event) {
                Some(queue) => Some(queue.lock().await),
                None => None,
            };
        }
    }
    Err(none_together(wanted.count))
}

fn none_together(count: usize) -> AppError {
    AppError::conflict(words::none_together(count)).at_field("seats")
}

/// The best seats together that are free at `now`, and those that are the best without them, and so on.
///
/// # Errors
/// 404 if there is no such event; 409 if it does not sell, or there are not so many together; 422 `count`.
pub async fn best_blocks(conn: &mut Conn, who: &Identity, event: EventId, wanted: Together, now: Millis) -> AppResult<Vec<Vec<SeatId>>> {
    let Together { count, ticket_type } = wanted;
    let each = holds::selling(conn, who.organisation, event, now).await?;
    if count == 0 || i64::try_from(count).is_ok_and(|count| count > each) {
        return Err(AppError::invalid("count", format!("Choose 1 to {each} seats.")));
    }
    let (rows, taken) = (seats::rows(conn, event).await?, seats::taken(conn, event, now).await?);
    let mut chosen = BTreeSet::new();
    let mut blocks = Vec::new();
    while blocks.len() < BLOCKS
        && let Some(block) = best(&rows, count, ticket_type, |seat| taken.get(seat) == SeatState::Free && !chosen.contains(&seat))
    {
        chosen.extend(block.iter().copied());
        blocks.push(block);
    }
    if blocks.is_empty() { Err(none_together(count)) } else { Ok(blocks) }
}

/// Holds the first of `blocks` that is still free; none if all of them were taken meanwhile.
///
/// # Errors
/// As [`holds::hold`].
pub async fn hold_block(tx: &mut Tx, who: &Identity, event: EventId, blocks: &[Vec<SeatId>], terms: HoldPolicy) -> AppResult<Option<Hold>> {
    let mut query = QueryBuilder::<Db>::new("select s.id from seats s where s.event_id = ");
    query.push_bind(event).push(" and s.id in ");
    push_list(&mut query, blocks.iter().flatten().copied());
    query.push(" and not exists (select 1 from held_seats h where h.seat_id = s.id and h.until > ").push_bind(tx.now()).push(")");
    query.push(" and not exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold')");
    let free: BTreeSet<SeatId> = query.build_query_scalar().fetch_all(&mut **tx).await?.into_iter().collect();
    match blocks.iter().find(|block| block.iter().all(|seat| free.contains(seat))) {
        Some(block) => {
            let wanted = Wanted { seats: block.clone(), standing: Vec::new() };
            holds::hold(tx, who, event, &wanted, terms).await.map(Some)
        }
        None => Ok(None),
    }
}
