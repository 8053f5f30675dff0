//! What the editor of a seat plan asks.

#![expect(clippy::too_many_arguments, reason = "each is a field of a form")]

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::desk::{CopyPreview, Desk};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{EventId, SectionId, TicketTypeId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::{
        model::{
            change::{Change, RowsForm, SeatsForm},
            ticket_type::TypeForm,
        },
        server::{self, imports, ticket_types},
    },
    plenum_core::{cursor::Epoch, error::AppResult, people::Identity},
    plenum_events::server::access::require_organiser_of,
    plenum_store::db::{Conn, Tx},
    plenum_web::server_fn::{command, command_with_state, query, query_snapshot},
};

/// The editor of an event's plan.
///
/// # Errors
/// 401; 403; 404.
#[server(name = PlanDesk, prefix = "/fn", endpoint = "plans/desk", input = GetUrl, output = Json)]
pub async fn desk(event: EventId) -> Result<Snapshot<Desk>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::desk(conn, who, epoch, event).await).await
}

/// What would be copied from the event `from`.
///
/// # Errors
/// 401; 403; 404.
#[server(name = PreviewCopy, prefix = "/fn", endpoint = "plans/copy_preview", input = GetUrl, output = Json)]
pub async fn copy_preview(event: EventId, from: EventId) -> Result<CopyPreview, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::copy_preview(conn, who, event, from).await).await
}

/// Does a change that was read from a form; then a page without scripts goes back to the editor.
#[cfg(feature = "ssr")]
async fn change(event: EventId, done: &'static str, change: impl FnOnce() -> AppResult<Change> + Send + 'static) -> Result<(), AppError> {
    command_with_state(async move |state, who| {
        // No work is done on what was entered before it is known that they may change it.
        require_organiser_of(&mut *state.store.look().await?, &who, event).await?;
        server::change(&state.store, &who, event, &change()?).await
    })
    .done(format!("/events/{event}/plan?done={done}"))
    .await
}

/// Adds a section, or gives the section `id` another name.
///
/// # Errors
/// 401; 403; 404; 409; 422 `name`.
#[server(name = SaveSection, prefix = "/fn", endpoint = "plans/save_section", output = Json)]
pub async fn save_section(
    event: EventId,
    #[server(default)] id: Option<SectionId>,
    #[server(default)] name: String,
) -> Result<(), AppError> {
    change(event, "section", move || Ok(id.map_or_else(|| Change::AddSection(name.clone()), |id| Change::Rename(id, name.clone())))).await
}

/// Does `act` to a section: `up`, `down` or `remove`.
///
/// # Errors
/// 401; 403; 404; 409 with the seats that are taken; 422 `act`.
#[server(name = ActOnSection, prefix = "/fn", endpoint = "plans/act_on_section", output = Json)]
pub async fn act_on_section(event: EventId, id: SectionId, act: String) -> Result<(), AppError> {
    change(event, "section", move || match act.as_str() {
        "up" => Ok(Change::MoveUp(id)),
        "down" => Ok(Change::MoveDown(id)),
        "remove" => Ok(Change::RemoveSection(id)),
        _ => Err(AppError::invalid("act", "A section goes up, down, or is removed.")),
    })
    .await
}

/// Adds rows below those of a section.
///
/// # Errors
/// 401; 403; 404; 409; 422 of the field.
#[server(name = AddRows, prefix = "/fn", endpoint = "plans/add_rows", output = Json)]
pub async fn add_rows(
    event: EventId,
    #[server(default)] section: String,
    #[server(default)] rows: String,
    #[server(default)] seats: String,
    #[server(default)] step: String,
    #[server(default)] wider: String,
    #[server(default)] from: String,
    #[server(default)] bend: String,
    #[server(default)] kind: String,
    #[server(default)] ticket_type: String,
) -> Result<(), AppError> {
    change(event, "rows", move || {
        RowsForm {
            section: &section,
            rows: &rows,
            seats: &seats,
            step: &step,
            wider: &wider,
            from: &from,
            bend: &bend,
            kind: &kind,
            ticket_type: &ticket_type,
        }
        .read()
    })
    .await
}

