//! Tickets, as their owners and the staff of their events see them.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::codes::{self, Codes};
use crate::{
    live::tickets::{TicketEvent, TicketNow, TicketsNow},
    model::ticket::{Ticket, TicketState, Tickets},
};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrderId, PersonId, TicketId},
    live::Snapshot,
    people::{Identity, PersonCard},
};
use plenum_events::model::seat::Place;
use plenum_events::model::{event::EventState, seat::SeatKind};
use plenum_store::{
    db::{self, Conn, Db, Tx},
    log, zones,
};
use plenum_wallet::model::{Currency, Money};

/// A ticket with all that stands on it, of [`SOURCE`].
const COLUMNS: &str =
    "t.id, t.event_id, t.state, t.used_at, e.title, e.state as event_state, e.place, e.venue, e.zone, e.doors_at, e.starts_at,
  e.ends_at, y.name as kind, l.price - l.discount as paid, o.currency, o.id as order_id, o.number as order_number, s.row as seat_row,
  s.number as seat_number, s.kind as seat_kind, c.name as section, p.id as person_id, p.name as person_name, p.hue";
const SOURCE: &str = " from tickets t join events e on e.id = t.event_id join order_lines l on l.id = t.order_line_id
  join orders o on o.id = l.order_id join ticket_types y on y.id = l.ticket_type_id join people p on p.id = t.person_id
  left join seats s on s.id = l.seat_id left join sections c on c.id = s.section_id";

#[derive(sqlx::FromRow)]
struct Row {
    id: TicketId,
    event_id: EventId,
    state: TicketState,
    used_at: Option<Millis>,
    title: String,
    event_state: EventState,
    place: String,
    venue: String,
    zone: String,
    doors_at: Option<Millis>,
    starts_at: Millis,
    ends_at: Millis,
    kind: String,
    paid: i64,
    currency: Currency,
    order_id: OrderId,
    order_number: String,
    #[sqlx(flatten)]
    seat: SeatRow,
    person_id: PersonId,
    person_name: String,
    hue: u8,
}

/// The seat of a row, if it has one.
#[derive(sqlx::FromRow)]
pub struct SeatRow {
    section: Option<String>,
    seat_row: Option<String>,
    seat_number: Option<i64>,
    seat_kind: Option<SeatKind>,
}

impl SeatRow {
    pub fn place(self) -> Option<Place> {
        Some(Place { section: self.section?, row: self.seat_row?, number: self.seat_number?, kind: self.seat_kind? })
    }
}

impl Row {
    /// With its code, while that is good for something.
    fn ticket(self, codes: &Codes, drawn: bool) -> AppResult<Ticket> {
        let code = (self.state != TicketState::Void).then(|| codes.issue(self.id, self.event_id));
        let picture = code.as_ref().filter(|_| drawn).map(codes::picture).transpose()?;
        Ok(Ticket {
            id: self.id,
            event_id: self.event_id,
            title: self.title,
            event_state: self.event_state,
            is_virtual: self.place == "virtual",
            venue: self.venue,
            zone: zones::zone(&self.zone),
            doors_at: self.doors_at,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            kind: self.kind,
            paid: Money::new(self.paid, self.currency),
            place: self.seat.place(),
            holder: PersonCard { id: self.person_id, name: self.person_name, hue: self.hue },
            order_id: self.order_id,
            order: self.order_number,
            state: self.state,
            used_at: self.used_at,
            code: code.map(|code| code.to_string()),
            picture,
        })
    }
}

/// Which tickets are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// This one.
    One(TicketId),
    /// Those of an order.
    Order(OrderId),
    /// One's own for what is not over.
    Coming,
    /// One's own, of all times: those below this id, the newest first, and one more than a page has.
    Before(Option<TicketId>),
}

/// Tickets of one page at the most; one more is read, to know whether there are others.
pub const PAGE: usize = 50;

