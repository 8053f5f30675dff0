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
    crate::server::{event_edit, lifecycle as course, lifecycle::Wish, pictures},
    plenum_events::{model::event::EventAction, server::events},
    plenum_messages as messages,
    plenum_plans::{model::ticket_type::TypeWish, server::ticket_types as types},
    plenum_store::{
        db::Tx,
        idempotency::{self, parse_key},
    },
    plenum_web::request::{answer, asker, command, show_done},
};

/// What the page to make an event is made of, or to change the one with `id`.
///
/// # Errors
/// 401; 403; 404.
#[server(name = EditEvent, prefix = "/fn", endpoint = "events/editing", input = GetUrl, output = Json)]
pub async fn editing(#[server(default)] id: Option<EventId>) -> Result<Editing, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        event_edit::editing(&mut *state.store.read().await?, &who, id).await
    })
    .await
}

/// How a description would look.
///
/// # Errors
/// 401.
#[server(name = PreviewDescription, prefix = "/fn", endpoint = "events/preview", output = Json)]
pub async fn preview(#[server(default)] description: String) -> Result<String, AppError> {
    let asked = asker();
    answer(async move {
        asked?;
        Ok(messages::server::spaces::rendered(&description))
    })
    .await
}

/// Makes an event, once for `key`; a draft.
///
/// # Errors
/// 401; 403; 422 for each of the fields.
#[server(name = CreateEvent, prefix = "/fn", endpoint = "events/create", output = Json)]
pub async fn create(key: String, #[server(flatten)] form: EventForm) -> Result<EventId, AppError> {
    let made = command("/events", move |state, who| async move {
        let key = parse_key(&key)?;
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| event_edit::create(tx, &who, &form).await;
            idempotency::once(tx, who.person, &key, &("events.create", &form), effect).await
        };
        state.store.write(once).await
    });
    let id = made.await?;
    show_done(&format!("/events/{id}/edit?done=created"));
    Ok(id)
}

/// Changes an event, of which one saw `version`; returns the version that it has now.
///
/// # Errors
/// 401; 403; 404; 409 if somebody else has changed it since; 422 for each of the fields.
#[server(name = ChangeEvent, prefix = "/fn", endpoint = "events/change", output = Json)]
pub async fn change(id: EventId, version: i64, #[server(flatten)] form: EventForm) -> Result<i64, AppError> {
    command(&format!("/events/{id}/edit?done=changed"), move |state, who| async move {
        let body = async move |tx: &mut Tx| event_edit::change(tx, &who, id, version, &form).await.map(|event| event.version);
        state.store.write(body).await
    })
    .await
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
    command(&format!("/events/{id}/edit?done=state"), move |state, who| async move {
        let wish = Wish { action: EventAction::parse(&act)?, note, starts, ends };
        state.store.write(async move |tx: &mut Tx| course::act(tx, &who, id, &wish).await.map(|event| event.version)).await
    })
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
    command(&format!("/events/{id}/edit?done=types#types"), move |state, who| async move {
        let body = async move |tx: &mut Tx| {
            let currency = events::run_by(tx, &who, id).await?.currency;
            let wish = TypeWish::parse(&name, &price, seated, &capacity, currency)?;
            match type_id {
                Some(type_id) => types::change(tx, &who, id, type_id, version, &wish).await,
                None => types::add(tx, &who, id, &wish).await.map(drop),
            }
        };
        state.store.write(body).await
    })
    .await
}

/// Removes a ticket type, of which one saw `version`.
///
/// # Errors
/// 401; 403; 404; 409 if something of it was sold or is held, or it has seats.
#[server(name = RemoveTicketType, prefix = "/fn", endpoint = "events/remove_type", output = Json)]
pub async fn remove_type(id: EventId, type_id: TicketTypeId, version: i64) -> Result<(), AppError> {
    command(&format!("/events/{id}/edit?done=types#types"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| types::remove(tx, &who, id, type_id, version).await).await
    })
    .await
}

/// Puts a ticket type before the one above it.
///
/// # Errors
/// 401; 403; 404.
#[server(name = RaiseTicketType, prefix = "/fn", endpoint = "events/raise_type", output = Json)]
pub async fn raise_type(id: EventId, type_id: TicketTypeId) -> Result<(), AppError> {
    command(&format!("/events/{id}/edit?done=types#types"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| types::raise(tx, &who, id, type_id).await).await
    })
    .await
}

/// Lets the person with the address `email` run the event, too.
///
/// # Errors
/// 401; 403; 404; 422 `email`.
#[server(name = AddEventStaff, prefix = "/fn", endpoint = "events/add_staff", output = Json)]
pub async fn add_staff(id: EventId, #[server(default)] email: String) -> Result<(), AppError> {
    command(&format!("/events/{id}/edit?done=staff#staff"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| event_edit::add_staff(tx, &who, id, &email).await.map(drop)).await
    })
    .await
}

/// Ends that a person runs the event.
///
/// # Errors
/// 401; 403; 404; 409 if nobody else runs it.
#[server(name = RemoveEventStaff, prefix = "/fn", endpoint = "events/remove_staff", output = Json)]
pub async fn remove_staff(id: EventId, person: PersonId) -> Result<(), AppError> {
    command(&format!("/events/{id}/edit?done=staff#staff"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| event_edit::remove_staff(tx, &who, id, person).await).await
    })
    .await
}

/// Takes the picture of an event away.
///
/// # Errors
/// 401; 403; 404.
#[server(name = RemoveEventPicture, prefix = "/fn", endpoint = "events/remove_picture", output = Json)]
pub async fn remove_picture(id: EventId) -> Result<(), AppError> {
    command(&format!("/events/{id}/edit?done=picture#picture"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| pictures::remove(tx, &who, id).await).await
    })
    .await
}
