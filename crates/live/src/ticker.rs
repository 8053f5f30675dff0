//! What time brings: heartbeats, graces that end, rights that are asked again. One task
//! for all connections, so that none needs a timer of its own.

use std::{sync::Arc, time::Duration};

use super::hub::Hub;
use plenum_core::clock::{self, Ticks};
use plenum_store::db::now;

const TICK: Duration = Duration::from_millis(250);

/// Ticks for as long as the process lives.
pub async fn run(hub: Arc<Hub>) {
    let mut ticks = Ticks::every(TICK);
    let mut second = hub.clock();
    loop {
        ticks.tick().await;
        for person in hub.expire(clock::instant()) {
            let hub = Arc::clone(&hub);
            tokio::spawn(async move {
                if let Err(error) = hub.rules().last_seen(person, now()).await {
                    tracing::warn!(%error, person.id = person.0, "last seen could not be written");
                }
            });
        }
        hub.end_due();
        if hub.clock() != second {
            second = hub.clock();
            each_second(&hub, second);
        }
    }
}

fn each_second(hub: &Arc<Hub>, second: u32) {
    let settings = *hub.settings();
    let short = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
    let recheck = settings.recheck_seconds.max(1);
    let mut due = Vec::new();
    for connection in hub.all_connections() {
        connection.check_life(second, short(settings.ping_seconds), short(settings.lost_seconds));
        // Spread over the interval by the connection's number.
        if (connection.id.0 + u64::from(second)).is_multiple_of(recheck) {
            due.push(connection);
        }
    }
    hub.watchers_notify();
    if !due.is_empty() {
        let hub = Arc::clone(hub);
        tokio::spawn(async move {
            for connection in due {
                if let Err(error) = hub.recheck(&connection).await {
                    tracing::warn!(%error, "rights could not be asked again");
                }
            }
        });
    }
}
