//! Seats and holds for programs.

use axum::{Json, http::StatusCode};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::hold::{Hold, Places, Wanted},
    server::{baskets, expiry, holds, seats},
};
use plenum_core::{
    error::AppError,
    ids::{EventId, HoldId, Millis, SeatId},
};
use plenum_events::{
    model::{
        event::Availability,
        seat::{Seat, SeatState},
    },
    server::availability,
};
use plenum_store::{
    db::{self, Tx},
    heavy::{Asker, HeavyReads},
};
use plenum_web::{
    api::{Command, Endpoints, Keyed, Path, Program},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_seats))
        .with(routes!(hold_places))
        .with(routes!(show_hold, release_hold))
        .with(routes!(extend_hold))
}

/// A seat and what it is now.
#[derive(Serialize, ToSchema)]
struct SeatOfEvent {
    #[serde(flatten)]
    seat: Seat,
    /// What it is now.
    state: SeatState,
}

/// An event's seats.
#[derive(Serialize, ToSchema)]
struct SeatsOfEvent {
    /// How many places there are, by ticket type; standing ones too.
    availability: Availability,
    /// Its seats.
    seats: Vec<SeatOfEvent>,
    /// As of when, in milliseconds UTC.
    at: Millis,
}

/// Lists an event's seats and what each is now.
///
/// Whether a hold still holds is judged at `at`. Changes come on the channel `seats.{id}`.
#[utoipa::path(get, path = "/api/v1/events/{id}/seats", tag = "Box office", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1)),
    responses((status = 200, description = "All of them.", body = SeatsOfEvent), (status = 404, description = "There is no such event."),
        (status = 429, description = "Too many lists at the same time.")))]
async fn list_seats(program: Program, Path(id): Path<i64>) -> Result<Json<SeatsOfEvent>, Problem> {
    program.asks()?;
    let (event, now) = (EventId(id), db::now());
    let heavy = program.state.store.part::<HeavyReads>().enter(Asker::Person(program.who.person))?;
    let _turn = heavy.turn().await?;
    let mut tx = program.state.store.read().await?;
    let seats = seats::list(&mut tx, &program.who, event, now).await?;
    let availability = availability::availability_of_event(&mut tx, event, now).await?;
    let seats = seats.into_iter().map(|(seat, state)| SeatOfEvent { seat, state }).collect();
    Ok(Json(SeatsOfEvent { availability, seats, at: now }))
}

/// What is to be held.
#[derive(Deserialize, ToSchema)]
struct WantedPlaces {
    /// Of which event.
    event_id: EventId,
    /// These seats, in addition to those that are held already.
    #[serde(default)]
    #[schema(required = false)]
    seats: Vec<SeatId>,
    /// These standing places, instead of those of the same ticket type that are held already.
    #[serde(default)]
    #[schema(required = false)]
    standing: Vec<Places>,
}

/// Holds places, all or none, for a time.
///
/// One has one hold of an event: what is held later is added to it, and ends with it.
#[utoipa::path(post, path = "/api/v1/holds", tag = "Box office", security(("token" = ["write"])), params(Keyed),
    request_body(content = WantedPlaces, example = json!({ "event_id": 1, "seats": [101, 102], "standing": [{ "ticket_type_id": 3, "quantity": 2 }] })),
    responses((status = 201, description = "They are held.", body = Hold), (status = 404, description = "There is no such event or place."),
        (status = 409, description = "A place is taken; `field` says which kind. Or the event does not sell now.")))]
async fn hold_places(program: Program, command: Command<WantedPlaces>) -> Result<(StatusCode, Json<Hold>), Problem> {
    program.commands()?;
    let (who, terms) = (program.who.clone(), seats::terms(&program.state)?);
    expiry::make_way(&program.state.store, command.body.event_id).await?;
    let hold = async move |tx: &mut Tx, asked: &WantedPlaces| {
        let wanted = Wanted { seats: asked.seats.clone(), standing: asked.standing.clone() };
        holds::hold(tx, &who, asked.event_id, &wanted, terms).await
    };
    Ok((StatusCode::CREATED, Json(program.once(command, hold).await?)))
}

/// Shows a hold of one's own that has not ended.
#[utoipa::path(get, path = "/api/v1/holds/{id}", tag = "Box office", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The hold.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Hold), (status = 404, description = "One has no such hold, or not any more.")))]
async fn show_hold(program: Program, Path(id): Path<i64>) -> Result<Json<Hold>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let hold = holds::active(&mut *state.store.read().await?, who.person, HoldId(id), db::now(), seats::terms(state)?).await?;
    Ok(Json(hold.ok_or_else(|| AppError::no_such("hold"))?))
}

/// Holds what is held for as much longer again, as often as the settings allow.
#[utoipa::path(post, path = "/api/v1/holds/{id}/extend", tag = "Box office", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The hold.", minimum = 1), Keyed),
    responses((status = 200, description = "As it is now.", body = Hold), (status = 404, description = "One has no such hold."),
        (status = 409, description = "It has ended, or cannot be extended any more.")))]
async fn extend_hold(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<Json<Hold>, Problem> {
    program.commands()?;
    let (who, terms) = (program.who.clone(), seats::terms(&program.state)?);
    let extend = async move |tx: &mut Tx, _: &IgnoredAny| baskets::extend(tx, &who, HoldId(id), terms).await;
    Ok(Json(program.once(command, extend).await?))
}

/// Lets all go that a hold holds; nothing happens if it has ended.
#[utoipa::path(delete, path = "/api/v1/holds/{id}", tag = "Box office", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The hold.", minimum = 1)),
    responses((status = 204, description = "It holds nothing."), (status = 404, description = "One has no such hold.")))]
async fn release_hold(program: Program, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    program.commands()?;
    let who = program.who.clone();
    program.state.store.write(async move |tx: &mut Tx| holds::release(tx, &who, HoldId(id)).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
