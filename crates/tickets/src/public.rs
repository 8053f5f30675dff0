//! Tickets and check-ins in the public JSON API.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::{
        address::OnlineAddress,
        ticket::{Ticket, TicketState},
    },
    server::{
        address, check_ins,
        codes::Codes,
        tickets::{self, PAGE, Which},
    },
};
use plenum_core::{
    error::AppError,
    ids::{EventId, Millis, OrderId, TicketId},
};
use plenum_events::model::seat::Place;
use plenum_events::model::{
    check_in::{Answer, Outcome},
    event::EventState,
};
use plenum_store::db::{self, Tx};
use plenum_wallet::model::Money;
use plenum_web::{
    api::{Before, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(list_tickets)).with(routes!(read_ticket)).with(routes!(read_address)).with(routes!(check_in))
}

/// What admits somebody to an event.
#[derive(Serialize, ToSchema)]
struct TicketShown {
    /// The ticket.
    id: TicketId,
    /// To which event it admits.
    event_id: EventId,
    /// What that is called.
    title: String,
    /// How it stands with the event.
    event_state: EventState,
    /// Where; empty if it is online.
    venue: String,
    /// The zone of the event's place, as `Europe/Ljubljana`.
    zone: String,
    /// When the doors open.
    doors_at: Option<Millis>,
    /// When it begins.
    starts_at: Millis,
    /// When it ends.
    ends_at: Millis,
    /// The ticket type.
    kind: String,
    /// What was paid for it.
    paid: Money,
    /// The seat; none where one stands.
    place: Option<Place>,
    /// Whose it is.
    holder: String,
    /// The order that it is of.
    order_id: OrderId,
    /// That order's number.
    order: String,
    /// What it is good for.
    state: TicketState,
    /// When it admitted.
    used_at: Option<Millis>,
    /// What a door reads; none once the money was given back.
    code: Option<String>,
}

impl From<Ticket> for TicketShown {
    fn from(ticket: Ticket) -> Self {
        Self {
            id: ticket.id,
            event_id: ticket.event_id,
            title: ticket.title,
            event_state: ticket.event_state,
            venue: ticket.venue,
            zone: ticket.zone.name,
            doors_at: ticket.doors_at,
            starts_at: ticket.starts_at,
            ends_at: ticket.ends_at,
            kind: ticket.kind,
            paid: ticket.paid,
            place: ticket.place,
            holder: ticket.holder.name,
            order_id: ticket.order_id,
            order: ticket.order,
            state: ticket.state,
            used_at: ticket.used_at,
            code: ticket.code,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only tickets with a lower id: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
}

/// Lists one's own tickets, the newest first.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "Box office", security(("token" = ["read"])), params(Asked),
    responses((status = 200, description = "Fifty at most.", body = Page<TicketShown>)))]
async fn list_tickets(program: Program, Query(Asked { before }): Query<Asked>) -> Result<Json<Page<TicketShown>>, Problem> {
    program.asks()?;
    let mut found = read(&program, Which::Before(before.map(|before| TicketId(before.get())))).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| last.id.0);
    Ok(Json(Page { data: found.into_iter().map(TicketShown::from).collect(), next }))
}

async fn read(program: &Program, which: Which) -> Result<Vec<Ticket>, Problem> {
    let Program { state, who, .. } = program;
    Ok(tickets::list(&mut *state.store.read().await?, who, &Codes::under(state.hub.secret()), which).await?)
}

/// Shows a ticket: one's own, or of an event that one runs.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "Box office", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The ticket.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = TicketShown), (status = 404, description = "There is no such ticket for one.")))]
async fn read_ticket(program: Program, Path(id): Path<i64>) -> Result<Json<TicketShown>, Problem> {
    program.asks()?;
    let found = read(&program, Which::One(TicketId(id))).await?.pop();
    let ticket = found.ok_or_else(|| AppError::no_such("ticket"))?;
    Ok(Json(ticket.into()))
}

/// Where one takes part in an online event.
#[derive(Serialize, ToSchema)]
struct AddressShown {
    /// From when the address is shown.
    from: Millis,
    /// Until when.
    until: Millis,
    /// The address; null until it is time.
    address: Option<String>,
}

/// Shows where one takes part in an online event.
///
/// For people with a ticket, and those who run the event or work at its doors; from 15 minutes before it begins until it ends.
#[utoipa::path(get, path = "/api/v1/events/{id}/address", tag = "Box office", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = AddressShown),
        (status = 404, description = "There is no such event for one, it has no address, or it is over.")))]
async fn read_address(program: Program, Path(id): Path<i64>) -> Result<Json<AddressShown>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let found = address::read(&mut *state.store.read().await?, who, EventId(id), db::now()).await?;
    let OnlineAddress { from, until, address } = found.ok_or_else(|| AppError::no_such("address"))?;
    Ok(Json(AddressShown { from, until, address }))
}

/// A code that was read at a door.
#[derive(Deserialize, ToSchema)]
struct Scanned {
    /// The event whose door it is.
    event_id: EventId,
    /// What was read.
    #[schema(max_length = 200)]
    code: String,
}

/// Lets in whoever has a code, at a door of an event.
///
/// For those who run the event. A ticket is let in once, however many doors there are; with an `Idempotency-Key`, asking again gets the
/// same answer.
#[utoipa::path(post, path = "/api/v1/check-ins", tag = "Box office", security(("token" = ["write"])), params(Keyed),
    request_body(content = Scanned, example = json!({ "event_id": 1, "code": "PT1.12.9F86D081884C7D659A2FEAA0C55AD015" })),
    responses(
        (status = 200, description = "Let them in.", body = Answer),
        (status = 404, description = "There is no such event."),
        (status = 409, description = "It was used before, is for another event, or its money was given back; `detail` says which."),
    ))]
async fn check_in(program: Program, scanned: Command<Scanned>) -> Result<Json<Answer>, Problem> {
    program.commands()?;
    let who = program.who.clone();
    let codes = Codes::under(program.state.hub.secret());
    let answer = program
        .once(scanned, async move |tx: &mut Tx, scanned: &Scanned| {
            let answer = check_ins::check_in(tx, &who, &codes, scanned.event_id, &scanned.code).await?;
            refused(&answer).map_or(Ok(answer), Err)
        })
        .await?;
    Ok(Json(answer))
}

/// What is not let in is an error for a program; nothing was changed by it.
fn refused(answer: &Answer) -> Option<AppError> {
    let conflict = |message: String| Some(AppError::conflict(message).at_field("code"));
    match answer.outcome {
        Outcome::Admitted => None,
        Outcome::Used => conflict(match &answer.used_by {
            Some(by) => format!("The ticket has been used: {by} let somebody in with it."),
            None => "The ticket has been used.".to_owned(),
        }),
        Outcome::WrongEvent => conflict("The ticket is for another event.".to_owned()),
        Outcome::Void => conflict("The ticket is void: its money was given back.".to_owned()),
        Outcome::Unknown => Some(AppError::invalid("code", "This is not the code of a ticket.")),
    }
}
