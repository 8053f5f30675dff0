//! The wall clock, which a test can turn forward.
//!
//! It is one for the process and no part of the store: some hundred calls of [`now`] have no store at hand (faults,
//! meters, mails, the traffic of applications), and a server is one process with one store. Only `POST /testing/clock` turns it, in a
//! server under test (`testing.clock`). Unit tests, which share a process, give times as arguments.
//!
//! What waits for an instant waits with [`sleep`] or [`Ticks`], and turning the clock wakes it. What measures goes by the machine's own
//! clock: the heartbeats of sockets, rates of requests, durations. So turning the clock closes no connection.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::watch,
    time::{self, MissedTickBehavior},
};

use super::ids::Millis;

/// By how many milliseconds the clock is ahead of the machine's.
static AHEAD: AtomicU64 = AtomicU64::new(0);
/// Wakes what waits.
static TURNED: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::Sender::new(()));

fn ahead() -> Duration {
    Duration::from_millis(AHEAD.load(Ordering::Acquire))
}

/// The time in milliseconds since 1970 UTC.
pub fn now() -> Millis {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + ahead();
    Millis::try_from(elapsed.as_millis()).unwrap_or(Millis::MAX)
}

/// The same time for what is due after a while: never goes back.
pub fn instant() -> Instant {
    Instant::now() + ahead()
}

/// Turns the clock forward and wakes what waits for it; returns the new time.
pub fn advance(by: Duration) -> Millis {
    AHEAD.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::AcqRel);
    TURNED.send_replace(());
    now()
}

/// Waits until so much time has passed on this clock.
pub async fn sleep(duration: Duration) {
    let mut turned = TURNED.subscribe();
    let (before, due) = (ahead(), time::Instant::now() + duration);
    loop {
        let left = due.saturating_duration_since(time::Instant::now()).saturating_sub(ahead().saturating_sub(before));
        if left.is_zero() {
            return;
        }
        tokio::select! {
            () = time::sleep(left) => return,
            _ = turned.changed() => {}
        }
    }
}

/// Ticks at an interval, and whenever the clock is turned; ticks that were missed are skipped.
#[derive(Debug)]
pub struct Ticks {
    interval: time::Interval,
    turned: watch::Receiver<()>,
}

impl Ticks {
    /// The first tick comes at once.
    pub fn every(period: Duration) -> Self {
        let mut interval = time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self { interval, turned: TURNED.subscribe() }
    }

    /// Waits for the next tick.
    pub async fn tick(&mut self) {
        tokio::select! {
            _ = self.interval.tick() => {}
            _ = self.turned.changed() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sleep lasts as long as it should while nobody turns the clock.
    #[tokio::test(start_paused = true)]
    async fn a_sleep_lasts() {
        let begun = time::Instant::now();
        sleep(Duration::from_secs(3)).await;
        assert_eq!(begun.elapsed().as_secs(), 3);
        sleep(Duration::ZERO).await;
        assert_eq!(begun.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn ticks_come_at_their_interval() {
        let mut ticks = Ticks::every(Duration::from_secs(1));
        let begun = time::Instant::now();
        for _ in 0..4 {
            ticks.tick().await;
        }
        assert_eq!(begun.elapsed().as_secs(), 3);
    }
}
