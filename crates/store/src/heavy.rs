//! Reads that cost much: searches, seat maps, files. A person has a few of them at a time, so have the visitors of one network together,
//! and all of them together leave readers to everybody else (I33).

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
    network::network,
};

/// At work at the same time, of all readers.
const AT_WORK: usize = 4;
/// Of one asker.
const AT_WORK_EACH: usize = 2;
/// Of a person, at work and waiting.
const OF_PERSON: usize = 8;
/// Of the visitors of a network, likewise: they may be a whole house.
const OF_NETWORK: usize = 200;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    Person(PersonId),
    /// Visitors from here.
    Network(IpAddr),
}

impl Asker {
    /// Whoever is signed in is themselves; who is not is one of their network.
    pub fn of(person: Option<PersonId>, address: IpAddr) -> Self {
        person.map_or_else(|| Self::Network(network(address)), Self::Person)
    }

    fn most(self) -> usize {
        match self {
            Self::Person(_) => OF_PERSON,
            Self::Network(_) => OF_NETWORK,
        }
    }
}

#[derive(Debug)]
struct Line {
    places: usize,
    turns: Arc<Semaphore>,
}

/// The heavy reads of a server; a [part](crate::db::Store::part) of its store.
#[derive(Debug)]
pub struct HeavyReads {
    lines: Mutex<HashMap<Asker, Line>>,
    turns: Arc<Semaphore>,
}

impl Default for HeavyReads {
    fn default() -> Self {
        Self { lines: Mutex::default(), turns: Arc::new(Semaphore::new(AT_WORK)) }
    }
}

/// A place among them, until it is dropped.
#[derive(Debug)]
pub struct HeavyRead {
    reads: Arc<HeavyReads>,
    asker: Asker,
    turns: Arc<Semaphore>,
}

/// The readers are theirs, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl HeavyReads {
    /// A place for a read of `asker`.
    ///
    /// # Errors
    /// 429 if they have as many as they can.
    pub fn enter(self: &Arc<Self>, asker: Asker) -> AppResult<HeavyRead> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(asker).or_insert_with(|| Line { places: 0, turns: Arc::new(Semaphore::new(AT_WORK_EACH)) });
        if line.places >= asker.most() {
            let message = "That is much at the same time. Wait until what you have asked for is there.".to_owned();
            return Err(AppError { message, ..AppError::too_many(1) });
        }
        line.places += 1;
        Ok(HeavyRead { reads: Arc::clone(self), asker, turns: Arc::clone(&line.turns) })
    }
}

impl HeavyRead {
    /// Waits until it is their turn to read.
    ///
    /// # Errors
    /// Internal, if the server ends.
    pub async fn turn(&self) -> AppResult<Turn> {
        let own = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| AppError::internal())?;
        let of_all = Arc::clone(&self.reads.turns).acquire_owned().await.map_err(|_| AppError::internal())?;
        Ok(Turn { _own: own, _of_all: of_all })
    }
}

impl Drop for HeavyRead {
    fn drop(&mut self) {
        let mut lines = self.reads.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut line) = lines.entry(self.asker) {
            line.get_mut().places -= 1;
            if line.get().places == 0 {
                line.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    /// I33: who asks for much has some of it at a time and is refused the rest; others have theirs; nothing is kept of who has gone.
    #[tokio::test]
    async fn one_does_not_have_all_readers() {
        let reads = Arc::new(HeavyReads::default());
        let (one, other) = (Asker::Person(PersonId(1)), Asker::of(None, "2001:db8::1".parse().unwrap()));
        let places: Vec<HeavyRead> = (0..OF_PERSON).map(|_| reads.enter(one).unwrap()).collect();
        assert_eq!(reads.enter(one).unwrap_err().status(), 429);
        let turns = [places[0].turn().await.unwrap(), places[1].turn().await.unwrap()];
        assert!(places[2].turn().now_or_never().is_none(), "the third waits");
        let visitor = reads.enter(other).unwrap();
        let _theirs = [visitor.turn().now_or_never().unwrap().unwrap(), visitor.turn().now_or_never().unwrap().unwrap()];
        let neighbour = reads.enter(Asker::of(Some(PersonId(2)), "::1".parse().unwrap())).unwrap();
        assert!(neighbour.turn().now_or_never().is_none(), "together they leave readers to what is not heavy");
        drop(turns);
        assert!(neighbour.turn().now_or_never().is_some());
        assert_eq!(Asker::of(None, "2001:db8::2".parse().unwrap()), other);
        drop((places, visitor, neighbour));
        assert!(reads.lines.lock().unwrap().is_empty());
    }
}
