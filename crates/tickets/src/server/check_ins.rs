//! The doors of an event: a ticket is let in once, however many doors there are.
//!
//! What decides is one statement, `update tickets … where state = 'valid'`, in the one writer: of two doors that scan a ticket at the same
//! instant, one changes it and the other reads who did. An index of the check-ins that stand says the same once more.

use super::{
    codes::Codes,
    tickets::{self, SeatRow},
};
use crate::model::door::{Door, Found};
use crate::model::ticket::{TicketCode, TicketState};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{CheckInId, EventId, Millis, OrganisationId, PersonId, TicketId},
    live::Snapshot,
    people::{Identity, PersonCard},
};
use plenum_events::server::access;
use plenum_events::{
    live::desk::DoorEvent,
    model::{
        check_in::{Answer, CheckIns, Counts, Entry, Guest, Head, Outcome, RECENT, UNDO},
        event::EventState,
    },
};
use plenum_store::{
    db::{Activity, Conn, Tx},
    log,
};
use plenum_web::search;

/// People that a search at a door finds at the most.
const FOUND: i64 = 20;

/// Whose ticket it is, of `SOURCE`.
const GUEST: &str = "t.id as ticket, p.name, y.name as kind, o.number as order_number, c.name as section, s.row as seat_row,
  s.number as seat_number, s.kind as seat_kind";
const SOURCE: &str = " from tickets t join people p on p.id = t.person_id join order_lines l on l.id = t.order_line_id
  join orders o on o.id = l.order_id join ticket_types y on y.id = l.ticket_type_id
  left join seats s on s.id = l.seat_id left join sections c on c.id = s.section_id";

#[derive(sqlx::FromRow)]
struct GuestRow {
    ticket: TicketId,
    name: String,
    kind: String,
    order_number: String,
    #[sqlx(flatten)]
    seat: SeatRow,
}

impl GuestRow {
    fn guest(self) -> Guest {
        Guest { ticket: self.ticket, name: self.name, kind: self.kind, place: self.seat.place(), order: self.order_number }
    }
}

/// Lets in whoever has `code`, at a door of `event`; a code that is not good changes nothing, and the answer says why.
///
/// # Errors
/// 404 if there is no such event; 403 unless one runs it or works at its doors; 409 if nobody is let in there now.
pub async fn check_in(tx: &mut Tx, who: &Identity, codes: &Codes, event: EventId, code: &str) -> AppResult<Answer> {
    let head = open(tx, who, event).await?;
    let Ok(code) = code.parse::<TicketCode>() else { return refusal(tx, event, Outcome::Unknown).await };
    let of: Option<(EventId, OrganisationId, String)> =
        sqlx::query_as("select e.id, e.organisation_id, e.title from tickets t join events e on e.id = t.event_id where t.id = $1")
            .bind(code.ticket)
            .fetch_optional(&mut **tx)
            .await?;
    match of {
        // Who forges a code learns nothing: not even whether there is a ticket of that number.
        Some((of, organisation, title)) if organisation == who.organisation && codes.verify(&code, of) => {
            if of == event {
                return let_in(tx, who, &head, code.ticket).await;
            }
            Ok(Answer { other_event: Some(title), ..refusal(tx, event, Outcome::WrongEvent).await? })
        }
        _ => refusal(tx, event, Outcome::Unknown).await,
    }
}

/// Lets in somebody who was found by name or order.
///
/// # Errors
/// As [`check_in`]; 404 if it is no ticket of the event.
pub async fn admit(tx: &mut Tx, who: &Identity, event: EventId, ticket: TicketId) -> AppResult<Answer> {
    let head = open(tx, who, event).await?;
    let known: Option<i64> = sqlx::query_scalar("select id from tickets where id = $1 and event_id = $2")
        .bind(ticket)
        .bind(event)
        .fetch_optional(&mut **tx)
        .await?;
    known.ok_or_else(|| AppError::no_such("ticket of this event"))?;
    let_in(tx, who, &head, ticket).await
}

