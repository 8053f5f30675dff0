//! What the pages of tickets ask.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::ticket::Tickets;
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{OrderId, TicketId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::server::{
        codes::Codes,
        tickets::{self, Which},
    },
    plenum_web::server_fn::query_with_state,
};

#[cfg(feature = "ssr")]
async fn read(which: Which) -> Result<Snapshot<Tickets>, AppError> {
    query_with_state(async move |state, who| {
        let codes = Codes::under(state.hub.secret());
        tickets::read(&mut *state.store.read().await?, &who, &codes, state.store.epoch(), which).await
    })
    .await
}

/// One's own tickets for what is not over.
///
/// # Errors
/// 401.
#[server(name = ComingTickets, prefix = "/fn", endpoint = "tickets/coming", input = GetUrl, output = Json)]
pub async fn coming() -> Result<Snapshot<Tickets>, AppError> {
    read(Which::Coming).await
}

/// A ticket, with its picture: one's own, or of an event that one runs.
///
/// # Errors
/// 401; 404.
#[server(name = ReadTicket, prefix = "/fn", endpoint = "tickets/one", input = GetUrl, output = Json)]
pub async fn one(id: TicketId) -> Result<Snapshot<Tickets>, AppError> {
    read(Which::One(id)).await
}

/// The tickets of an order, with their pictures.
///
/// # Errors
/// 401; 404.
#[server(name = TicketsOfOrder, prefix = "/fn", endpoint = "tickets/of_order", input = GetUrl, output = Json)]
pub async fn of_order(id: OrderId) -> Result<Snapshot<Tickets>, AppError> {
    read(Which::Order(id)).await
}
