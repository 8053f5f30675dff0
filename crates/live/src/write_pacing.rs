//! Rest between two writes to many.
//!
//! A delivery costs little but its system call. Whoever writes to thousands therefore waits a little before doing so
//! again: what is published meanwhile goes out with it and costs no call of its own. The rest follows what the write took, so
//! that a small channel never waits, and a large one that is quiet writes at once.

use std::time::Duration;

/// The part of the time that a write took for which the next one waits.
const SHARE: u32 = 2;
/// It never waits longer.
const LONGEST: Duration = Duration::from_millis(8);

/// How long to wait after a write that took so long, in the whole milliseconds that timers know.
pub fn after(took: Duration) -> Duration {
    let rest = (took / SHARE).min(LONGEST);
    Duration::from_millis(u64::try_from(rest.as_millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_writes_are_rested_from_and_never_for_long() {
        for (took, rest) in [(0, 0), (1_900, 0), (2_100, 1), (7_000, 3), (16_000, 8), (90_000, 8)] {
            assert_eq!(after(Duration::from_micros(took)), Duration::from_millis(rest), "{took} µs");
        }
    }
}
