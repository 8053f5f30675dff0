//! The seat map of an event.

use super::{holds, watchers};
use crate::model::{
    layout::{Row, Section, Spot},
    seat_map::{OnSale, SeatMap, Taken},
};
use crate::server::waiting_list;
use crate::settings::BoxOffice;
use plenum_core::{
    channels::Channel,
    error::{AppError, AppResult},
    ids::{EventId, Millis, SeatId, SectionId, TicketTypeId},
    live::Snapshot,
    people::Identity,
};
use plenum_events::model::{
    event::EventState,
    seat::{Seat, SeatKind, SeatNow, SeatState},
};
use plenum_events::server::{
    availability,
    events::{self, EventViewer},
};
use plenum_store::{
    db::{self, Conn},
    heavy::{Asker, HeavyReads},
    log, zones,
};
use plenum_web::{request::Visitor, state::AppState};

/// From when on a place is held until it is paid, and how often that can be put off; as the settings say.
pub fn terms(state: &AppState) -> AppResult<holds::HoldPolicy> {
    let settings: BoxOffice = state.part()?;
    Ok(holds::HoldPolicy {
        lasts: Millis::try_from(settings.hold_seconds.saturating_mul(1_000)).unwrap_or(Millis::MAX / 4),
        extensions: settings.hold_extensions.into(),
    })
}

#[derive(sqlx::FromRow)]
struct EventRow {
    title: String,
    state: EventState,
    zone: String,
    sales_from: Millis,
    sales_until: Millis,
    places_each: i64,
}

#[derive(sqlx::FromRow)]
struct SeatRow {
    id: SeatId,
    section_id: SectionId,
    ticket_type_id: TicketTypeId,
    row: String,
    number: i64,
    kind: SeatKind,
    x: i64,
    y: i64,
}

/// The seat map of `event` as `who` sees it at the pages of `host`, with where the live stream goes on.
///
/// # Errors
/// 404 if there is no such event, or not for them; 429 if they look at many at a time.
pub async fn snapshot(state: &AppState, visitor: &Visitor, event: EventId) -> AppResult<Snapshot<SeatMap>> {
    let asker = Asker::of(visitor.who.as_ref().map(|who| who.person), visitor.address);
    let heavy = state.store.part::<HeavyReads>().enter(asker)?;
    let _turn = heavy.turn().await?;
    let mut tx = state.store.read().await?;
    let looker = EventViewer::find(&mut tx, visitor.who.clone(), &visitor.host).await?;
    let mut map = map(&mut tx, &looker, event, terms(state)?, db::now()).await?;
    map.watching = watchers::watching(&state.hub, event);
    let own = looker.person().map(Channel::Person);
    let channels: Vec<Channel> = [Channel::Seats(event), Channel::Event(event)].into_iter().chain(own).collect();
    let cursors = log::cursors(&mut tx, state.store.epoch(), &channels).await?;
    Ok(Snapshot { state: map, cursors })
}

/// The seat map of `event` as `looker` sees it at `now`.
///
/// # Errors
/// 404 if there is no such event, or not for them.
pub async fn map(conn: &mut Conn, looker: &EventViewer, event: EventId, terms: holds::HoldPolicy, now: Millis) -> AppResult<SeatMap> {
    events::visible(conn, looker, event).await?;
    let (mut hold, mut bought, mut waiting) = (None, holds::Bought::default(), Vec::new());
    if let Some(person) = looker.person() {
        hold = holds::of_person(conn, person, event, now, terms).await?;
        bought = holds::bought(conn, person, event).await?;
        waiting = waiting_list::of_person(conn, person, event).await?;
    }
    Ok(SeatMap {
        event: on_sale(conn, event).await?,
        sections: sections(conn, event).await?,
        types: availability::availability_of_event(conn, event, now).await?.ticket_types,
        rows: rows(conn, event).await?,
        taken: taken(conn, event, now).await?,
        hold,
        bought: bought.places,
        bought_seats: bought.seats,
        waiting,
        watching: 0,
        now,
    })
}

/// What a program gets of an event's seats: each of them, and what it is now.
///
/// # Errors
/// 404 if there is no such event, or not for `who`.
pub async fn list(conn: &mut Conn, who: &Identity, event: EventId, now: Millis) -> AppResult<Vec<(Seat, SeatState)>> {
    events::visible(conn, &EventViewer { organisation: who.organisation, who: Some(who.clone()) }, event).await?;
    let seats: Vec<Seat> =
        sqlx::query_as("select id, section_id, ticket_type_id, row, number, kind, x, y from seats where event_id = $1 order by id")
            .bind(event)
            .fetch_all(&mut *conn)
            .await?;
    let taken = taken(conn, event, now).await?;
    Ok(seats.into_iter().map(|seat| (seat.clone(), taken.get(seat.id))).collect())
}

async fn on_sale(conn: &mut Conn, event: EventId) -> AppResult<OnSale> {
    let row: Option<EventRow> = sqlx::query_as("select title, state, zone, sales_from, sales_until, places_each from events where id = $1")
        .bind(event)
        .fetch_optional(conn)
        .await?;
    let EventRow { title, state, zone, sales_from, sales_until, places_each } = row.ok_or_else(|| AppError::no_such("event"))?;
    Ok(OnSale { id: event, title, state, zone: zones::zone(&zone), sales_from, sales_until, places_each })
}

async fn sections(conn: &mut Conn, event: EventId) -> AppResult<Vec<Section>> {
    Ok(sqlx::query_as("select id, name from sections where event_id = $1 order by position").bind(event).fetch_all(conn).await?)
}

/// The rows of an event, section by section, from the stage on; their seats from left to right.
pub async fn rows(conn: &mut Conn, event: EventId) -> AppResult<Vec<Row>> {
    let seats: Vec<SeatRow> = sqlx::query_as(
        "select s.id, s.section_id, s.ticket_type_id, s.row, s.number, s.kind, s.x, s.y
         from seats s join sections p on p.id = s.section_id where s.event_id = $1 order by p.position, s.row, s.x, s.number",
    )
    .bind(event)
    .fetch_all(conn)
    .await?;
    let mut rows: Vec<Row> = Vec::new();
    for SeatRow { id, section_id, ticket_type_id, row, number, kind, x, y } in seats {
        let spot = Spot { id, number, ticket_type: ticket_type_id, kind, x, y };
        match rows.last_mut().filter(|known| known.section == section_id && known.label == row) {
            Some(known) => known.spots.push(spot),
            None => rows.push(Row { section: section_id, label: row, spots: vec![spot] }),
        }
    }
    // Within a section as they stand, whatever their labels are: A … Z, AA.
    let order: Vec<SectionId> = rows.iter().map(|row| row.section).collect();
    rows.sort_by_key(|row| {
        (order.iter().position(|section| *section == row.section), row.spots.iter().map(|spot| spot.y).max(), row.label.clone())
    });
    Ok(rows)
}

/// The seats of an event that are not free at `now`.
pub async fn taken(conn: &mut Conn, event: EventId, now: Millis) -> AppResult<Taken> {
    let rows: Vec<(SeatId, Option<Millis>)> = sqlx::query_as(
        "select h.seat_id, h.until from held_seats h where h.ticket_type_id in (select id from ticket_types where event_id = $1) and h.until > $2
         union all
         select s.id, null from seats s where s.event_id = $1
           and exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold')",
    )
    .bind(event)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let state =
        |(id, until): (SeatId, Option<Millis>)| SeatNow { id, state: until.map_or(SeatState::Sold, |until| SeatState::Held { until }) };
    Ok(Taken::from_seats(rows.into_iter().map(state)))
}
