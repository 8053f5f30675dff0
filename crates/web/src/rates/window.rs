//! A sliding window of one minute, in sixty buckets of a second.
//!
//! A token bucket would let the 101st command through as soon as a little time has
//! passed since the first; I27 wants it refused within the whole minute. The oldest
//! bucket counts until all of it is over, so the window errs towards refusing, by less
//! than a second.

use std::time::Duration;

const SECONDS: usize = 61;
/// How long what was counted counts.
pub(super) const LENGTH: Duration = Duration::from_secs(SECONDS as u64);

/// What one key did in the last minute.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// One count a second; the second's number modulo the length is its place.
    counts: [u32; SECONDS],
    /// The sum of `counts`.
    total: u32,
    /// The second of the newest bucket.
    newest: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self { counts: [0; SECONDS], total: 0, newest: 0 }
    }
}

impl Window {
    /// Counts one in `second` (a number that never goes back), unless `limit` is reached; then
    /// the error is the seconds until there is room again.
    pub(super) fn take(&mut self, limit: u32, second: u64) -> Result<(), u32> {
        self.advance(second);
        if self.total >= limit {
            return Err(self.room_in(limit));
        }
        if let Some(count) = self.counts.get_mut(place(self.newest)) {
            *count += 1;
            self.total += 1;
        }
        Ok(())
    }

    fn advance(&mut self, second: u64) {
        let passed = second.saturating_sub(self.newest);
        for step in 1..=passed.min(SECONDS as u64) {
            if let Some(count) = self.counts.get_mut(place(self.newest + step)) {
                self.total -= std::mem::take(count);
            }
        }
        self.newest = self.newest.max(second);
    }

    /// Seconds until enough of the oldest buckets are over.
    fn room_in(&self, limit: u32) -> u32 {
        let mut total = self.total;
        for wait in 1..=SECONDS as u32 {
            total -= self.counts.get(place(self.newest + u64::from(wait))).copied().unwrap_or_default();
            if total < limit {
                return wait;
            }
        }
        SECONDS as u32
    }
}

fn place(second: u64) -> usize {
    usize::try_from(second % SECONDS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_window_slides() {
        let mut window = Window::default();
        for second in 0..10 {
            window.take(10, second).unwrap();
        }
        assert_eq!(window.take(10, 9), Err(52), "the first second is over at 61");
        assert_eq!(window.take(10, 60), Err(1));
        window.take(10, 61).unwrap();
        assert_eq!(window.take(10, 61), Err(1));
        window.take(10, 500).unwrap();
    }

    proptest! {
        /// Never more than the limit within any 60 seconds; and whoever waits as told gets through.
        #[test]
        fn a_limit_holds_in_every_minute(steps in prop::collection::vec(0u64..20, 1..200), limit in 1u32..20) {
            let (mut window, mut second, mut taken) = (Window::default(), 0, Vec::new());
            for step in steps {
                second += step;
                match window.take(limit, second) {
                    Ok(()) => taken.push(second),
                    Err(wait) => {
                        prop_assert!((1..=SECONDS as u32).contains(&wait));
                        prop_assert!(window.clone().take(limit, second + u64::from(wait)).is_ok());
                    }
                }
                let recent = taken.iter().filter(|at| second - **at <= 60).count();
                prop_assert!(recent <= limit as usize);
            }
        }
    }
}