/// Tickets that `who` may see: their own, and those of events that they run; with where their own channel and those of the events stand.
///
/// # Errors
/// 404 if there is no such ticket or order for them.
pub async fn read(conn: &mut Conn, who: &Identity, codes: &Codes, epoch: &Epoch, which: Which) -> AppResult<Snapshot<Tickets>> {
    let tickets = list(conn, who, codes, which).await?;
    if tickets.is_empty() && matches!(which, Which::One(_) | Which::Order(_)) {
        return Err(AppError::no_such("ticket"));
    }
    let events: BTreeSet<EventId> = tickets.iter().map(|ticket| ticket.event_id).collect();
    let channels: Vec<Channel> = std::iter::once(Channel::Person(who.person)).chain(events.into_iter().map(Channel::Event)).collect();
    let cursors = log::cursors(conn, epoch, &channels).await?;
    Ok(Snapshot { state: Tickets { tickets }, cursors })
}

/// The same without a cursor; none if there are none.
pub async fn list(conn: &mut Conn, who: &Identity, codes: &Codes, which: Which) -> AppResult<Vec<Ticket>> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(SOURCE).push(" where o.organisation_id = ").push_bind(who.organisation);
    match which {
        Which::One(id) => query.push(" and t.id = ").push_bind(id),
        Which::Order(id) => query.push(" and o.id = ").push_bind(id),
        Which::Coming => query
            .push(" and e.state not in ('ended', 'cancelled') and (e.state = 'postponed' or e.ends_at > ")
            .push_bind(db::now())
            .push(")"),
        Which::Before(Some(id)) => query.push(" and t.id < ").push_bind(id),
        Which::Before(None) => &mut query,
    };
    query.push(" and (t.person_id = ").push_bind(who.person);
    if matches!(which, Which::One(_) | Which::Order(_)) {
        query.push(" or exists (select 1 from space_members m where m.space_id = e.space_id and m.staff and m.person_id = ");
        query.push_bind(who.person).push(")");
        // Who handles orders sees what they are for.
        query.push(" or exists (select 1 from roles r where r.role in ('admin', 'agent') and r.person_id = ").push_bind(who.person);
        query.push(")");
    }
    query.push(match which {
        Which::Before(_) => ") order by t.id desc limit ",
        _ => ") order by e.starts_at, t.id limit ",
    });
    query.push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let drawn = matches!(which, Which::One(_) | Which::Order(_));
    rows.into_iter().map(|row| row.ticket(codes, drawn)).collect()
}

/// Tells the owner's tabs what the tickets of an order are good for now: one event, however many they are.
pub async fn order_tickets_announce(tx: &mut Tx, order: OrderId) -> AppResult<()> {
    let rows: Vec<NowRow> = sqlx::query_as(
        "select t.id, t.event_id, t.person_id, t.state, t.used_at from tickets t join order_lines l on l.id = t.order_line_id
         where l.order_id = $1 order by t.id",
    )
    .bind(order)
    .fetch_all(&mut **tx)
    .await?;
    if let Some(first) = rows.first() {
        let (owner, event_id) = (first.person_id, first.event_id);
        let tickets = rows.iter().map(|row| TicketNow { id: row.id, state: row.state, used_at: row.used_at }).collect();
        tx.announce(owner, &TicketEvent::TicketsChanged(TicketsNow { order_id: order, event_id, tickets }));
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct NowRow {
    id: TicketId,
    event_id: EventId,
    person_id: PersonId,
    state: TicketState,
    used_at: Option<Millis>,
}

/// The same for the order of a ticket.
pub async fn ticket_announce(tx: &mut Tx, ticket: TicketId) -> AppResult<()> {
    let of_ticket = "select l.order_id from tickets t join order_lines l on l.id = t.order_line_id where t.id = $1";
    let order = sqlx::query_scalar(of_ticket).bind(ticket).fetch_optional(&mut **tx).await?;
    if let Some(order) = order { order_tickets_announce(tx, order).await } else { Ok(()) }
}
