//! Gathering: what each figure of the catalogue is now.
//!
//! Meters are read every second, which costs nothing; the database is asked as often as somebody looks, and never for more than a
//! twentieth of the time. What comes out is one sample for each organisation; that of the operator has the process' figures, too.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::counts::{self, Tally};
use crate::model::{Figure, Values};
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
};
use plenum_live::{
    hub::{Hub, figures::Load},
    pusher::registry::Applications,
};
use plenum_store::{
    db::Store,
    meters::{self, Counter, Durations, Meters, Spread, Window},
};

/// Rates are over so many seconds, like those of channels.
const RATE_SECONDS: usize = 10;
/// Percentiles and rare things are over so many.
const MINUTE: usize = 60;
/// After a count the database is left alone for so many times as long as it took.
const REST: u32 = 20;

/// A counter of the process, and how it has grown.
struct Counted {
    counter: fn(&Meters) -> &Counter,
    window: Window<u64>,
}

impl Counted {
    fn over(counter: fn(&Meters) -> &Counter, seconds: usize) -> Self {
        Self { counter, window: Window::over(seconds) }
    }

    fn read(&mut self, meters: &Meters) {
        self.window.push((self.counter)(meters).total());
    }
}

/// Durations of the process, and how they were in the last minute.
struct Timed {
    durations: fn(&Meters) -> &Durations,
    window: Window<Spread>,
    half: Figure,
    most: Figure,
}

impl Timed {
    fn of(durations: fn(&Meters) -> &Durations, half: Figure, most: Figure) -> Self {
        Self { durations, window: Window::over(MINUTE), half, most }
    }
}

/// What remembers the last minute. There is one in a process.
pub struct Gatherer {
    hub: Arc<Hub>,
    applications: Arc<Applications>,
    meters: Arc<Meters>,
    store: Store,
    timed: [Timed; 3],
    requests: Window<u64>,
    requests_total: u64,
    writes: Counted,
    rare: [(Figure, Counted); 4],
    processor: Option<(Instant, Duration)>,
    tally: Tally,
    messages: HashMap<OrganisationId, Window<u64>>,
    organisations: Vec<OrganisationId>,
    counted: HashMap<OrganisationId, Values>,
    jobs: Values,
    /// The database is not counted before this.
    rests_until: Instant,
}

impl Gatherer {
    /// Remembers nothing yet.
    pub fn new(hub: Arc<Hub>, applications: Arc<Applications>, store: Store) -> Self {
        Self {
            hub,
            applications,
            meters: store.part(),
            store,
            timed: [
                Timed::of(|meters| &meters.publish, Figure::PublishP50, Figure::PublishP99),
                Timed::of(|meters| &meters.commit, Figure::WriteP50, Figure::WriteP99),
                Timed::of(|meters| &meters.http, Figure::HttpP50, Figure::HttpP99),
            ],
            requests: Window::over(RATE_SECONDS),
            requests_total: 0,
            writes: Counted::over(|meters| &meters.writes, RATE_SECONDS),
            rare: [
                (Figure::Dropped, Counted::over(|meters| &meters.dropped, MINUTE)),
                (Figure::SlowConsumers, Counted::over(|meters| meters.slow_consumers.all(), MINUTE)),
                (Figure::Recoveries, Counted::over(|meters| meters.recovered.all(), MINUTE)),
                (Figure::Gaps, Counted::over(|meters| meters.gaps.all(), MINUTE)),
            ],
            processor: None,
            tally: Tally::default(),
            messages: HashMap::new(),
            organisations: Vec::new(),
            counted: HashMap::new(),
            jobs: Values::default(),
            rests_until: Instant::now(),
        }
    }

    /// Reads the meters; to be called once a second.
    pub fn tick(&mut self) {
        for timed in &mut self.timed {
            let spread = (timed.durations)(&self.meters).drain();
            if timed.most == Figure::HttpP99 {
                self.requests_total += spread.count();
            }
            timed.window.push(spread);
        }
        self.requests.push(self.requests_total);
        self.writes.read(&self.meters);
        for (_, counted) in &mut self.rare {
            counted.read(&self.meters);
        }
        for (organisation, window) in &mut self.messages {
            window.push(self.tally.total(*organisation));
        }
    }