/// An event with open doors, at which `who` works.
async fn open(tx: &mut Tx, who: &Identity, event: EventId) -> AppResult<Head> {
    let head = access::require_at_door(tx, who, event).await?;
    match head.state {
        EventState::Published | EventState::Live | EventState::Ended => Ok(head),
        EventState::Draft => Err(AppError::conflict("Nobody is let in before the event is published.")),
        EventState::Postponed => Err(AppError::conflict("The event has been postponed; its tickets stay valid for the new date.")),
        EventState::Cancelled => Err(AppError::conflict("The event has been cancelled.")),
    }
}

async fn let_in(tx: &mut Tx, who: &Identity, head: &Head, ticket: TicketId) -> AppResult<Answer> {
    let now = tx.now();
    let changed =
        sqlx::query("update tickets set state = 'used', used_at = $3, checked_by = $4 where id = $1 and event_id = $2 and state = 'valid'")
            .bind(ticket)
            .bind(head.id)
            .bind(now)
            .bind(who.person)
            .execute(&mut **tx)
            .await?;
    let guest = guest(tx, ticket).await?;
    if changed.rows_affected() == 0 {
        let (state, used_at, used_by): (TicketState, Option<Millis>, Option<String>) =
            sqlx::query_as("select t.state, t.used_at, p.name from tickets t left join people p on p.id = t.checked_by where t.id = $1")
                .bind(ticket)
                .fetch_one(&mut **tx)
                .await?;
        let outcome = if state == TicketState::Void { Outcome::Void } else { Outcome::Used };
        let answer = Answer { guest: Some(guest), ..refusal(tx, head.id, outcome).await? };
        return Ok(if outcome == Outcome::Used { Answer { used_at, used_by, ..answer } } else { answer });
    }
    let id: CheckInId =
        sqlx::query_scalar("insert into check_ins (event_id, ticket_id, person_id, at) values ($1, $2, $3, $4) returning id")
            .bind(head.id)
            .bind(ticket)
            .bind(who.person)
            .bind(now)
            .fetch_one(&mut **tx)
            .await?;
    let owner: PersonId = sqlx::query_scalar("select person_id from tickets where id = $1").bind(ticket).fetch_one(&mut **tx).await?;
    tx.record(Activity::by(who, Record::TicketCheckedIn, Subject::named(ticket.0, &head.title)).about(owner)).await?;
    tickets::ticket_announce(tx, ticket).await?;
    let counts = announce(tx, head.id).await?;
    Ok(Answer {
        outcome: Outcome::Admitted,
        guest: Some(guest),
        other_event: None,
        used_at: None,
        used_by: None,
        check_in: Some(id),
        counts,
    })
}

async fn refusal(tx: &mut Tx, event: EventId, outcome: Outcome) -> AppResult<Answer> {
    let counts = counts(tx, event).await?;
    Ok(Answer { outcome, guest: None, other_event: None, used_at: None, used_by: None, check_in: None, counts })
}

/// Takes back whom one has let in last, within a minute.
///
/// # Errors
/// 404; 403; 409 if it is not one's last, is too long ago, or was taken back already.
pub async fn undo(tx: &mut Tx, who: &Identity, event: EventId, id: CheckInId) -> AppResult<Counts> {
    let head = access::require_at_door(tx, who, event).await?;
    let now = tx.now();
    let last: Option<(CheckInId, TicketId, Millis)> = sqlx::query_as(
        "select id, ticket_id, at from check_ins where event_id = $1 and person_id = $2 and undone_at is null order by id desc limit 1",
    )
    .bind(event)
    .bind(who.person)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((_, ticket, _)) = last.filter(|(last, _, at)| *last == id && now - at <= UNDO) else {
        return Err(AppError::conflict("Only the last one that you have let in can be taken back, within a minute."));
    };
    let changed = sqlx::query("update tickets set state = 'valid', used_at = null, checked_by = null where id = $1 and state = 'used'")
        .bind(ticket)
        .execute(&mut **tx)
        .await?;
    if changed.rows_affected() == 0 {
        return Err(AppError::conflict("The ticket has been refunded since."));
    }
    sqlx::query("update check_ins set undone_at = $2 where id = $1").bind(id).bind(now).execute(&mut **tx).await?;
    let owner: PersonId = sqlx::query_scalar("select person_id from tickets where id = $1").bind(ticket).fetch_one(&mut **tx).await?;
    tx.record(Activity::by(who, Record::CheckInUndone, Subject::named(ticket.0, &head.title)).about(owner)).await?;
    tickets::ticket_announce(tx, ticket).await?;
    announce(tx, event).await
}

