//! The task that samples, once a second while somebody looks and every five seconds otherwise: it tells those who look, looks at the
//! thresholds, and writes the history.

use std::{sync::Arc, time::Duration};

use super::{Gatherer, alarms, history::Figures, ops_publish, watched};
use crate::{
    live::OpsEvent,
    model::{Metrics, Period},
};
use plenum_core::clock::Ticks;
use plenum_live::hub::Hub;
use plenum_store::db::{self, Store};

/// Samples for as long as the process lives.
pub async fn run(hub: Arc<Hub>, mut gatherer: Gatherer, figures: Arc<Figures>, store: Store) {
    let begun = async { figures.resume(&mut *store.read().await?, db::now()).await };
    if let Err(error) = begun.await {
        tracing::warn!(%error, "the figures of before cannot be read");
    }
    let mut ticks = Ticks::every(Duration::from_secs(1));
    let mut filling = None;
    loop {
        ticks.tick().await;
        gatherer.tick();
        let now = db::now();
        let now = now - now.rem_euclid(1_000);
        // By the clock rather than by ticks, so that each of the shortest intervals has a sample, however late a tick is.
        let interval = Some(Period::Quarter.begin(now));
        let writes = filling != interval;
        filling = interval;
        let looks = watched(&hub);
        if !writes && looks.is_empty() {
            continue;
        }
        if let Err(error) = gatherer.count(now).await {
            tracing::warn!(%error, "the database was not counted");
        }
        let samples = gatherer.sample();
        for (organisation, sample) in &samples {
            let points = figures.take(*organisation, now, sample.clone());
            if looks.contains(organisation) {
                ops_publish(&hub, *organisation, &OpsEvent::MetricsUpdated(Metrics { at: now, now: sample.rounded(), points }));
            }
        }
        if let Err(error) = alarms::look(&store, &samples, now).await {
            tracing::warn!(%error, "the alarms were not looked at");
        }
        if writes && let Err(error) = figures.write(&store, now).await {
            tracing::warn!(%error, "figures were not written");
        }
    }
}
