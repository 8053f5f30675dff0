//! Seat plans for programs.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::{Section, desk::Desk, import::Import, ticket_type::TypeLine},
    server,
};
use plenum_core::ids::EventId;
use plenum_events::model::seat::SeatKind;
use plenum_web::{
    api::{Endpoints, Path, Program},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(read_plan))
}

/// A seat of a plan.
#[derive(Serialize, ToSchema)]
struct PlanSeat {
    /// Its number in the row.
    number: i64,
    /// What it is like.
    kind: SeatKind,
    /// As what it is sold.
    ticket_type_id: i64,
    /// From the left edge of the plan, in tenths of a seat.
    x: i64,
    /// From its upper edge; the stage is above.
    y: i64,
}

/// A row of a plan.
#[derive(Serialize, ToSchema)]
struct PlanRow {
    /// As it is written on it.
    name: String,
    /// Its seats, by number.
    seats: Vec<PlanSeat>,
}

/// A part of a hall.
#[derive(Serialize, ToSchema)]
struct PlanSection {
    /// The section.
    id: Option<i64>,
    /// Its name.
    name: String,
    /// Its rows, the one nearest to the stage first.
    rows: Vec<PlanRow>,
}

/// The plan of an event, as those who run it see it.
#[derive(Serialize, ToSchema)]
struct EventPlan {
    /// The event.
    event_id: i64,
    /// Its ticket types, in their order.
    ticket_types: Vec<TypeLine>,
    /// Its sections, in their order.
    sections: Vec<PlanSection>,
    /// The newest table that was read for it, if any.
    import: Option<Import>,
}

impl From<Section> for PlanSection {
    fn from(section: Section) -> Self {
        let seat = |place: crate::model::Place| PlanSeat {
            number: place.number,
            kind: place.kind,
            ticket_type_id: place.ticket_type.0,
            x: place.x,
            y: place.y,
        };
        let rows = section.rows.into_iter().map(|row| PlanRow { name: row.name, seats: row.seats.into_iter().map(seat).collect() });
        Self { id: section.id.map(|id| id.0), name: section.name, rows: rows.collect() }
    }
}

/// Shows the seat plan of an event: sections, rows, seats, and as what they are sold.
///
/// For those who run the event and admins. Whether a seat is free is told to everyone with the event's seats.
#[utoipa::path(get, path = "/api/v1/events/{id}/plan", tag = "Events", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = EventPlan), (status = 404, description = "There is no such event.")))]
async fn read_plan(program: Program, Path(id): Path<i64>) -> Result<Json<EventPlan>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let Desk { event, types, plan, import, .. } =
        server::desk(&mut *state.store.read().await?, who, state.store.epoch(), EventId(id)).await?.state;
    let sections = plan.sections.into_iter().map(PlanSection::from).collect();
    Ok(Json(EventPlan { event_id: event.0, ticket_types: types, sections, import }))
}
