//! Is the other side still there? A question after 30 s of silence, 10 s for any answer.
//! Times are milliseconds of one monotonic clock, brought by the caller.

use plenum_core::protocol::ACTIVITY_TIMEOUT_SECONDS;

/// Silence after which we ask.
const SILENCE_MS: f64 = ACTIVITY_TIMEOUT_SECONDS as f64 * 1_000.0;
/// How long an answer may take.
const ANSWER_MS: f64 = 10_000.0;
/// A socket that said something so recently needs no probe.
const FRESH_MS: f64 = 1_000.0;

/// What is to be done, and when to ask again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Beat {
    /// Nothing; look again after so many milliseconds.
    Wait(f64),
    /// Send a ping; look again after so many milliseconds.
    Ping(f64),
    /// Nobody is there.
    Dead,
}

/// The heartbeat of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Heartbeat {
    heard: f64,
    asked: Option<f64>,
}

impl Heartbeat {
    /// A socket that opened at `now`.
    pub fn new(now: f64) -> Self {
        Self { heard: now, asked: None }
    }

    /// Something came: any frame is a sign of life.
    pub fn hear(&mut self, now: f64) {
        *self = Self::new(now);
    }

    /// What to do at `now`. A timer that fires late (a sleeping machine, a throttled tab)
    /// asks first and judges afterwards.
    pub fn tick(&mut self, now: f64) -> Beat {
        if let Some(asked) = self.asked {
            let left = asked + ANSWER_MS - now;
            return if left <= 0.0 { Beat::Dead } else { Beat::Wait(left) };
        }
        let left = self.heard + SILENCE_MS - now;
        if left > 0.0 {
            return Beat::Wait(left.min(SILENCE_MS));
        }
        self.asked = Some(now);
        Beat::Ping(ANSWER_MS)
    }

    /// Something happened to the network or the tab: asks at once, unless just heard or asked.
    pub fn probe(&mut self, now: f64) -> Beat {
        if self.asked.is_none() && now - self.heard >= FRESH_MS {
            self.asked = Some(now);
            return Beat::Ping(ANSWER_MS);
        }
        self.tick(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn silence_asks_and_more_silence_is_death() {
        let mut heart = Heartbeat::new(0.0);
        assert_eq!(heart.tick(12_000.0), Beat::Wait(18_000.0));
        assert_eq!(heart.tick(30_000.0), Beat::Ping(10_000.0));
        assert_eq!(heart.tick(36_000.0), Beat::Wait(4_000.0));
        assert_eq!(heart.tick(40_000.0), Beat::Dead);
    }

    #[test]
    fn any_frame_is_life() {
        let mut heart = Heartbeat::new(0.0);
        heart.tick(30_000.0);
        heart.hear(39_999.0);
        assert_eq!(heart.tick(40_000.0), Beat::Wait(29_999.0));
    }

    /// A machine that slept for an hour asks before it judges.
    #[test]
    fn a_late_timer_asks_first() {
        let mut heart = Heartbeat::new(0.0);
        assert_eq!(heart.tick(3_600_000.0), Beat::Ping(10_000.0));
    }

    #[test]
    fn a_probe_asks_at_once_but_not_twice() {
        let mut heart = Heartbeat::new(0.0);
        assert_eq!(heart.probe(500.0), Beat::Wait(29_500.0));
        assert_eq!(heart.probe(2_000.0), Beat::Ping(10_000.0));
        assert_eq!(heart.probe(3_000.0), Beat::Wait(9_000.0));
    }

    proptest! {
        /// However late the timers fire, a dead socket is found within two looks, and each
        /// look says when to look again.
        #[test]
        fn death_is_found(delays in proptest::collection::vec(0.0f64..100_000.0, 2..20)) {
            let (mut heart, mut now, mut dead) = (Heartbeat::new(0.0), 0.0, false);
            for delay in delays {
                now += match heart.tick(now) {
                    Beat::Wait(wait) | Beat::Ping(wait) => { prop_assert!(wait > 0.0 && wait <= SILENCE_MS); wait }
                    Beat::Dead => { dead = true; break }
                } + delay;
            }
            prop_assert!(dead || now <= SILENCE_MS + ANSWER_MS + 200_000.0);
        }
    }
}
