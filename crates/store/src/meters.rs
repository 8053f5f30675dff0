//! What a server counts of itself for those who watch it: how often something happened, and how long it took.
//!
//! Prometheus gets the same from the `metrics` crate, but nothing can be read back from there. A meter is one atomic addition
//! where something happens; who looks reads all of them once a second and keeps a [`Window`] of what was read.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use crate::{db, windowed_counts};
use plenum_core::ids::Millis;

/// What is counted on one store's server; a [part](db::Store::part) of the store.
#[derive(Debug, Default)]
pub struct Meters {
    /// Ephemeral events that a full queue dropped or replaced by newer ones.
    pub dropped: Counter,
    /// Connections closed because their queue was full.
    pub slow_consumers: RareCounter,
    /// Subscriptions that went on from their cursor.
    pub recovered: RareCounter,
    /// Subscriptions whose cursor the log no longer reached, or that came from another log.
    pub gaps: RareCounter,
    /// Events that the dispatcher read from the log because they had not come to it.
    pub holes: RareCounter,
    /// Committed or refused write closures.
    pub writes: Counter,
    /// Time of one group commit.
    pub commit: Durations,
    /// From the commit to the last write on a socket.
    pub publish: Durations,
    /// From a request's arrival to the head of its answer.
    pub http: Durations,
}

/// How often something has happened since the start.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// It happened `times` more.
    pub fn add(&self, times: u64) {
        self.0.fetch_add(times, Ordering::Relaxed);
    }

    /// How often by now.
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happens seldom, and matters: how often since the start, and in the last hour.
#[derive(Debug, Default)]
pub struct RareCounter {
    all: Counter,
    hour: windowed_counts::Counter,
}

impl RareCounter {
    /// It happened.
    pub fn increment(&self) {
        self.all.add(1);
        self.hour.count(db::now());
    }

    /// How often since the start.
    pub fn all(&self) -> &Counter {
        &self.all
    }

    /// How often within the hour before `now`.
    pub fn in_last_hour(&self, now: Millis) -> u32 {
        self.hour.sum(now)
    }
}

/// Buckets of a [`Spread`]: each is a fifth wider than the one before, from 10 µs to a minute and a half.
const BUCKETS: usize = 88;
/// The upper end of the first bucket, in milliseconds.
const FIRST: f64 = 0.01;
const GROWTH: f64 = 1.2;

/// How long something takes: counts by bucket since they were last taken.
#[derive(Debug)]
pub struct Durations([AtomicU32; BUCKETS]);

impl Default for Durations {
    fn default() -> Self {
        Self([const { AtomicU32::new(0) }; BUCKETS])
    }
}

impl Durations {
    /// It took so long once.
    pub fn record(&self, took: Duration) {
        if let Some(bucket) = self.0.get(bucket(took.as_secs_f64() * 1_000.0)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was recorded since the last call. One task calls this; another one would take half of it away.
    pub fn drain(&self) -> Spread {
        Spread(std::array::from_fn(|index| self.0.get(index).map_or(0, |bucket| bucket.swap(0, Ordering::Relaxed))))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a logarithm of what is above the first bucket, cut to their number"
)]
fn bucket(milliseconds: f64) -> usize {
    if milliseconds <= FIRST {
        return 0;
    }
    ((milliseconds / FIRST).log(GROWTH).ceil() as usize).min(BUCKETS - 1)
}

/// Durations by bucket: percentiles are right to a tenth of their value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread([u32; BUCKETS]);

impl Default for Spread {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Spread {
    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|index| {
            let of = |spread: &Self| spread.0.get(index).copied().unwrap_or_default();
            of(self).saturating_add(of(other))
        }))
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.iter().copied().map(u64::from).sum()
    }

    /// The duration that `part` (0 to 1) of them did not exceed, in milliseconds; none if there are none.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of a minute")]
    pub fn percentile(&self, part: f64) -> Option<f64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = ((count as f64 * part).ceil() as u64).clamp(1, count);
        let mut below = 0_u64;
        let index = self.0.iter().position(|here| {
            below += u64::from(*here);
            below >= rank
        })?;
        let upper = FIRST * GROWTH.powi(i32::try_from(index).ok()?);
        // The middle of the bucket, as a factor.
        Some(upper / GROWTH.sqrt())
    }
}

