//! What `/admin/mail` asks.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::mail::Mailing;
use plenum_core::{codec::Json, error::AppError, live::Snapshot};
#[cfg(feature = "ssr")]
use {
    crate::server::mail as server,
    plenum_web::server_fn::{command, query_with_state},
};

/// How the organisation's mail goes.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ReadMailing, prefix = "/fn", endpoint = "admin/mail", input = GetUrl, output = Json)]
pub async fn mailing() -> Result<Snapshot<Mailing>, AppError> {
    query_with_state(async move |state, who| server::mailing(&state, &who).await).await
}

/// Lets an address be written to again that has refused mail.
///
/// # Errors
/// 401; 403 unless one is an admin; 404 if it may be written to already; 429.
#[server(name = AllowMail, prefix = "/fn", endpoint = "admin/allow_mail", output = Json)]
pub async fn allow(#[server(default)] address: String) -> Result<(), AppError> {
    command(async move |tx, who| server::allow(tx, who, &address).await).done("/admin/mail?done=allowed").await
}
