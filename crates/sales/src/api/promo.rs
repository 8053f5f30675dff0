//! What the page of an event's promo codes asks.

#![expect(clippy::too_many_arguments, reason = "one for each field of a form")]
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::promo::{Promo, Promos};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{EventId, PromoCodeId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::server::promo::{self, Entered},
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::db::Conn,
    plenum_web::server_fn::{command, query_snapshot},
};

/// The codes of an event.
///
/// # Errors
/// 401; 403 unless one runs it; 404.
#[server(name = ListPromoCodes, prefix = "/fn", endpoint = "box_office/promo_codes", input = GetUrl, output = Json)]
pub async fn list(event: EventId) -> Result<Snapshot<Promos>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| promo::list(conn, who, epoch, event).await).await
}

/// Makes a code: `by` is `percent` or `amount`; `from` and `until` are local times of the event's zone.
///
/// # Errors
/// 401; 403 unless one runs the event; 404; 409 `code`; 422 of the field; 429.
#[server(name = CreatePromoCode, prefix = "/fn", endpoint = "box_office/create_promo_code", output = Json)]
pub async fn create(
    event: EventId,
    #[server(default)] code: String,
    #[server(default)] by: String,
    #[server(default)] off: String,
    #[server(default)] most_uses: String,
    #[server(default)] most_each: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<Promo, AppError> {
    let entered = Entered { code, by, off, most_uses, most_each, from, until };
    command(async move |tx, who| promo::create(tx, who, event, &entered).await).done(format!("/events/{event}/codes?done=made")).await
}

/// Ends a code.
///
/// # Errors
/// 401; 403 unless one runs its event; 404; 429.
#[server(name = EndPromoCode, prefix = "/fn", endpoint = "box_office/end_promo_code", output = Json)]
pub async fn end(event: EventId, id: PromoCodeId) -> Result<Promo, AppError> {
    command(async move |tx, who| promo::end(tx, who, id).await).done(format!("/events/{event}/codes")).await
}
