//! How the process is: `GET /api/v1/realtime/status`, and what `plenum status` prints of it.
//!
//! Everyone is told that it is well; figures are for this machine, and for tokens with the scope `admin` of admins of the organisation
//! that runs the place.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use plenum_admin::model::tenths;
use plenum_admin::public::is_operator;
use plenum_core::error::AppResult;
use plenum_web::{api::Endpoints, problem::Problem, security::may_see_figures, state::AppState};

/// How the process is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// `ok`.
    pub status: String,
    /// The rest, for those whom it concerns.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// Figures of this process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// The build's name.
    pub version: String,
    /// Seconds since the start.
    pub uptime_seconds: u64,
    /// Open sockets of Plenum's own application.
    pub connections: usize,
    /// Its channels with somebody on them.
    pub channels: usize,
    /// People online, seen or not.
    pub people_online: usize,
    /// Subscriptions of all its sockets.
    pub subscriptions: usize,
    /// Events a second on its channels, over about ten seconds.
    pub events_per_second: f64,
    /// Deliveries a second: each event to each subscriber.
    pub deliveries_per_second: f64,
    /// Bytes that wait for sockets that do not take them.
    pub queued_bytes: usize,
    /// Commits that wait to be sent out.
    pub dispatch_queue: usize,
    /// Writes that wait for the writer.
    pub write_queue: usize,
    /// Rows of the log.
    pub log_rows: i64,
    /// Jobs that wait, and those that nobody will try again.
    pub jobs_waiting: i64,
    /// Jobs that failed too often.
    pub dead_letters: i64,
    /// External applications.
    pub applications: Vec<ApplicationFigures>,
}

/// Figures of one external application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationFigures {
    /// As its paths name it.
    pub app_id: String,
    /// Open sockets.
    pub connections: usize,
    /// Channels with somebody on them.
    pub channels: usize,
    /// Subscriptions of all its sockets.
    pub subscriptions: usize,
    /// Events a second.
    pub events_per_second: f64,
    /// Deliveries a second.
    pub deliveries_per_second: f64,
    /// Bytes that wait for sockets that do not take them.
    pub queued_bytes: usize,
}

/// The endpoint.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(realtime_status))
}

/// Tells that the server is well.
///
/// Figures of the process are there too for a program on the same machine, and for a token with the scope `admin` of an admin of the
/// organisation that runs the server.
#[utoipa::path(get, path = "/api/v1/realtime/status", tag = "Operation", security((), ("token" = ["admin"])),
    responses((status = 200, description = "It is well.", body = Status, example = json!({ "status": "ok" }))))]
async fn realtime_status(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Json<Status>, Problem> {
    let may_see = may_see_figures(&state, peer, &headers) || is_operator(&state, &headers).await?;
    let figures = if may_see { Some(figures(&state).await?) } else { None };
    Ok(Json(Status { status: "ok".to_owned(), figures }))
}

async fn figures(state: &AppState) -> AppResult<Figures> {
    let (log_rows, jobs_waiting, dead_letters): (i64, i64, i64) =
        sqlx::query_as("select (select count(*) from live_log), (select count(*) from jobs), (select count(*) from dead_letters)")
            .fetch_one(&mut *state.store.look().await?)
            .await?;
    let live = state.hub.figures();
    let applications = state
        .applications
        .all()
        .into_iter()
        .map(|app| {
            let ((channels, subscriptions, queued_bytes), flow) = (app.load(), app.flow());
            ApplicationFigures {
                app_id: app.settings().app_id.clone(),
                connections: app.connection_count(),
                channels,
                subscriptions,
                events_per_second: tenths(flow.events),
                deliveries_per_second: tenths(flow.deliveries),
                queued_bytes,
            }
        })
        .collect();
    let ((subscriptions, queued_bytes), flow) = (state.hub.load(), state.hub.flow());
    Ok(Figures {
        version: state.build.to_string(),
        uptime_seconds: u64::from(state.hub.clock()),
        connections: live.connections,
        channels: live.channels,
        people_online: live.people,
        subscriptions,
        events_per_second: tenths(flow.events),
        deliveries_per_second: tenths(flow.deliveries),
        queued_bytes,
        dispatch_queue: state.hub.dispatch_queue(),
        write_queue: state.store.write_queue(),
        log_rows,
        jobs_waiting,
        dead_letters,
        applications,
    })
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(figures) = &self.figures else { return writeln!(f, "Well.") };
        writeln!(f, "Well: {} for {} s", figures.version, figures.uptime_seconds)?;
        writeln!(f, "  {:>8} connections", figures.connections)?;
        writeln!(f, "  {:>8} channels", figures.channels)?;
        writeln!(f, "  {:>8} people online", figures.people_online)?;
        writeln!(f, "  {:>8} subscriptions", figures.subscriptions)?;
        writeln!(f, "  {:>8.1} events a second, {:.1} deliveries", figures.events_per_second, figures.deliveries_per_second)?;
        writeln!(f, "  {:>8} bytes queued for slow sockets", figures.queued_bytes)?;
        writeln!(f, "  {:>8} writes waiting, {} commits to be sent out", figures.write_queue, figures.dispatch_queue)?;
        writeln!(f, "  {:>8} rows in the log", figures.log_rows)?;
        writeln!(f, "  {:>8} jobs waiting, {} dead letters", figures.jobs_waiting, figures.dead_letters)?;
        for app in &figures.applications {
            writeln!(
                f,
                "  {:>8} connections, {} channels, {:.1} events a second, {:.1} deliveries of the application {}",
                app.connections, app.channels, app.events_per_second, app.deliveries_per_second, app.app_id
            )?;
        }
        Ok(())
    }
}