/// Does `act` to seats: `set` gives them another kind or ticket type, `remove` removes them.
///
/// # Errors
/// 401; 403; 404; 409 with the seats that are taken; 422 of the field.
#[server(name = ChangeSeats, prefix = "/fn", endpoint = "plans/change_seats", output = Json)]
pub async fn change_seats(
    event: EventId,
    act: String,
    #[server(default)] section: String,
    #[server(default)] rows: String,
    #[server(default)] seats: String,
    #[server(default)] step: String,
    #[server(default)] kind: String,
    #[server(default)] ticket_type: String,
) -> Result<(), AppError> {
    change(event, "seats", move || {
        let form = SeatsForm { section: &section, rows: &rows, seats: &seats, step: &step, kind: &kind, ticket_type: &ticket_type };
        match act.as_str() {
            "set" => form.set(),
            "remove" => form.which().map(Change::Remove),
            _ => Err(AppError::invalid("act", "Seats are set or removed.")),
        }
    })
    .await
}

/// Makes the plan what it was before the last change.
///
/// # Errors
/// 401; 403; 404; 409.
#[server(name = UndoPlan, prefix = "/fn", endpoint = "plans/undo", output = Json)]
pub async fn undo(event: EventId) -> Result<(), AppError> {
    command_with_state(async move |state, who| server::undo(&state.store, &who, event).await)
        .done(format!("/events/{event}/plan?done=undone"))
        .await
}

/// Writes a ticket type: the one with `id`, of which one saw `version`, or a new one. Its places are seats unless `standing` is `true`.
///
/// # Errors
/// 401; 403; 404; 409; 422 of the field.
#[server(name = SaveTicketType, prefix = "/fn", endpoint = "plans/save_type", output = Json)]
pub async fn save_type(
    event: EventId,
    #[server(default)] id: Option<TicketTypeId>,
    #[server(default)] version: i64,
    #[server(default)] name: String,
    #[server(default)] price: String,
    #[server(default)] standing: bool,
    #[server(default)] capacity: String,
) -> Result<(), AppError> {
    let form = TypeForm { name, price, seated: !standing, capacity };
    let save = async move |tx: &mut Tx, who: &Identity| match id {
        Some(id) => ticket_types::change(tx, who, event, id, version, &form).await,
        None => ticket_types::add(tx, who, event, &form).await.map(drop),
    };
    command(save).done(format!("/events/{event}/plan?done=type")).await
}

/// Removes a ticket type.
///
/// # Errors
/// 401; 403; 404; 409 with what stands in the way.
#[server(name = RemoveTicketType, prefix = "/fn", endpoint = "plans/remove_type", output = Json)]
pub async fn remove_type(event: EventId, id: TicketTypeId, version: i64) -> Result<(), AppError> {
    command(async move |tx, who| ticket_types::remove(tx, who, event, id, version).await)
        .done(format!("/events/{event}/plan?done=type"))
        .await
}

/// Does `act` to a table that was read: `start` takes its good lines, `cancel` stops it or gives it up.
///
/// # Errors
/// 401; 403; 404; 409; 422 `act`.
#[server(name = ActOnImport, prefix = "/fn", endpoint = "plans/act_on_import", output = Json)]
pub async fn act_on_import(event: EventId, id: i64, act: String) -> Result<(), AppError> {
    command_with_state(async move |state, who| match act.as_str() {
        "start" => imports::start(&state.store, &who, event, id).await,
        "cancel" => state.store.write(async move |tx: &mut Tx| imports::cancel(tx, &who, event, id).await).await,
        _ => Err(AppError::invalid("act", "An import is started or cancelled.")),
    })
    .done(format!("/events/{event}/plan#import"))
    .await
}

/// Copies ticket types and seats of the event `from`.
///
/// # Errors
/// 401; 403; 404; 409.
#[server(name = CopyPlan, prefix = "/fn", endpoint = "plans/copy", output = Json)]
pub async fn copy(event: EventId, from: EventId) -> Result<(), AppError> {
    command_with_state(async move |state, who| server::copy(&state.store, &who, event, from).await)
        .done(format!("/events/{event}/plan#import"))
        .await
}
