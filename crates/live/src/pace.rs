//! How many frames one socket may send: some at once, as a page does that opens, and then so many a second.
//!
//! Each subscription asks the database or takes memory, and each frame an answer. A client that sends more than it may is told; one that
//! goes on all the same is sent away. The WebSocket's own pings and pongs count, too. Client events have a limit of their own, which costs no more than the event.

use std::time::Instant;

/// What a socket may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Frames at once.
    at_once: u32,
    /// Frames a second, on and on; 0: any number.
    per_second: u32,
}

impl Budget {
    /// For a socket that may have so many channels: twice as many frames at once, for a page that leaves all and joins all.
    pub fn new(per_second: u32, channels: usize) -> Self {
        Self { at_once: u32::try_from(channels).unwrap_or(u32::MAX / 4).min(u32::MAX / 4) * 2 + 100, per_second }
    }
}

/// What is to be done with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Act on it.
    Act,
    /// Too many: tell the client.
    Refuse,
    /// Far too many: send the client away.
    Close,
}

/// What a socket has sent lately.
#[derive(Debug, Default)]
pub struct Pace {
    frames: u32,
    since: Option<Instant>,
}

impl Pace {
    /// Counts a frame; it counts even if it is refused.
    pub fn count(&mut self, budget: Budget, now: Instant) -> Verdict {
        let Budget { at_once, per_second } = budget;
        if per_second == 0 {
            return Verdict::Act;
        }
        let since = *self.since.get_or_insert(now);
        let forgotten = now.saturating_duration_since(since).as_millis() * u128::from(per_second) / 1_000;
        if forgotten > 0 {
            self.frames = self.frames.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX));
            self.since = Some(now);
        }
        self.frames = self.frames.saturating_add(1);
        match self.frames {
            frames if frames <= at_once => Verdict::Act,
            frames if frames <= at_once.saturating_mul(2) => Verdict::Refuse,
            _ => Verdict::Close,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_that_opens_is_let_through_and_a_flood_is_not() {
        let (budget, now) = (Budget::new(20, 100), Instant::now());
        let mut pace = Pace::default();
        let verdicts: Vec<Verdict> = (0..1_000).map(|_| pace.count(budget, now)).collect();
        let count = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == wanted).count();
        assert_eq!((count(Verdict::Act), count(Verdict::Refuse), count(Verdict::Close)), (300, 300, 400));
        // After a while it may go on.
        assert_eq!(pace.count(budget, now + Duration::from_secs(60)), Verdict::Act);
    }

    #[test]
    fn so_many_a_second_may_go_on_for_ever() {
        let (budget, now) = (Budget::new(20, 0), Instant::now());
        let mut pace = Pace::default();
        let mut sent = |seconds: u64, each: u32| {
            (0..each * 600)
                .filter(|frame| {
                    let at = now + Duration::from_secs(seconds) + Duration::from_millis(u64::from(*frame) * 1_000 / u64::from(each));
                    pace.count(budget, at) == Verdict::Act
                })
                .count()
        };
        assert_eq!(sent(0, 20), 12_000);
        assert!(sent(10_000, 40) < 12_000 + 200);
        let mut pace = Pace::default();
        assert!((0..100_000).all(|_| pace.count(Budget::new(0, 0), now) == Verdict::Act), "zero is no limit");
    }
}