/// What was read at each of the last seconds.
#[derive(Debug, Clone)]
pub struct Window<T> {
    seconds: usize,
    read: VecDeque<T>,
}

impl<T> Window<T> {
    /// A window over so many seconds.
    pub fn over(seconds: usize) -> Self {
        Self { seconds, read: VecDeque::new() }
    }

    /// What was read in this second.
    pub fn push(&mut self, read: T) {
        self.read.push_back(read);
        // One more than there are seconds: of what only grows, the first and the last are compared.
        if self.read.len() > self.seconds + 1 {
            self.read.pop_front();
        }
    }
}

impl Window<u64> {
    /// By how much a total has grown within the window.
    pub fn growth(&self) -> u64 {
        match (self.read.front(), self.read.back()) {
            (Some(first), Some(last)) => last.saturating_sub(*first),
            _ => 0,
        }
    }

    /// How often a second it happened.
    #[expect(clippy::cast_precision_loss, reason = "what happens within a minute")]
    pub fn per_second(&self) -> f64 {
        let seconds = self.read.len().saturating_sub(1).max(1);
        self.growth() as f64 / seconds as f64
    }
}

impl Window<Spread> {
    /// All durations of the window.
    pub fn spread(&self) -> Spread {
        self.read.iter().skip(self.read.len().saturating_sub(self.seconds)).fold(Spread::default(), |all, one| all.and(one))
    }
}

/// The processor time that this process has used since its start, and its resident memory in bytes; as far as the system says so.
pub fn process() -> (Option<Duration>, Option<u64>) {
    let processor = std::fs::read_to_string("/proc/self/stat").ok().and_then(|text| processor_time(&text));
    let memory = std::fs::read_to_string("/proc/self/status").ok().and_then(|text| resident(&text));
    (processor, memory)
}

/// `/proc/self/stat`: the fields 14 and 15 are user and system time in ticks of 10 ms. The second field is the program's name in
/// brackets, with whatever is in it.
fn processor_time(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(milliseconds: &[f64]) -> Spread {
        let durations = Durations::default();
        for one in milliseconds {
            durations.record(Duration::from_secs_f64(one / 1_000.0));
        }
        durations.drain()
    }

    proptest! {
        /// A percentile is the exact one to within a tenth, over the whole range.
        #[test]
        fn percentiles_are_right_to_a_tenth(mut of in proptest::collection::vec(0.02_f64..60_000.0, 1..300), part in 0.01_f64..1.0) {
            let told = spread(&of).percentile(part).unwrap();
            of.sort_by(f64::total_cmp);
            let rank = ((of.len() as f64 * part).ceil() as usize).clamp(1, of.len());
            let exact = of[rank - 1];
            prop_assert!((told / exact - 1.0).abs() < 0.1, "{told} for {exact}");
        }
    }

    #[test]
    fn extremes_have_a_place() {
        let all = spread(&[0.0, 0.001, 1e9]);
        assert_eq!(all.count(), 3);
        assert!(all.percentile(0.5).unwrap() <= FIRST);
        assert!(all.percentile(1.0).unwrap() > 50_000.0);
        assert_eq!(Spread::default().percentile(0.99), None);
    }

    #[test]
    fn what_was_taken_is_not_taken_again() {
        let durations = Durations::default();
        durations.record(Duration::from_millis(3));
        assert_eq!((durations.drain().count(), durations.drain().count()), (1, 0));
    }

    #[test]
    fn a_window_forgets_what_is_older() {
        let mut totals = Window::over(3);
        for total in [5, 5, 8, 9, 9, 9, 9] {
            totals.push(total);
        }
        assert_eq!(totals.growth(), 0);
        totals.push(15);
        assert_eq!((totals.growth(), totals.per_second()), (6, 2.0));
        let mut spreads = Window::over(2);
        for took in [1.0, 10.0, 100.0] {
            spreads.push(spread(&[took]));
        }
        assert_eq!(spreads.spread().count(), 2);
    }

    #[test]
    fn the_system_is_read() {
        let stat = "42 (a (very) odd name) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0";
        assert_eq!(processor_time(stat), Some(Duration::from_secs(3)));
        assert_eq!(resident("Name:\tplenum\nVmRSS:\t    2048 kB\n"), Some(2 * 1_024 * 1_024));
        let (processor, memory) = process();
        assert!(processor.is_some() && memory.is_some_and(|bytes| bytes > 1_000_000));
    }
}
