//! What `/admin/channels` asks of the server.

#![expect(missing_docs, reason = "the fields of the types that #[server] makes are the arguments, described at each function")]

pub mod health;
pub mod jobs;

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::Overview;
use crate::{error::AppError, ids::ApplicationId, wire::Json};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{TestEvent, Watched},
        server,
    },
    crate::server::request::{answer, asker, command},
};

/// The live channels of the organisation, or of one of its applications: the busiest whose name contains `query`.
///
/// # Errors
/// 401; 403 unless one is an admin; 404.
#[server(name = WatchChannels, prefix = "/fn", endpoint = "admin/channels", input = GetUrl, output = Json)]
pub async fn channels(#[server(default)] app: Option<ApplicationId>, #[server(default)] query: String) -> Result<Overview, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::overview(&state, &who, app.map_or(Watched::Own, Watched::Application), &query).await
    })
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
    command(&format!("/admin/channels?app={app}&done=sent"), move |state, who| async move {
        server::send_test_event(&state, &who, app, TestEvent::parse(&channel, &event, data)?).await
    })
    .await
}
