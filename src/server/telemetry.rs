//! Logs, and the figures at `/metrics`. One event at a boundary, readable alone; never
//! message bodies, health text or secrets.

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::{Log, LogFormat};

/// Starts logging as configured.
///
/// # Errors
/// If the filter cannot be read.
pub fn start_logs(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).with_context(|| format!("log.filter: {:?} is not a filter", log.filter))?;
    let registry = tracing_subscriber::registry().with(filter);
    match log.format {
        LogFormat::Human => registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).init(),
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).init(),
    }
    Ok(())
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
    metrics::describe_gauge!("plenum_live_connections", "Open sockets");
    metrics::describe_gauge!("plenum_live_channels", "Channels with somebody on them");
    metrics::describe_gauge!("plenum_people_online", "People with an open socket, or within their grace");
    metrics::describe_gauge!("plenum_write_queue", "Closures that wait for the writer");
    metrics::describe_counter!("plenum_live_deliveries_total", "Events written or queued for a subscriber");
    metrics::describe_counter!("plenum_live_bytes_total", "Bytes of these events");
    metrics::describe_counter!("plenum_live_slow_consumers_total", "Connections closed because their queue was full");
    metrics::describe_counter!("plenum_live_recoveries_total", "Resumed subscriptions, by outcome");
    metrics::describe_counter!("plenum_live_refusals_total", "Subscriptions refused");
    metrics::describe_counter!("plenum_live_subscriptions_ended_total", "Subscriptions ended because a right did");
    metrics::describe_histogram!("plenum_write_seconds", "Time of one group commit");
    metrics::describe_counter!("plenum_writes_total", "Committed or refused write closures");
    Ok(handle)
}
