//! What `/admin/channels` asks of the server.

pub mod health;
pub mod jobs;
pub mod mail;

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{AlarmDesk, Board, Overview, Period};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{AlarmId, ApplicationId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Rule, TestEvent, Watched},
        server,
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::db::Conn,
    plenum_web::server_fn::{command, command_with_state, query_snapshot, query_with_state},
};

/// The live channels of the organisation, or of one of its applications: the busiest whose name contains `query`.
///
/// # Errors
/// 401; 403 unless one is an admin; 404.
#[server(name = WatchChannels, prefix = "/fn", endpoint = "admin/channels", input = GetUrl, output = Json)]
pub async fn channels(#[server(default)] app: Option<ApplicationId>, #[server(default)] query: String) -> Result<Overview, AppError> {
    query_with_state(async move |state, who| server::overview(&state, &who, app.map_or(Watched::Own, Watched::Application), &query).await)
        .await
}

/// Sends an event to a channel of an application, as its backend would.
///
/// # Errors
/// 401; 403 unless one is an admin; 404; 422 `channel`, `event` or `data`; 429.
#[server(name = SendTestEvent, prefix = "/fn", endpoint = "admin/send_test_event", output = Json)]
pub async fn send_test_event(
    app: ApplicationId,
    #[server(default)] channel: String,
    #[server(default)] event: String,
    #[server(default)] data: String,
) -> Result<(), AppError> {
    command_with_state(async move |state, who| server::send_test_event(&state, &who, app, TestEvent::parse(&channel, &event, data)?).await)
        .done(format!("/admin/channels?app={app}&done=sent"))
        .await
}

/// The operations board over a period.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ReadBoard, prefix = "/fn", endpoint = "admin/board", input = GetUrl, output = Json)]
pub async fn board(#[server(default)] period: Period) -> Result<Snapshot<Board>, AppError> {
    query_with_state(async move |state, who| server::board(&state, &who, period).await).await
}

/// The thresholds of the organisation.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListAlarms, prefix = "/fn", endpoint = "admin/alarms", input = GetUrl, output = Json)]
pub async fn alarms() -> Result<Snapshot<AlarmDesk>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        let operator = server::operator(conn).await?;
        server::alarm_desk(conn, who, epoch, operator).await
    })
    .await
}

/// Adds a threshold: of which figure, `above` or `below`, in the unit that the form names, crossed for how many seconds.
///
/// # Errors
/// 401; 403 unless one is an admin; 409 if there is one like it, or too many; 422 for each of the fields.
#[server(name = AddAlarm, prefix = "/fn", endpoint = "admin/add_alarm", output = Json)]
pub async fn add_alarm(
    #[server(default)] figure: String,
    #[server(default)] side: String,
    #[server(default)] threshold: String,
    #[server(default)] seconds: String,
) -> Result<AlarmId, AppError> {
    command(async move |tx, who| {
        // Which figures there are depends on whose organisation it is.
        let operator = server::operator(tx).await? == who.organisation;
        server::add_alarm(tx, who, Rule::parse(&figure, &side, &threshold, &seconds, operator)?).await
    })
    .done("/admin/alarms?done=added")
    .await
}

/// Switches a threshold on or off.
///
/// # Errors
/// 401; 403 unless one is an admin; 404.
#[server(name = SwitchAlarm, prefix = "/fn", endpoint = "admin/switch_alarm", output = Json)]
pub async fn switch_alarm(id: AlarmId, #[server(default)] on: bool) -> Result<(), AppError> {
    command(async move |tx, who| server::switch_alarm(tx, who, id, on).await).done("/admin/alarms").await
}

/// Deletes a threshold.
///
/// # Errors
/// 401; 403 unless one is an admin; 404.
#[server(name = DeleteAlarm, prefix = "/fn", endpoint = "admin/delete_alarm", output = Json)]
pub async fn delete_alarm(id: AlarmId) -> Result<(), AppError> {
    command(async move |tx, who| server::delete_alarm(tx, who, id).await).done("/admin/alarms").await
}
