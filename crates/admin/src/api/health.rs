//! What `/admin/health` asks.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::health::Health;
use plenum_core::{codec::Json, error::AppError, ids::Millis};
#[cfg(feature = "ssr")]
use {
    crate::server::health as server,
    plenum_web::server_fn::{command_with_state, query_with_state},
};

/// How it is, measured now: the whole place for those who run it, one's own applications and errors for other admins.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ReadHealth, prefix = "/fn", endpoint = "admin/health", input = GetUrl, output = Json)]
pub async fn health() -> Result<Health, AppError> {
    query_with_state(async move |state, who| server::health(&state, &who).await).await
}

/// Sends the test event that this page waits for, known by `key`; returns when it was written.
///
/// # Errors
/// 401; 403 unless one is an admin; 422 `key`; 429.
#[server(name = SendProbe, prefix = "/fn", endpoint = "admin/probe", output = Json)]
pub async fn probe(#[server(default)] key: String) -> Result<Millis, AppError> {
    command_with_state(async move |state, who| server::send_probe(&state, &who, key).await).done("/admin/health").await
}
