//! What organisers do. Each command is a plain form, too.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::{Editing, EventForm};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{EventId, PersonId, TicketTypeId},
};

#[cfg(feature = "ssr")]
use {
    crate::model::{StaffRole, parse_description},
    crate::server::{
        event_edit,
        lifecycle::{self, Wish},
        pictures, staff,
    },
    plenum_core::people::Identity,
    plenum_events::model::event::EventAction,
    plenum_messages as messages,
    plenum_plans::{model::ticket_type::TypeForm, server::ticket_types},
    plenum_store::{
        db::{Conn, Tx},
        idempotency::{self, parse_key},
    },
    plenum_web::{
        server_fn::{command, command_with_input, command_with_state, query},
        state::AppState,
    },
};

/// What the page to make an event is made of, or to change the one with `id`.
///
/// # Errors
/// 401; 403; 404.
#[server(name = EditEvent, prefix = "/fn", endpoint = "events/editing", input = GetUrl, output = Json)]
pub async fn editing(#[server(default)] id: Option<EventId>) -> Result<Editing, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| event_edit::editing(conn, who, id).await).await
}

/// How a description would look.
///
/// # Errors
/// 401; 403 unless one may make events or runs one; 422 `description` if it is too long.
#[server(name = PreviewDescription, prefix = "/fn", endpoint = "events/preview", output = Json)]
pub async fn preview(#[server(default)] description: String) -> Result<String, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| {
        event_edit::require_author(conn, who).await?;
        Ok(messages::server::spaces::rendered(&parse_description(&description)?))
    })
    .await
}

/// Makes an event, once for `key`; a draft.
///
/// # Errors
/// 401; 403; 422 for each of the fields.
#[server(name = CreateEvent, prefix = "/fn", endpoint = "events/create", output = Json)]
pub async fn create(key: String, #[server(flatten)] form: EventForm) -> Result<EventId, AppError> {
    let create = async move |state: AppState, who: Identity| {
        let key = parse_key(&key)?;
        let written = event_edit::prepare(&mut *state.store.read().await?, &who, None, form.clone()).await?;
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| event_edit::create(tx, &who, &written).await;
            idempotency::once(tx, who.person, &key, &("events.create", &form), effect).await
        };
        state.store.write(once).await
    };
    command_with_state(create).done_at(|id| format!("/events/{id}/edit?done=created")).await
}

/// Changes an event, of which one saw `version`; returns the version that it has now.
///
/// # Errors
/// 401; 403; 404; 409 if somebody else has changed it since; 422 for each of the fields.
#[server(name = ChangeEvent, prefix = "/fn", endpoint = "events/change", output = Json)]
pub async fn change(id: EventId, version: i64, #[server(flatten)] form: EventForm) -> Result<i64, AppError> {
    let change = async move |state: AppState, who: Identity| {
        let written = event_edit::prepare(&mut *state.store.read().await?, &who, Some(id), form).await?;
        let body = async move |tx: &mut Tx| event_edit::change(tx, &who, id, version, &written).await.map(|event| event.version);
        state.store.write(body).await
    };
    command_with_state(change).done(format!("/events/{id}/edit?done=changed")).await
}

/// Does `act` to an event: `publish`, `withdraw`, `begin`, `end`, `postpone`, `reschedule`, `cancel`; returns the version that it has then.
///
/// # Errors
/// 401; 403; 404; 409 if that cannot be done to it now; 422 `act`, `note`, `starts` or `ends`.
#[server(name = ActOnEvent, prefix = "/fn", endpoint = "events/act", output = Json)]
pub async fn act(
    id: EventId,
    act: String,
    #[server(default)] note: String,
    #[server(default)] starts: String,
    #[server(default)] ends: String,
) -> Result<i64, AppError> {
    let wish = move || Ok(Wish { action: EventAction::parse(&act)?, note, starts, ends });
    command_with_input(wish, async move |tx, who, wish| lifecycle::act(tx, who, id, wish).await.map(|event| event.version))
        .done(format!("/events/{id}/edit?done=state"))
        .await
}

/// Adds a ticket type, or changes the one with `type_id`, of which one saw `version`. Seated ones have as many places as seats.
///
/// # Errors
/// 401; 403; 404; 409 if somebody else has changed it since, or more is sold and held; 422 `name`, `price` or `capacity`.
#[server(name = SaveTicketType, prefix = "/fn", endpoint = "events/save_type", output = Json)]
pub async fn save_type(
    id: EventId,
    #[server(default)] type_id: Option<TicketTypeId>,
    #[server(default)] version: i64,
    #[server(default)] name: String,
    #[server(default)] price: String,
    #[server(default)] seated: bool,
    #[server(default)] capacity: String,
) -> Result<(), AppError> {
    let form = TypeForm { name, price, seated, capacity };
    let save = async move |tx: &mut Tx, who: &Identity| match type_id {
        Some(type_id) => ticket_types::change(tx, who, id, type_id, version, &form).await,
        None => ticket_types::add(tx, who, id, &form).await.map(drop),
    };
    command(save).done(format!("/events/{id}/edit?done=types#types")).await
}

/// Removes a ticket type, of which one saw `version`.
///
/// # Errors
/// 401; 403; 404; 409 if something of it was sold or is held, or it has seats.
#[server(name = RemoveTicketType, prefix = "/fn", endpoint = "events/remove_type", output = Json)]
pub async fn remove_type(id: EventId, type_id: TicketTypeId, version: i64) -> Result<(), AppError> {
    command(async move |tx, who| ticket_types::remove(tx, who, id, type_id, version).await)
        .done(format!("/events/{id}/edit?done=types#types"))
        .await
}

/// Puts a ticket type before the one above it.
///
/// # Errors
/// 401; 403; 404.
#[server(name = RaiseTicketType, prefix = "/fn", endpoint = "events/raise_type", output = Json)]
pub async fn raise_type(id: EventId, type_id: TicketTypeId) -> Result<(), AppError> {
    command(async move |tx, who| ticket_types::raise(tx, who, id, type_id).await).done(format!("/events/{id}/edit?done=types#types")).await
}

/// Lets the person with the address `email` run the event, too (`role` is `organiser`), or work at its doors (`usher`).
///
/// # Errors
/// 401; 403; 404; 409 `email` if they do already; 422 `email` or `role`.
#[server(name = AddEventStaff, prefix = "/fn", endpoint = "events/add_staff", output = Json)]
pub async fn add_staff(id: EventId, #[server(default)] email: String, role: String) -> Result<(), AppError> {
    command_with_input(move || StaffRole::parse(&role), async move |tx, who, role| staff::add(tx, who, id, &email, *role).await.map(drop))
        .done(format!("/events/{id}/edit?done=staff#staff"))
        .await
}

/// Ends that a person runs the event.
///
/// # Errors
/// 401; 403; 404; 409 if nobody else runs it.
#[server(name = RemoveEventStaff, prefix = "/fn", endpoint = "events/remove_staff", output = Json)]
pub async fn remove_staff(id: EventId, person: PersonId) -> Result<(), AppError> {
    command(async move |tx, who| staff::remove(tx, who, id, person).await).done(format!("/events/{id}/edit?done=staff#staff")).await
}

/// Takes the picture of an event away.
///
/// # Errors
/// 401; 403; 404.
#[server(name = RemoveEventPicture, prefix = "/fn", endpoint = "events/remove_picture", output = Json)]
pub async fn remove_picture(id: EventId) -> Result<(), AppError> {
    command(async move |tx, who| pictures::remove(tx, who, id).await).done(format!("/events/{id}/edit?done=picture#picture")).await
}
