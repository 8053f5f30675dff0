//! What the live layer could not do for somebody in the last hour. The counters for Prometheus only go up; these can be asked.

use crate::server::{db, tally::Counter};

/// Connections that were closed because they did not take what was sent.
pub static SLOW_CONSUMERS: Counter = Counter::new();
/// Subscriptions that resumed without a gap.
pub static RECOVERED: Counter = Counter::new();
/// Subscriptions that could not: the log no longer reached so far back, or was another.
pub static GAPS: Counter = Counter::new();
/// Events that the dispatcher read from the log because they had not come to it.
pub static HOLES: Counter = Counter::new();

/// Counts one now.
pub(super) fn note(counter: &Counter) {
    counter.count(db::now());
}
