//! What admins do with external applications.

#![expect(clippy::too_many_arguments, reason = "one for each field of a form")]
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Application, Credentials, Delivery};
use plenum_core::{codec::Json, error::AppError};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Settings, parse_origins},
        server,
    },
    plenum_core::people::Role,
    plenum_web::request::{answer, asker, command, command_told_once, told_once},
};

/// The name under which new credentials wait for a page without scripts.
#[cfg(feature = "ssr")]
const CREDENTIALS: &str = "credentials";

/// The organisation's applications.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListApplications, prefix = "/fn", endpoint = "applications/list", input = GetUrl, output = Json)]
pub async fn list() -> Result<Vec<Application>, AppError> {
    let (state, who) = asker()?;
    answer(async move { server::list(&state, &who).await }).await
}

/// The new credentials that this page tells, once.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = TellCredentials, prefix = "/fn", endpoint = "applications/told", input = GetUrl, output = Json)]
pub async fn told() -> Result<Option<Credentials>, AppError> {
    asker()?.1.require(Role::Admin)?;
    Ok(told_once(CREDENTIALS))
}

/// The last deliveries of an application's webhooks, the newest first.
///
/// # Errors
/// 401; 403; 404.
#[server(name = ListDeliveries, prefix = "/fn", endpoint = "applications/deliveries", input = GetUrl, output = Json)]
pub async fn deliveries(id: i64) -> Result<Vec<Delivery>, AppError> {
    let (state, who) = asker()?;
    answer(async move { server::deliveries(&mut *state.store.read().await?, &who, id).await }).await
}

/// Makes an application with the usual settings. Its secret is told now and never again.
///
/// # Errors
/// 401; 403; 409 if there are too many; 422 `name`; 429.
#[server(name = CreateApplication, prefix = "/fn", endpoint = "applications/create", output = Json)]
pub async fn create(#[server(default)] name: String) -> Result<Credentials, AppError> {
    command_told_once("/admin/applications?done=created", CREDENTIALS, move |state, who| async move {
        server::create(&state, &who, Settings::usual(name)).await
    })
    .await
}

/// Changes an application's settings. A switch that is off is missing, as in a form.
///
/// # Errors
/// 401; 403; 404; 422 for `name` and `origins`; 429.
#[server(name = UpdateApplication, prefix = "/fn", endpoint = "applications/update", output = Json)]
pub async fn update(
    id: i64,
    #[server(default)] name: String,
    #[server(default)] enabled: bool,
    #[server(default)] origins: String,
    #[server(default)] client_events: bool,
    #[server(default)] subscription_counts: bool,
    #[server(default)] durable: bool,
    #[server(default)] connections: u32,
    #[server(default)] presence_members: u32,
    #[server(default)] data_bytes: u32,
) -> Result<(), AppError> {
    command("/admin/applications?done=saved", move |state, who| async move {
        let origins = parse_origins(&origins)?;
        let settings =
            Settings { name, enabled, origins, client_events, subscription_counts, durable, connections, presence_members, data_bytes };
        server::update(&state, &who, id, settings).await
    })
    .await
}

/// Makes a new secret, told now and never again; the one before stays valid until it is ended.
///
/// # Errors
/// 401; 403; 404; 409 while two are valid; 429.
#[server(name = RotateSecret, prefix = "/fn", endpoint = "applications/rotate", output = Json)]
pub async fn rotate(id: i64) -> Result<Credentials, AppError> {
    let done = format!("/admin/applications?app={id}&done=rotated");
    command_told_once(&done, CREDENTIALS, move |state, who| async move { server::rotate(&state, &who, id).await }).await
}

/// Ends the older of two secrets.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = EndRotation, prefix = "/fn", endpoint = "applications/end_rotation", output = Json)]
pub async fn end_rotation(id: i64) -> Result<(), AppError> {
    command("/admin/applications?done=secret", move |state, who| async move { server::end_rotation(&state, &who, id).await }).await
}

/// Removes an application; its sockets close.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = RemoveApplication, prefix = "/fn", endpoint = "applications/remove", output = Json)]
pub async fn remove(id: i64) -> Result<(), AppError> {
    command("/admin/applications?done=removed", move |state, who| async move { server::remove(&state, &who, id).await }).await
}

/// Adds a webhook for some kinds of events.
///
/// # Errors
/// 401; 403; 404; 409 if there are too many; 422 `url` or `events`; 429.
#[server(name = AddWebhook, prefix = "/fn", endpoint = "applications/add_webhook", output = Json)]
pub async fn add_webhook(id: i64, #[server(default)] url: String, #[server(default)] events: Vec<String>) -> Result<(), AppError> {
    command("/admin/applications?done=webhook", move |state, who| async move { server::add_webhook(&state, &who, id, &url, &events).await })
        .await
}

/// Removes a webhook.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = RemoveWebhook, prefix = "/fn", endpoint = "applications/remove_webhook", output = Json)]
pub async fn remove_webhook(id: i64, webhook: i64) -> Result<(), AppError> {
    command(
        "/admin/applications?done=webhook-removed",
        move |state, who| async move { server::remove_webhook(&state, &who, id, webhook).await },
    )
    .await
}
