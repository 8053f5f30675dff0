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
    plenum_core::{
        error::AppResult,
        people::{Identity, Role},
    },
    plenum_live::settings::Webhooks,
    plenum_store::db::{Conn, Tx},
    plenum_web::{
        request::told_once,
        server_fn::{Command, command, command_with_state, query, query_with_state},
        state::AppState,
    },
};

/// The name under which new credentials wait for a page without scripts.
#[cfg(feature = "ssr")]
const CREDENTIALS: &str = "credentials";

/// A command in one write, after which the running applications are read anew.
#[cfg(feature = "ssr")]
fn change<T, F>(body: F) -> Command<Identity, T>
where
    T: Send + 'static,
    F: AsyncFn(&mut Tx, &Identity) -> AppResult<T> + Send + 'static,
{
    command(body).after_commit(read_anew)
}

/// The running applications are as they are set now.
#[cfg(feature = "ssr")]
fn read_anew<T>(state: &AppState, _: &T) -> impl Future<Output = AppResult<()>> + Send + use<T> {
    let state = state.clone();
    async move { state.applications.load(&state.store).await }
}

/// The organisation's applications.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListApplications, prefix = "/fn", endpoint = "applications/list", input = GetUrl, output = Json)]
pub async fn list() -> Result<Vec<Application>, AppError> {
    query_with_state(async move |state, who| server::list(&mut *state.store.read().await?, &who, &state.applications).await).await
}

/// The new credentials that this page tells, once.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = TellCredentials, prefix = "/fn", endpoint = "applications/told", input = GetUrl, output = Json)]
pub async fn told() -> Result<Option<Credentials>, AppError> {
    let told = told_once(CREDENTIALS);
    query_with_state(async move |_, who| who.require(Role::Admin).map(|()| told)).await
}

/// The last deliveries of an application's webhooks, the newest first.
///
/// # Errors
/// 401; 403; 404.
#[server(name = ListDeliveries, prefix = "/fn", endpoint = "applications/deliveries", input = GetUrl, output = Json)]
pub async fn deliveries(id: i64) -> Result<Vec<Delivery>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::deliveries(conn, who, id).await).await
}

/// Makes an application with the usual settings. Its secret is told now and never again.
///
/// # Errors
/// 401; 403; 409 if there are too many; 422 `name`; 429.
#[server(name = CreateApplication, prefix = "/fn", endpoint = "applications/create", output = Json)]
pub async fn create(#[server(default)] name: String) -> Result<Credentials, AppError> {
    let settings = Settings::usual(name);
    change(async move |tx, who| server::create(tx, who, &settings).await)
        .done("/admin/applications?done=created")
        .shown_once(CREDENTIALS)
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
    change(async move |tx, who| {
        let (name, origins) = (name.clone(), parse_origins(&origins)?);
        let settings =
            Settings { name, enabled, origins, client_events, subscription_counts, durable, connections, presence_members, data_bytes };
        server::update(tx, who, id, &settings).await
    })
    .done("/admin/applications?done=saved")
    .await
}

/// Makes a new secret, told now and never again; the one before stays valid until it is ended.
///
/// # Errors
/// 401; 403; 404; 409 while two are valid; 429.
#[server(name = RotateSecret, prefix = "/fn", endpoint = "applications/rotate", output = Json)]
pub async fn rotate(id: i64) -> Result<Credentials, AppError> {
    change(async move |tx, who| server::rotate(tx, who, id).await)
        .done(format!("/admin/applications?app={id}&done=rotated"))
        .shown_once(CREDENTIALS)
        .await
}

/// Ends the older of two secrets.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = EndRotation, prefix = "/fn", endpoint = "applications/end_rotation", output = Json)]
pub async fn end_rotation(id: i64) -> Result<(), AppError> {
    change(async move |tx, who| server::end_rotation(tx, who, id).await).done("/admin/applications?done=secret").await
}

/// Removes an application; its sockets close.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = RemoveApplication, prefix = "/fn", endpoint = "applications/remove", output = Json)]
pub async fn remove(id: i64) -> Result<(), AppError> {
    change(async move |tx, who| server::remove(tx, who, id).await).done("/admin/applications?done=removed").await
}

/// Adds a webhook for some kinds of events.
///
/// # Errors
/// 401; 403; 404; 409 if there are too many; 422 `url` or `events`; 429.
#[server(name = AddWebhook, prefix = "/fn", endpoint = "applications/add_webhook", output = Json)]
pub async fn add_webhook(id: i64, #[server(default)] url: String, #[server(default)] events: Vec<String>) -> Result<(), AppError> {
    command_with_state(async move |state, who| {
        let settings: Webhooks = state.part()?;
        let added = async move |tx: &mut Tx| server::add_webhook(tx, &who, settings, id, &url, &events).await;
        state.store.write(added).await
    })
    .after_commit(read_anew)
    .done("/admin/applications?done=webhook")
    .await
}

/// Removes a webhook.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(name = RemoveWebhook, prefix = "/fn", endpoint = "applications/remove_webhook", output = Json)]
pub async fn remove_webhook(id: i64, webhook: i64) -> Result<(), AppError> {
    change(async move |tx, who| server::remove_webhook(tx, who, id, webhook).await).done("/admin/applications?done=webhook-removed").await
}
