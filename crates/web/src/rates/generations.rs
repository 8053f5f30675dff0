//! A map that forgets what was not touched for long, at the cost of a look at one entry.
//!
//! There are two generations. What is touched is in the younger one; when that is older than a `life`, or full, it becomes the older
//! one, and the older one is forgotten as a whole. So an entry stays for a `life` at least after it was touched last, unless so many others
//! are touched meanwhile as fit into half of the map: then it goes before them. No call looks at more than one entry, however many there
//! are, and nobody who comes from many addresses can fill the map so that others find no room.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    mem,
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(super) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// When the younger generation began.
    since: Option<Instant>,
    life: Duration,
    /// Entries of one generation at the most.
    most: usize,
}

impl<K: Eq + Hash, V: Default> Generations<K, V> {
    /// Room for `most` entries, which stay for a `life` after they were touched.
    pub(super) fn new(most: usize, life: Duration) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), since: None, life, most: (most / 2).max(1) }
    }

    /// Touches the entry of `key`: as it was, or a new one.
    pub(super) fn touch(&mut self, key: K, now: Instant) -> &mut V {
        self.forget(now);
        if self.young.len() >= self.most && !self.young.contains_key(&key) {
            self.age(now);
        }
        let before = self.old.remove(&key);
        self.young.entry(key).or_insert_with(|| before.unwrap_or_default())
    }

    /// The entry of `key`, untouched.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    /// Forgets the entry of `key`.
    pub(super) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.young.remove(key);
        self.old.remove(key);
    }

    /// Forgets what was not touched for long.
    pub(super) fn forget(&mut self, now: Instant) {
        let age = now.saturating_duration_since(*self.since.get_or_insert(now));
        if age >= self.life {
            self.age(now);
        }
        if age >= self.life * 2 {
            self.age(now);
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    fn age(&mut self, now: Instant) {
        self.old = mem::take(&mut self.young);
        self.since = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, hash::Hasher};

    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// A key that counts how often one is looked for or at.
    #[derive(Debug, Clone, Copy, Eq)]
    struct Counted(u64);

    impl Hash for Counted {
        fn hash<H: Hasher>(&self, state: &mut H) {
            STEPS.set(STEPS.get() + 1);
            self.0.hash(state);
        }
    }

    impl PartialEq for Counted {
        fn eq(&self, other: &Self) -> bool {
            STEPS.set(STEPS.get() + 1);
            self.0 == other.0
        }
    }

    /// I33: from however many addresses somebody comes, a request costs some steps, and memory is bounded.
    #[test]
    fn a_full_map_costs_no_more_than_an_empty_one() {
        let (mut map, now) = (Generations::<Counted, u32>::new(1_000, LIFE), Instant::now());
        for newcomer in 0..100_000 {
            *map.touch(Counted(newcomer), now) += 1;
            assert!(map.len() <= 1_000);
        }
        // Growing included, which looks at each entry of a generation once more for each doubling.
        let steps = STEPS.get() / 100_000;
        assert!(steps <= 12, "{steps} steps for each newcomer");
    }

    #[test]
    fn what_is_touched_stays() {
        let (mut map, mut now) = (Generations::<u32, u32>::new(100, LIFE), Instant::now());
        for round in 1..10 {
            *map.touch(1, now) += 1;
            assert_eq!(map.get(&1), Some(&round));
            now += LIFE - Duration::from_secs(1);
        }
        // Newcomers that fit into half of the map take nothing away.
        for newcomer in 100..149 {
            map.touch(newcomer, now);
        }
        assert_eq!(map.get(&1), Some(&9));
        map.forget(now + LIFE);
        map.forget(now + LIFE * 2);
        assert_eq!(map.len(), 0);
        *map.touch(1, now) += 1;
        map.remove(&1);
        assert_eq!(map.get(&1), None);
        map.touch(2, now);
        map.forget(now + LIFE * 5);
        assert_eq!(map.len(), 0, "after a long silence nothing is left");
    }
}