/// Tells those at the doors how it stands there; returns how many are in.
pub async fn announce(tx: &mut Tx, event: EventId) -> AppResult<Counts> {
    let check_ins = now(tx, event).await?;
    let counts = check_ins.counts;
    tx.announce(event, &DoorEvent::CheckInsChanged(check_ins));
    Ok(counts)
}

/// How many are in, as triggers count it.
pub async fn counts(conn: &mut Conn, event: EventId) -> AppResult<Counts> {
    let (admitted, expected): (u32, u32) =
        sqlx::query_as("select guests_admitted, guests_expected from events where id = $1").bind(event).fetch_one(conn).await?;
    Ok(Counts { admitted, expected })
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: CheckInId,
    at: Millis,
    by_id: PersonId,
    by_name: String,
    by_hue: u8,
    #[sqlx(flatten)]
    guest: GuestRow,
}

/// How it stands at the doors of `event`.
pub async fn now(conn: &mut Conn, event: EventId) -> AppResult<CheckIns> {
    let counts = counts(conn, event).await?;
    let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select i.id, i.at, b.id as by_id, b.name as by_name, b.hue as by_hue, {GUEST}{SOURCE}
         join check_ins i on i.ticket_id = t.id join people b on b.id = i.person_id
         where i.event_id = $1 and i.undone_at is null and t.state = 'used' order by i.id desc limit {RECENT}"
    )))
    .bind(event)
    .fetch_all(conn)
    .await?;
    let entry = |row: EntryRow| Entry {
        id: row.id,
        guest: row.guest.guest(),
        by: PersonCard { id: row.by_id, name: row.by_name, hue: row.by_hue },
        at: row.at,
    };
    Ok(CheckIns { counts, recent: rows.into_iter().map(entry).collect() })
}

async fn guest(conn: &mut Conn, ticket: TicketId) -> AppResult<Guest> {
    let row: GuestRow =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("select {GUEST}{SOURCE} where t.id = $1"))).bind(ticket).fetch_one(conn).await?;
    Ok(row.guest())
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    state: TicketState,
    used_at: Option<Millis>,
    #[sqlx(flatten)]
    guest: GuestRow,
}

impl FoundRow {
    fn found(self) -> Found {
        Found { guest: self.guest.guest(), state: self.state, used_at: self.used_at }
    }
}

/// The page of a door, with where its channels stand; and with the ticket `asked` about.
///
/// # Errors
/// 404; 403.
pub async fn door(conn: &mut Conn, who: &Identity, epoch: &Epoch, event: EventId, asked: Option<TicketId>) -> AppResult<Snapshot<Door>> {
    let head = access::require_at_door(conn, who, event).await?;
    let check_ins = now(conn, event).await?;
    let asked = match asked {
        Some(ticket) => sqlx::query_as::<_, FoundRow>(sqlx::AssertSqlSafe(format!(
            "select t.state, t.used_at, {GUEST}{SOURCE} where t.event_id = $1 and t.id = $2"
        )))
        .bind(event)
        .bind(ticket)
        .fetch_optional(&mut *conn)
        .await?
        .map(FoundRow::found),
        None => None,
    };
    let cursors = log::cursors(conn, epoch, &[Channel::EventDoor(head.id), Channel::Event(head.id)]).await?;
    let runs = access::is_run_by(conn, event, who.person).await?;
    Ok(Snapshot { state: Door { head, runs, check_ins, asked }, cursors })
}

/// People with tickets of the event whose name, address or order number has `text` in it.
///
/// # Errors
/// 404; 403.
pub async fn find(conn: &mut Conn, who: &Identity, event: EventId, text: &str) -> AppResult<Vec<Found>> {
    access::require_at_door(conn, who, event).await?;
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<FoundRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select t.state, t.used_at, {GUEST}{SOURCE} where t.event_id = $1
           and (coalesce(p.name_folded, lower(p.name)) like $2 escape '\\' or lower(p.email) like $2 escape '\\' or lower(o.number) like $2 escape '\\')
         order by case t.state when 'valid' then 0 when 'used' then 1 else 2 end, p.name, t.id limit {FOUND}"
    )))
    .bind(event)
    .bind(search::containing(text))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(FoundRow::found).collect())
}