    /// Asks the database, unless it was asked a moment ago for long.
    ///
    /// # Errors
    /// If it refuses; then what was counted before stands.
    pub async fn count(&mut self, now: Millis) -> AppResult<()> {
        let started = Instant::now();
        if started < self.rests_until {
            return Ok(());
        }
        let mut tx = self.store.read().await?;
        self.organisations = sqlx::query_scalar("select id from organisations order by id").fetch_all(&mut *tx).await?;
        self.tally.follow(&mut tx, now).await?;
        self.counted = counts::of_organisations(&mut tx, &self.organisations, now).await?;
        self.jobs = counts::of_process(&mut tx, now).await?;
        drop(tx);
        for organisation in &self.organisations {
            self.messages.entry(*organisation).or_insert_with(|| Window::over(RATE_SECONDS));
        }
        self.rests_until = started + started.elapsed() * REST;
        Ok(())
    }

    /// A sample for each organisation, the first being the operator's.
    pub fn sample(&mut self) -> Vec<(OrganisationId, Values)> {
        let loads = self.hub.loads();
        let mut process = Some(self.of_process());
        let samples = self.organisations.iter().map(|organisation| {
            let mut values = self.of_organisation(*organisation, loads.get(organisation).copied().unwrap_or_default());
            // The organisations are in the order of their ids, and the first one is the operator.
            values.extend(process.take().into_iter().flatten());
            values.sort_unstable_by_key(|(figure, _)| *figure);
            (*organisation, Values(values))
        });
        samples.collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "figures of a process are far below 2^52")]
    fn of_organisation(&self, organisation: OrganisationId, load: Load) -> Vec<(Figure, f64)> {
        let mut values = self.counted.get(&organisation).map(|counted| counted.0.clone()).unwrap_or_default();
        values.extend([
            (Figure::PeopleOnline, load.people as f64),
            (Figure::Connections, load.connections as f64),
            (Figure::Channels, load.channels as f64),
            (Figure::Subscriptions, load.subscriptions as f64),
            (Figure::Events, load.events),
            (Figure::Deliveries, load.deliveries),
            (Figure::Messages, self.messages.get(&organisation).map_or(0.0, Window::per_second)),
            (Figure::MessagesToday, f64::from(self.tally.today(organisation))),
        ]);
        values
    }

    #[expect(clippy::cast_precision_loss, reason = "figures of a process are far below 2^52")]
    fn of_process(&mut self) -> Vec<(Figure, f64)> {
        let (_, own) = self.hub.load();
        let external: usize = self.applications.all().iter().map(|app| app.load().2).sum();
        let mut values = self.jobs.0.clone();
        values.extend([
            (Figure::Requests, self.requests.per_second()),
            (Figure::Writes, self.writes.window.per_second()),
            (Figure::WriteQueue, self.store.write_queue() as f64),
            (Figure::DispatchQueue, self.hub.dispatch_queue() as f64),
            (Figure::QueuedBytes, (own + external) as f64),
        ]);
        values.extend(self.rare.iter().map(|(figure, counted)| (*figure, counted.window.growth() as f64)));
        for timed in &self.timed {
            let spread = timed.window.spread();
            // Nothing happened: there is no such duration, and none is shown.
            let percentile = |figure, part| spread.percentile(part).map(|value| (figure, value));
            values.extend(percentile(timed.half, 0.5));
            values.extend(percentile(timed.most, 0.99));
        }
        let (used, memory) = meters::process();
        values.extend(memory.map(|bytes| (Figure::Memory, bytes as f64)));
        values.extend(used.and_then(|used| self.processor_since(used)).map(|percent| (Figure::Processor, percent)));
        values
    }

    /// Processor time since the last sample, of one core.
    fn processor_since(&mut self, used: Duration) -> Option<f64> {
        let now = Instant::now();
        let (then, before) = self.processor.replace((now, used))?;
        let passed = now.duration_since(then).as_secs_f64();
        (passed > 0.0).then(|| used.saturating_sub(before).as_secs_f64() / passed * 100.0)
    }
}
