//! How often something happened lately, in bounded memory: for what nobody wants a row for, and somebody may ask about.
//!
//! What is counted here is this process' own; a restart begins anew.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use plenum_core::ids::Millis;

const MINUTE: Millis = 60_000;
const MINUTES: usize = 60;

/// A count over the last hour, by the minute.
#[derive(Debug, Clone)]
pub struct Hour {
    minutes: [u32; MINUTES],
    /// The last minute that was counted in, since 1970.
    newest: i64,
}

impl Default for Hour {
    fn default() -> Self {
        Self::new()
    }
}

impl Hour {
    /// Nothing.
    pub const fn new() -> Self {
        Self { minutes: [0; MINUTES], newest: 0 }
    }

    fn slot(minute: i64) -> usize {
        usize::try_from(minute.rem_euclid(60)).unwrap_or_default()
    }

    /// Counts one at `now`. A clock that was set back counts into the newest minute.
    pub fn count(&mut self, now: Millis) {
        let minute = now.div_euclid(MINUTE);
        for empty in (self.newest + 1).max(minute - 59)..=minute {
            if let Some(count) = self.minutes.get_mut(Self::slot(empty)) {
                *count = 0;
            }
        }
        self.newest = self.newest.max(minute);
        if let Some(count) = self.minutes.get_mut(Self::slot(self.newest)) {
            *count = count.saturating_add(1);
        }
    }

    /// How many there were within the hour before `now`.
    pub fn sum(&self, now: Millis) -> u32 {
        let first = (now.div_euclid(MINUTE) - 59).max(self.newest - 59);
        (first..=self.newest).filter_map(|minute| self.minutes.get(Self::slot(minute))).fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// One count over the last hour, shared between threads.
#[derive(Debug)]
pub struct Counter(Mutex<Hour>);

impl Default for Counter {
    fn default() -> Self {
        Self::new()
    }
}

impl Counter {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Mutex::new(Hour::new()))
    }

    /// Counts one at `now`.
    pub fn count(&self, now: Millis) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count(now);
    }

    /// How many there were within the hour before `now`.
    pub fn sum(&self, now: Millis) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).sum(now)
    }
}

#[derive(Debug)]
struct Entry<V> {
    count: u64,
    hour: Hour,
    last: Millis,
    about: V,
}

/// What a [`Tally`] knows of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<K, V> {
    pub key: K,
    /// How often it happened since the process began, or since it was last forgotten.
    pub count: u64,
    /// How often within the last hour.
    pub in_last_hour: u32,
    /// When last.
    pub last: Millis,
    /// What else is known of it.
    pub about: V,
}

/// Counts of things that have names. Beyond `most` of them, the one that happened longest ago is forgotten.
#[derive(Debug)]
pub struct Tally<K, V> {
    most: usize,
    known: Mutex<BTreeMap<K, Entry<V>>>,
}

impl<K: Ord + Clone, V: Clone + Default> Tally<K, V> {
    /// Room for so many.
    pub const fn new(most: usize) -> Self {
        Self { most, known: Mutex::new(BTreeMap::new()) }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<K, Entry<V>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It happened at `now`; `change` takes in what else is known of it.
    pub fn note(&self, key: K, now: Millis, change: impl FnOnce(&mut V)) {
        let mut known = self.known();
        if known.len() >= self.most && !known.contains_key(&key) {
            let oldest = known.iter().min_by_key(|(_, entry)| entry.last).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                known.remove(&oldest);
            }
        }
        let entry = known.entry(key).or_insert_with(|| Entry { count: 0, hour: Hour::new(), last: now, about: V::default() });
        entry.count += 1;
        entry.hour.count(now);
        entry.last = entry.last.max(now);
        change(&mut entry.about);
    }

    /// All that is known at `now`, the newest first.
    pub fn list(&self, now: Millis) -> Vec<Seen<K, V>> {
        let known = self.known();
        let mut list: Vec<_> = known
            .iter()
            .map(|(key, entry)| Seen {
                key: key.clone(),
                count: entry.count,
                in_last_hour: entry.hour.sum(now),
                last: entry.last,
                about: entry.about.clone(),
            })
            .collect();
        list.sort_by_key(|seen| std::cmp::Reverse(seen.last));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Millis = 1_795_102_860_000;

    proptest! {
        /// Whatever the clock does, an hour holds what was counted in it, to the minute.
        #[test]
        fn an_hour_is_counted(steps in proptest::collection::vec(0_i64..20 * MINUTE, 0..80), later in 0_i64..90 * MINUTE) {
            let (mut hour, mut now, mut at) = (Hour::new(), START, Vec::new());
            for step in steps {
                now += step;
                hour.count(now);
                at.push(now);
            }
            let asked = now + later;
            let first = asked.div_euclid(MINUTE) - 59;
            let expected = at.iter().filter(|at| at.div_euclid(MINUTE) >= first).count();
            prop_assert_eq!(hour.sum(asked) as usize, expected);
        }
    }

    #[test]
    fn a_clock_that_goes_back_loses_nothing() {
        let counter = Counter::new();
        counter.count(START);
        counter.count(START - 10 * MINUTE);
        assert_eq!((counter.sum(START), counter.sum(START + 61 * MINUTE)), (2, 0));
    }

    #[test]
    fn what_happened_longest_ago_is_forgotten() {
        let tally: Tally<&str, u32> = Tally::new(2);
        for (name, at) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            tally.note(name, START + at, |times| *times += 1);
        }
        let list = tally.list(START + 5);
        assert_eq!(list.iter().map(|seen| (seen.key, seen.count, seen.about)).collect::<Vec<_>>(), [("c", 1, 1), ("a", 2, 2)]);
        assert_eq!((list[1].last, list[1].in_last_hour), (START + 3, 2));
    }
}
