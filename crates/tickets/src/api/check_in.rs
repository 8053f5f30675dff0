//! What the page of a door asks.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::door::{Door, Found};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{CheckInId, EventId, TicketId},
    live::Snapshot,
};
use plenum_events::model::check_in::{Answer, Counts};
#[cfg(feature = "ssr")]
use {
    crate::server::{check_ins, codes::Codes},
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::{
        db::{Conn, Tx},
        idempotency::{self, parse_key_if_any},
    },
    plenum_web::server_fn::{command, command_with_input, command_with_state, query, query_snapshot},
};

/// The page of a door, with the ticket that was `asked` about.
///
/// # Errors
/// 401; 403 unless one runs the event; 404.
#[server(name = ReadDoor, prefix = "/fn", endpoint = "check_in/door", input = GetUrl, output = Json)]
pub async fn door(event: EventId, #[server(default)] asked: Option<TicketId>) -> Result<Snapshot<Door>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| check_ins::door(conn, who, epoch, event, asked).await).await
}

/// People with tickets whose name, address or order number has `text` in it.
///
/// # Errors
/// 401; 403; 404.
#[server(name = FindGuests, prefix = "/fn", endpoint = "check_in/find", input = GetUrl, output = Json)]
pub async fn find(event: EventId, #[server(default)] text: String) -> Result<Vec<Found>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| check_ins::find(conn, who, event, &text).await).await
}

/// Lets in whoever has `code`, once for `key`: asked again with the same key, the answer is the same.
///
/// # Errors
/// 401; 403; 404; 409 if nobody is let in there now.
#[server(name = CheckIn, prefix = "/fn", endpoint = "check_in/code", output = Json)]
pub async fn check_in(event: EventId, #[server(default)] code: String, #[server(default)] key: String) -> Result<Answer, AppError> {
    command_with_state(async move |state, who| {
        let codes = Codes::under(state.hub.secret());
        let key = parse_key_if_any(&key)?;
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| check_ins::check_in(tx, &who, &codes, event, &code).await;
            match &key {
                Some(key) => idempotency::once(tx, who.person, key, &("check_in.code", event, &code), effect).await,
                None => effect(tx).await,
            }
        };
        state.store.write(body).await
    })
    .done_at(move |answered| answer_page(event, answered))
    .await
}

/// Lets in somebody who was found by name or order, once for `key`.
///
/// # Errors
/// 401; 403; 404; 409; 422 `key`.
#[server(name = AdmitGuest, prefix = "/fn", endpoint = "check_in/admit", output = Json)]
pub async fn admit(event: EventId, ticket: TicketId, #[server(default)] key: String) -> Result<Answer, AppError> {
    let admit = async move |tx: &mut Tx, who: &Identity, key: &Option<String>| {
        let effect = async |tx: &mut Tx| check_ins::admit(tx, who, event, ticket).await;
        match key {
            Some(key) => idempotency::once(tx, who.person, key, &("check_in.admit", event, ticket), effect).await,
            None => effect(tx).await,
        }
    };
    command_with_input(move || parse_key_if_any(&key), admit).done_at(move |answered| answer_page(event, answered)).await
}

/// Takes back whom one has let in last, within a minute.
///
/// # Errors
/// 401; 403; 404; 409 if that is not possible any more.
#[server(name = UndoCheckIn, prefix = "/fn", endpoint = "check_in/undo", output = Json)]
pub async fn undo(event: EventId, id: CheckInId) -> Result<Counts, AppError> {
    command(async move |tx, who| check_ins::undo(tx, who, event, id).await).done(format!("{}?done=undone", page(event))).await
}

#[cfg(feature = "ssr")]
fn page(event: EventId) -> String {
    format!("/events/{event}/check-in")
}

/// A page without scripts shows what became of it: the address says what, and the page asks the database of whom.
#[cfg(feature = "ssr")]
fn answer_page(event: EventId, answered: &Answer) -> String {
    let ticket = answered.guest.as_ref().map_or_else(String::new, |guest| format!("&ticket={}", guest.ticket));
    format!("{}?done={}{ticket}", page(event), answered.outcome.into_str())
}
