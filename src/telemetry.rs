//! Logs, and the figures at `/metrics`. One event at a boundary, readable alone; never
//! message bodies, health text or secrets.

use std::{sync::Arc, time::Instant};

use anyhow::Context as _;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Log, LogFormat};
use plenum_store::{db::slow, meters::Meters};
use plenum_web::state::AppState;

/// The crates of the sessions, by the beginning of their names.
const SESSIONS: &str = "tower_sessions";
const QUIET_SESSIONS: &str = "tower_sessions=error,tower_sessions_core=off";

/// Starts logging as configured.
///
/// # Errors
/// If the filter cannot be read.
pub fn start_logs(log: &Log) -> anyhow::Result<()> {
    let filter = filter(log)?;
    // Slow statements are collected whatever is written to the log.
    let slow = slow::Collector.with_filter(Targets::new().with_target(slow::TARGET, LevelFilter::INFO));
    let registry = tracing_subscriber::registry().with(slow);
    match log.format {
        LogFormat::Human => registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr).with_filter(filter)).init(),
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).with_filter(filter)).init(),
    }
    Ok(())
}

/// What is logged. The sessions' crates open a span for every request, warn of every id that they do not know, and say each error that the
/// store has said already: of them only the layer's own errors are heard, unless `log.filter` names them.
fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    let told = if log.filter.contains(SESSIONS) { log.filter.clone() } else { format!("{},{QUIET_SESSIONS}", log.filter) };
    EnvFilter::try_new(told).with_context(|| format!("log.filter: {:?} is not a filter", log.filter))
}

/// Starts collecting figures; the handle renders them.
///
/// # Errors
/// If a recorder is installed already.
pub fn start_figures() -> anyhow::Result<PrometheusHandle> {
    let seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];
    let handle = PrometheusBuilder::new()
        .set_buckets(&seconds)
        .context("the histogram's buckets")?
        .install_recorder()
        .context("figures are collected already")?;
    metrics::describe_gauge!("plenum_live_connections", "Open sockets, by application");
    metrics::describe_gauge!("plenum_live_channels", "Channels with somebody on them, by application");
    metrics::describe_gauge!("plenum_live_subscriptions", "Subscriptions of all sockets, by application");
    metrics::describe_gauge!("plenum_live_queued_bytes", "Bytes that wait for sockets that do not take them, by application");
    metrics::describe_gauge!("plenum_live_dispatch_queue", "Commits that wait to be sent out");
    metrics::describe_counter!("plenum_live_dropped_total", "Ephemeral events that a full queue dropped or replaced by newer ones");
    metrics::describe_histogram!(
        "plenum_live_publish_seconds",
        "From the commit (or, without a durable log, the request) to the last write"
    );
    metrics::describe_gauge!("plenum_people_online", "People with an open socket, or within their grace");
    metrics::describe_gauge!("plenum_write_queue", "Closures that wait for the writer");
    metrics::describe_counter!("plenum_live_deliveries_total", "Events written or queued for a subscriber");
    metrics::describe_counter!("plenum_live_bytes_total", "Bytes of these events");
    metrics::describe_counter!("plenum_live_slow_consumers_total", "Connections closed because their queue was full");
    metrics::describe_counter!("plenum_live_recoveries_total", "Resumed subscriptions, by outcome");
    metrics::describe_counter!("plenum_live_refusals_total", "Subscriptions refused");
    metrics::describe_counter!("plenum_live_subscriptions_ended_total", "Subscriptions ended because a right did");
    metrics::describe_counter!("plenum_webhook_deliveries_total", "Requests to webhooks, by outcome");
    metrics::describe_counter!("plenum_webhook_events_dropped_total", "Events that too many before them kept from webhooks");
    metrics::describe_histogram!("plenum_write_seconds", "Time of one group commit");
    metrics::describe_histogram!("plenum_http_seconds", "From a request to the head of its answer");
    metrics::describe_histogram!("plenum_broadcast_step_seconds", "Time that one step of a broadcast keeps the writer");
    metrics::describe_counter!("plenum_writes_total", "Committed or refused write closures");
    Ok(handle)
}

/// Middleware: how long each request takes to the head of its answer.
pub async fn time(State(meters): State<Arc<Meters>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let response = next.run(request).await;
    let took = started.elapsed();
    metrics::histogram!("plenum_http_seconds").record(took.as_secs_f64());
    meters.http.record(took);
    response
}

/// Looks at what is not counted as it happens: what is open and what waits, now.
#[expect(clippy::cast_precision_loss, reason = "figures of a process are far below 2^52")]
pub fn measure(state: &AppState) {
    let live = |application: &str, connections: usize, channels: usize, subscriptions: usize, queued: usize| {
        let of = |name: &'static str| metrics::gauge!(name, "application" => application.to_owned());
        of("plenum_live_connections").set(connections as f64);
        of("plenum_live_channels").set(channels as f64);
        of("plenum_live_subscriptions").set(subscriptions as f64);
        of("plenum_live_queued_bytes").set(queued as f64);
    };
    let now = state.hub.figures();
    let (subscriptions, queued) = state.hub.load();
    live("plenum", now.connections, now.channels, subscriptions, queued);
    for app in state.applications.all() {
        let (channels, subscriptions, queued) = app.load();
        live(&app.settings().app_id, app.connection_count(), channels, subscriptions, queued);
    }
    metrics::gauge!("plenum_people_online").set(now.people as f64);
    metrics::gauge!("plenum_write_queue").set(state.store.write_queue() as f64);
    metrics::gauge!("plenum_live_dispatch_queue").set(state.hub.dispatch_queue() as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Anybody can send ids that stand for nothing; the log is not theirs to fill.
    #[test]
    fn unknown_sessions_fill_no_log() {
        let directives = |filter: &str| {
            let filter = super::filter(&Log { filter: filter.to_owned(), ..Log::default() }).unwrap().to_string();
            let mut directives: Vec<_> = filter.split(',').map(str::to_owned).collect();
            directives.sort();
            directives
        };
        assert_eq!(directives("info"), ["info", "tower_sessions=error", "tower_sessions_core=off"]);
        assert_eq!(directives("info,tower_sessions=trace"), ["info", "tower_sessions=trace"]);
    }
}
