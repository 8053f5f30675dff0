//! The places that all sockets share: `limits.connections`.
//!
//! A place is a connection's as long as there is the connection itself, with its open file. External applications, whose keys stand in
//! pages, get three quarters of them at the most: the rest is there for Plenum's own people.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Whose a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Plenum's own pages and people.
    Own,
    /// An external application's.
    External,
}

/// How many sockets there may be, and are.
#[derive(Debug)]
pub struct Places {
    most: usize,
    taken: AtomicUsize,
    external: AtomicUsize,
}

/// A place that is taken; free again when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    whose: Whose,
}

impl Places {
    /// So many; 0: any number.
    pub fn new(most: usize) -> Self {
        Self { most, taken: AtomicUsize::new(0), external: AtomicUsize::new(0) }
    }

    /// Takes a place; none if all that may be had are taken.
    pub fn take(self: &Arc<Self>, whose: Whose) -> Option<Place> {
        let most = if self.most == 0 { usize::MAX } else { self.most };
        let below = |most: usize| move |taken: usize| (taken < most).then_some(taken + 1);
        if whose == Whose::External {
            self.external.try_update(Ordering::Relaxed, Ordering::Relaxed, below(most - most / 4)).ok()?;
        }
        if self.taken.try_update(Ordering::Relaxed, Ordering::Relaxed, below(most)).is_err() {
            self.external.fetch_sub(usize::from(whose == Whose::External), Ordering::Relaxed);
            return None;
        }
        Some(Place { places: Arc::clone(self), whose })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken.fetch_sub(1, Ordering::Relaxed);
        self.places.external.fetch_sub(usize::from(self.whose == Whose::External), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I33: whatever opens sockets with an application's public key, Plenum's own people come in.
    #[test]
    fn external_applications_leave_a_quarter() {
        let places = Arc::new(Places::new(8));
        let mut external: Vec<Place> = std::iter::from_fn(|| places.take(Whose::External)).collect();
        let own: Vec<Place> = std::iter::from_fn(|| places.take(Whose::Own)).collect();
        assert_eq!((external.len(), own.len()), (6, 2));
        external.pop();
        assert!(places.take(Whose::External).is_some(), "a place that is free again is given again");
        drop((external, own));
        assert_eq!(std::iter::from_fn(|| places.take(Whose::Own)).collect::<Vec<_>>().len(), 8);
        assert!(Arc::new(Places::new(0)).take(Whose::External).is_some());
    }
}
