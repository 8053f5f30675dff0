//! Who is kept apart: pairs of people of whom one has blocked the other. Neither sees the other's presence or typing.

use std::collections::{HashMap, HashSet};

use plenum_core::ids::PersonId;

/// The pairs, each under both of its people.
#[derive(Debug, Default)]
pub struct Apart {
    others: HashMap<PersonId, HashSet<PersonId>>,
}

impl Apart {
    /// Keeps a pair apart, or no longer. True if that changed anything.
    pub fn set(&mut self, one: PersonId, other: PersonId, apart: bool) -> bool {
        let changed = self.note(one, other, apart);
        self.note(other, one, apart);
        changed
    }

    fn note(&mut self, of: PersonId, other: PersonId, apart: bool) -> bool {
        if apart {
            return self.others.entry(of).or_default().insert(other);
        }
        let Some(others) = self.others.get_mut(&of) else { return false };
        let changed = others.remove(&other);
        if others.is_empty() {
            self.others.remove(&of);
        }
        changed
    }

    /// True if the two are kept apart.
    pub fn are(&self, one: PersonId, other: PersonId) -> bool {
        self.others.get(&one).is_some_and(|others| others.contains(&other))
    }

    /// From whom `person` is kept apart.
    pub fn others(&self, person: PersonId) -> HashSet<PersonId> {
        self.others.get(&person).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_apart_from_both_sides() {
        let mut apart = Apart::default();
        let (one, other, third) = (PersonId(1), PersonId(2), PersonId(3));
        assert!(apart.set(one, other, true));
        assert!(!apart.set(other, one, true), "it is the same pair");
        assert!(apart.are(one, other) && apart.are(other, one));
        assert!(!apart.are(one, third));
        assert_eq!(apart.others(other), HashSet::from([one]));
        assert!(apart.set(other, one, false));
        assert!(!apart.are(one, other));
        assert!(apart.others.is_empty());
    }
}
