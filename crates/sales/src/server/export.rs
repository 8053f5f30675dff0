//! An event's orders and attendees as tables for other programs: `/events/{id}/orders.csv`, `/events/{id}/attendees.csv`. Times are UTC.
//!
//! They are read and sent some rows at a time, each time from a snapshot of its own, so that none stands while a browser is slow.

use axum::{
    Extension, Router,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};

use super::desk;
use plenum_core::{
    error::AppResult,
    ids::{EventId, Millis, OrderId, TicketId},
    people::Identity,
    time::Zone,
};
use plenum_events::model::desk::{OrderRow, OrdersAsked};
use plenum_events::server::access;
use plenum_store::heavy::{Asker, HeavyReads};
use plenum_tickets::model::ticket::TicketState;
use plenum_tickets::server::tickets::SeatRow;
use plenum_web::{csv, problem::Problem, state::AppState};

/// Rows that are read at once.
const AT_ONCE: usize = 500;
const ORDERS: &str = "number,state,created_at,person_id,name,email,places,total,refunded,currency\r\n";
const ATTENDEES: &str = "ticket,state,name,email,type,section,row,seat,order,used_at,checked_in_by\r\n";

/// The routes, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new().route("/events/{id}/orders.csv", get(orders)).route("/events/{id}/attendees.csv", get(attendees))
}

async fn orders(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let event = EventId(id);
    access::require_organiser_of(&mut *state.store.read().await?, &who, event).await?;
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    Ok(csv::file(format!("event-{event}-orders"), heavy, None, move |before: Option<OrderId>| {
        let state = state.clone();
        async move {
            let asked = OrdersAsked { before, ..OrdersAsked::default() };
            let page = desk::page(&mut *state.store.read().await?, event, &asked, AT_ONCE).await?;
            let lines = page.rows.into_iter().map(order);
            let text = header(ORDERS, before.is_none()).into_iter().chain(lines).collect();
            Ok((text, page.floor.map(Some)))
        }
    }))
}

fn header(line: &str, is_first: bool) -> Option<String> {
    is_first.then(|| line.to_owned())
}

fn order(row: OrderRow) -> String {
    csv::line([
        row.number,
        row.state.into_str().to_owned(),
        Zone::machine(row.created_at),
        row.person.id.to_string(),
        row.person.name,
        row.email,
        row.places.to_string(),
        row.total.plain(),
        row.refunded.plain(),
        row.total.currency.code().to_owned(),
    ])
}

async fn attendees(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let event = EventId(id);
    access::require_organiser_of(&mut *state.store.read().await?, &who, event).await?;
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    Ok(csv::file(format!("event-{event}-attendees"), heavy, TicketId(0), move |after| {
        let state = state.clone();
        async move { part(&state, event, after).await }
    }))
}

#[derive(sqlx::FromRow)]
struct Attendee {
    id: TicketId,
    state: TicketState,
    name: String,
    email: String,
    kind: String,
    #[sqlx(flatten)]
    seat: SeatRow,
    order_number: String,
    used_at: Option<Millis>,
    checked_by: Option<String>,
}

/// The attendees after a ticket.
async fn part(state: &AppState, event: EventId, after: TicketId) -> AppResult<(String, Option<TicketId>)> {
    let rows: Vec<Attendee> = sqlx::query_as(
        "select t.id, t.state, p.name, p.email, y.name as kind, c.name as section, s.row as seat_row, s.number as seat_number,
           s.kind as seat_kind, o.number as order_number, t.used_at, b.name as checked_by
         from tickets t join people p on p.id = t.person_id join order_lines l on l.id = t.order_line_id join orders o on o.id = l.order_id
           join ticket_types y on y.id = l.ticket_type_id left join seats s on s.id = l.seat_id left join sections c on c.id = s.section_id
           left join people b on b.id = t.checked_by
         where t.event_id = $1 and t.id > $2 and t.state <> 'void' order by t.id limit $3",
    )
    .bind(event)
    .bind(after)
    .bind(i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
    .fetch_all(&mut *state.store.look().await?)
    .await?;
    let next = rows.last().filter(|_| rows.len() == AT_ONCE).map(|last| last.id);
    let lines = rows.into_iter().map(attendee);
    Ok((header(ATTENDEES, after.0 == 0).into_iter().chain(lines).collect(), next))
}

fn attendee(row: Attendee) -> String {
    let (section, seat_row, number) =
        row.seat.place().map(|place| (place.section, place.row, place.number.to_string())).unwrap_or_default();
    csv::line([
        row.id.to_string(),
        row.state.into_str().to_owned(),
        row.name,
        row.email,
        row.kind,
        section,
        seat_row,
        number,
        row.order_number,
        row.used_at.map(Zone::machine).unwrap_or_default(),
        row.checked_by.unwrap_or_default(),
    ])
}
