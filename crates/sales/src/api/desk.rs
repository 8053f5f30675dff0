//! What the desk of those who run an event asks.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{BroadcastId, EventId},
    live::Snapshot,
};
use plenum_events::model::desk::{Desk, Orders, OrdersAsked, OverTime, Span};
#[cfg(feature = "ssr")]
use {
    crate::server::desk,
    plenum_broadcasts as broadcasts,
    plenum_broadcasts::model::{Audience, Draft, Words},
    plenum_events::server::access as running,
    plenum_store::{
        db::Tx,
        idempotency::{self, parse_key},
    },
    plenum_web::request::{answer, asker, command},
};

/// What is sold and who is in.
///
/// # Errors
/// 401; 403 unless one runs the event; 404.
#[server(name = ReadDesk, prefix = "/fn", endpoint = "desk/read", input = GetUrl, output = Json)]
pub async fn read(event: EventId) -> Result<Snapshot<Desk>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        desk::read(&mut *state.store.read().await?, &who, state.store.epoch(), event).await
    })
    .await
}

/// When what was sold.
///
/// # Errors
/// 401; 403; 404.
#[server(name = SalesOverTime, prefix = "/fn", endpoint = "desk/over_time", input = GetUrl, output = Json)]
pub async fn over_time(event: EventId, #[server(default)] span: Span) -> Result<OverTime, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        desk::over_time(&mut *state.store.read().await?, &who, event, span).await
    })
    .await
}

/// A page of orders.
///
/// # Errors
/// 401; 403; 404; 422 `state`.
#[server(name = DeskOrders, prefix = "/fn", endpoint = "desk/orders", input = GetUrl, output = Json)]
pub async fn orders(event: EventId, #[server(default)] asked: OrdersAsked) -> Result<Orders, AppError> {
    let asking = asker();
    answer(async move {
        let (state, who) = asking?;
        desk::orders(&mut *state.store.read().await?, &who, event, &asked).await
    })
    .await
}

/// Orders of all events that have `text` in their number, or in their buyer's name or address.
///
/// # Errors
/// 401; 403 unless one is an agent or an admin.
#[server(name = FindOrders, prefix = "/fn", endpoint = "desk/find", input = GetUrl, output = Json)]
pub async fn find(#[server(default)] text: String) -> Result<Orders, AppError> {
    let asking = asker();
    answer(async move {
        let (state, who) = asking?;
        desk::find(&mut *state.store.read().await?, &who, &text).await
    })
    .await
}

/// Writes to all who have a ticket, once for `key`.
///
/// # Errors
/// 401; 403; 404; 422 `title` or `text`; 429 after ten in an hour.
#[server(name = WriteToAttendees, prefix = "/fn", endpoint = "desk/write", output = Json)]
pub async fn write(
    event: EventId,
    key: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
) -> Result<BroadcastId, AppError> {
    command(&format!("/events/{event}/desk?done=sent"), move |state, who| async move {
        let key = parse_key(&key)?;
        let words = Words::parse(0, &title, &text, &format!("/events/{event}"), 1)?;
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                running::run_by(tx, &who, event).await?;
                let draft = Draft::new(Audience::Event(event), words.clone());
                broadcasts::server::create(tx, &who, &draft).await.map(|made| made.id)
            };
            idempotency::once(tx, who.person, &key, &("desk.write", event, &words), effect).await
        };
        state.store.write(once).await
    })
    .await
}
