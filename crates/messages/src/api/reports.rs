//! The browser's private API of reported messages.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::reports::Reports;
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{MessageId, ReportId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::{
        model::reports::{Decision, Reason, parse_note},
        server::reports,
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::db::{Conn, Tx},
    plenum_web::server_fn::{command_with_input, query_snapshot},
};

/// Reports a message to the admins, once.
///
/// # Errors
/// 401; 404; 409 if one has reported it before, it is deleted or one's own; 422 `reason` or `note`; 429.
#[server(name = ReportMessage, prefix = "/fn", endpoint = "messages/report", output = Json)]
pub async fn report(message: MessageId, #[server(default)] reason: String, #[server(default)] note: String) -> Result<(), AppError> {
    let input = move || Ok((Reason::parse(&reason)?, parse_note(&note)?));
    let send =
        async move |tx: &mut Tx, who: &Identity, (reason, note): &(Reason, String)| reports::report(tx, who, message, *reason, note).await;
    command_with_input(input, send).await
}

/// The reports of the organisation.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListReports, prefix = "/fn", endpoint = "messages/reports", input = GetUrl, output = Json)]
pub async fn reports() -> Result<Snapshot<Reports>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| reports::queue(conn, who, epoch).await).await
}

/// Decides about a report and the other open ones of the same message.
///
/// # Errors
/// 401; 403 unless one is an admin; 404; 409 if it is decided; 422 `decision`; 429.
#[server(name = DecideReport, prefix = "/fn", endpoint = "messages/decide_report", output = Json)]
pub async fn decide(id: ReportId, #[server(default)] decision: String) -> Result<(), AppError> {
    let decide = async move |tx: &mut Tx, who: &Identity, decision: &Decision| reports::decide(tx, who, id, *decision).await;
    command_with_input(move || Decision::parse(&decision), decide).done("/admin/reports?done=decided").await
}
