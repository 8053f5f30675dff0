//! What pages ask about the address of an online event.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::address::OnlineAddress;
use plenum_core::{codec::Json, error::AppError, ids::EventId};
#[cfg(feature = "ssr")]
use {
    crate::server::address,
    plenum_core::people::Identity,
    plenum_store::db::{self, Conn},
    plenum_web::server_fn::query,
};

/// The address of an online event, for those who may have it; without the address until it is time.
///
/// # Errors
/// 401.
#[server(name = ReadOnlineAddress, prefix = "/fn", endpoint = "tickets/address", input = GetUrl, output = Json)]
pub async fn address(event: EventId) -> Result<Option<OnlineAddress>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| address::read(conn, who, event, db::now()).await).await
}
