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
    plenum_broadcasts::server::Proved,
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_events::server::access,
    plenum_store::{
        db::{Conn, Tx},
        idempotency::{self, parse_key},
    },
    plenum_web::{
        server_fn::{command_with_state, query, query_snapshot},
        state::AppState,
    },
};

/// What is sold and who is in.
///
/// # Errors
/// 401; 403 unless one runs the event; 404.
#[server(name = ReadDesk, prefix = "/fn", endpoint = "desk/read", input = GetUrl, output = Json)]
pub async fn read(event: EventId) -> Result<Snapshot<Desk>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| desk::read(conn, who, epoch, event).await).await
}

/// When what was sold.
///
/// # Errors
/// 401; 403; 404.
#[server(name = SalesOverTime, prefix = "/fn", endpoint = "desk/over_time", input = GetUrl, output = Json)]
pub async fn over_time(event: EventId, #[server(default)] span: Span) -> Result<OverTime, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| desk::over_time(conn, who, event, span).await).await
}

/// A page of orders.
///
/// # Errors
/// 401; 403; 404; 422 `state`.
#[server(name = DeskOrders, prefix = "/fn", endpoint = "desk/orders", input = GetUrl, output = Json)]
pub async fn orders(event: EventId, #[server(default)] asked: OrdersAsked) -> Result<Orders, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| desk::orders(conn, who, event, &asked).await).await
}

/// Orders of all events that have `text` in their number, or in their buyer's name or address.
///
/// # Errors
/// 401; 403 unless one is an agent or an admin.
#[server(name = FindOrders, prefix = "/fn", endpoint = "desk/find", input = GetUrl, output = Json)]
pub async fn find(#[server(default)] text: String) -> Result<Orders, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| desk::find(conn, who, &text).await).await
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
    let write = async move |state: AppState, who: Identity| {
        let key = parse_key(&key)?;
        access::require_organiser_of(&mut *state.store.look().await?, &who, event).await?;
        let words = Words::parse(0, &title, &text, &format!("/events/{event}"), 1)?;
        let draft = Proved::of(Draft::new(Audience::Event(event), words.clone()))?;
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                access::require_organiser_of(tx, &who, event).await?;
                broadcasts::server::create(tx, &who, &draft).await.map(|made| made.id)
            };
            idempotency::once(tx, who.person, &key, &("desk.write", event, &words), effect).await
        };
        state.store.write(once).await
    };
    command_with_state(write).done(format!("/events/{event}/desk?done=sent")).await
}
