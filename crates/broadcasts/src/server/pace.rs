//! How many people a step takes on: as many as this machine deals with in a few milliseconds. What a step takes is how long chat may
//! have to wait; what a step tells is written to the log with its commit, which takes about as long again.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// The least and the most people of a step.
const LEAST: usize = 5;
const MOST: usize = 200;
/// A step that takes longer is too long; one that takes less than half of it is too short.
const LONG: Duration = Duration::from_millis(8);

/// People of the next step, as was learnt from those before it; the same for all broadcasts.
pub(super) struct Pace(AtomicUsize);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicUsize::new(40))
    }
}

impl Pace {
    /// People of the next step.
    pub(super) fn people(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// A step with `people` took `elapsed`.
    pub(super) fn learn(&self, people: usize, elapsed: Duration) {
        self.0.store(after(people, elapsed), Ordering::Relaxed);
    }
}

/// People of the step after one with `people` that took `elapsed`.
fn after(people: usize, elapsed: Duration) -> usize {
    let next = if elapsed > LONG {
        people / 2
    } else if elapsed < LONG / 2 {
        people * 2
    } else {
        people
    };
    next.clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever a person costs, after a few steps a step is neither too long nor, unless it is as large as can be, too short.
        #[test]
        fn a_step_comes_to_be_right(cost in 1..1_600_u64, start in LEAST..=MOST) {
            let took = |people: usize| Duration::from_micros(cost * u64::try_from(people).unwrap());
            let mut people = start;
            for _ in 0..8 {
                people = after(people, took(people));
            }
            let longest = (0..4).map(|_| { people = after(people, took(people)); took(people) }).max().unwrap();
            prop_assert!(longest <= LONG, "{people} people take {longest:?}");
            prop_assert!(people == MOST || took(people) >= LONG / 4, "{people} people take {:?}", took(people));
        }
    }

    #[test]
    fn a_step_has_its_bounds() {
        assert_eq!(after(LEAST, LONG * 9), LEAST);
        assert_eq!(after(MOST, Duration::ZERO), MOST);
        assert_eq!((after(40, LONG), after(40, LONG * 2), after(40, LONG / 4)), (40, 20, 80));
    }
}
