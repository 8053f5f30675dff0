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
            desk::NewType,
        },
        server::{self, imports, types},
    },
    plenum_core::error::AppResult,
    plenum_store::db::Tx,
    plenum_web::request::{answer, asker, command},
};

/// The editor of an event's plan.
///
/// # Errors
/// 401; 403; 404.
#[server(name = PlanDesk, prefix = "/fn", endpoint = "plans/desk", input = GetUrl, output = Json)]
pub async fn desk(event: EventId) -> Result<Snapshot<Desk>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::desk(&mut *state.store.read().await?, &who, state.store.epoch(), event).await
    })
    .await
}

/// What would be copied from the event `from`.
///
/// # Errors
/// 401; 403; 404.
#[server(name = PreviewCopy, prefix = "/fn", endpoint = "plans/copy_preview", input = GetUrl, output = Json)]
pub async fn copy_preview(event: EventId, from: EventId) -> Result<CopyPreview, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::copy_preview(&mut *state.store.read().await?, &who, event, from).await
    })
    .await
}

/// Does a change that was read from a form; then a page without scripts goes back to the editor.
#[cfg(feature = "ssr")]
async fn change(event: EventId, done: &'static str, change: impl FnOnce() -> AppResult<Change> + Send + 'static) -> Result<(), AppError> {
    command(&format!("/events/{event}/plan?done={done}"), move |state, who| async move {
        let change = change()?;
        server::change(&state.store, &who, event, &change).await
    })
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
    command(&format!("/events/{event}/plan?done=undone"), move |state, who| async move { server::undo(&state.store, &who, event).await })
        .await
}

/// Writes a ticket type: the one with `id`, or a new one. Its places are seats unless `standing` is `true`.
///
/// # Errors
/// 401; 403; 404; 409; 422 of the field.
#[server(name = SaveTicketType, prefix = "/fn", endpoint = "plans/save_type", output = Json)]
pub async fn save_type(
    event: EventId,
    #[server(default)] id: Option<TicketTypeId>,
    #[server(default)] type_name: String,
    #[server(default)] price: String,
    #[server(default)] standing: bool,
    #[server(default)] capacity: String,
) -> Result<TicketTypeId, AppError> {
    command(&format!("/events/{event}/plan?done=type"), move |state, who| async move {
        let save = async move |tx: &mut Tx| {
            let read = async |currency| NewType::parse(&type_name, &price, !standing, &capacity, currency);
            types::save(tx, &who, event, id, read).await
        };
        state.store.write(save).await
    })
    .await
}

/// Removes a ticket type.
///
/// # Errors
/// 401; 403; 404; 409 with what stands in the way.
#[server(name = RemoveTicketType, prefix = "/fn", endpoint = "plans/remove_type", output = Json)]
pub async fn remove_type(event: EventId, id: TicketTypeId) -> Result<(), AppError> {
    command(&format!("/events/{event}/plan?done=type"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| types::remove(tx, &who, event, id).await).await
    })
    .await
}

/// Does `act` to a table that was read: `start` takes its good lines, `cancel` stops it or gives it up.
///
/// # Errors
/// 401; 403; 404; 409; 422 `act`.
#[server(name = ActOnImport, prefix = "/fn", endpoint = "plans/act_on_import", output = Json)]
pub async fn act_on_import(event: EventId, id: i64, act: String) -> Result<(), AppError> {
    command(&format!("/events/{event}/plan#import"), move |state, who| async move {
        match act.as_str() {
            "start" => imports::start(&state.store, &who, event, id).await,
            "cancel" => state.store.write(async move |tx: &mut Tx| imports::cancel(tx, &who, event, id).await).await,
            _ => Err(AppError::invalid("act", "An import is started or cancelled.")),
        }
    })
    .await
}

/// Copies ticket types and seats of the event `from`.
///
/// # Errors
/// 401; 403; 404; 409.
#[server(name = CopyPlan, prefix = "/fn", endpoint = "plans/copy", output = Json)]
pub async fn copy(event: EventId, from: EventId) -> Result<(), AppError> {
    command(&format!("/events/{event}/plan#import"), move |state, who| async move { server::copy(&state.store, &who, event, from).await })
        .await
}
