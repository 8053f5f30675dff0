//! State of features that belongs to one database and is in memory only: what a task waits for, what has been learnt. Two stores in
//! one process share none of it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

type AnyPart = Arc<dyn Any + Send + Sync>;

/// One value of each type that was asked for.
#[derive(Clone, Default)]
pub(super) struct Parts(Arc<Mutex<HashMap<TypeId, AnyPart>>>);

impl Parts {
    /// The value of type `T`; its default, the first time.
    pub(super) fn part<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = Arc::clone(parts.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())));
        // The key is the type of the value.
        part.downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_part_is_one_within_a_store_and_another_in_the_next() {
        let (one, other) = (Parts::default(), Parts::default());
        one.part::<AtomicUsize>().store(7, Ordering::Relaxed);
        assert_eq!(one.clone().part::<AtomicUsize>().load(Ordering::Relaxed), 7);
        assert_eq!(other.part::<AtomicUsize>().load(Ordering::Relaxed), 0);
    }
}
