//! The last events of one channel, for those who come back: a log in memory.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;

use plenum_core::cursor::{Cursor, Epoch, Extent};

/// Events that are kept at the most.
const EVENTS: usize = 100;
/// How long an event is kept.
const KEPT: Duration = Duration::from_secs(120);

#[derive(Debug)]
struct Kept {
    seq: u64,
    at: Instant,
    bytes: Bytes,
}

/// The events of a channel that a client can still resume over.
#[derive(Debug, Default)]
pub struct Backlog {
    events: VecDeque<Kept>,
    head: u64,
}

impl Backlog {
    /// The number that the next event gets.
    pub fn next(&self) -> u64 {
        self.head + 1
    }

    /// Keeps an event under the next number.
    pub fn push(&mut self, bytes: Bytes, now: Instant) {
        self.place(self.next(), bytes, now);
    }

    /// Keeps an event under the number that a durable log gave it.
    pub fn place(&mut self, seq: u64, bytes: Bytes, now: Instant) {
        self.head = seq;
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(Kept { seq: self.head, at: now, bytes });
    }

    /// The last number; 0 if none is known.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// Forgets what is too old; true if nothing is left to resume over.
    pub fn expire(&mut self, now: Instant) -> bool {
        while self.events.front().is_some_and(|event| now.duration_since(event.at) > KEPT) {
            self.events.pop_front();
        }
        if self.events.is_empty() {
            self.events.shrink_to_fit();
        }
        self.events.is_empty()
    }

    /// What it holds.
    pub fn extent(&self, epoch: &Epoch) -> Extent {
        Extent { epoch: epoch.clone(), floor: self.events.front().map_or(self.head, |event| event.seq - 1), head: self.head }
    }

    /// What was missed since `since`, in order; `None` if it does not reach back so far.
    pub fn since(&self, since: &Cursor, epoch: &Epoch) -> Option<impl Iterator<Item = &Bytes>> {
        let after = since.seq;
        self.extent(epoch).reaches(since).then(|| self.events.iter().filter(move |event| event.seq > after).map(|event| &event.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// It recovers exactly what it holds: all that was missed, or nothing.
        #[test]
        fn recovery_is_whole_or_refused(events in 0_u64..250, since in 0_u64..260) {
            let (epoch, now) = (Epoch("a".to_owned()), Instant::now());
            let mut backlog = Backlog::default();
            for number in 1..=events {
                prop_assert_eq!(backlog.next(), number);
                backlog.push(Bytes::from(number.to_string()), now);
            }
            let cursor = Cursor { epoch: epoch.clone(), seq: since };
            let missed: Option<Vec<u64>> = backlog.since(&cursor, &epoch)
                .map(|missed| missed.map(|bytes| String::from_utf8_lossy(bytes).parse().unwrap()).collect());
            let reaches = since <= events && since + EVENTS as u64 >= events;
            prop_assert_eq!(missed, reaches.then(|| (since + 1..=events).collect()));
            let other = Cursor { epoch: Epoch("b".to_owned()), seq: since };
            prop_assert!(backlog.since(&other, &epoch).is_none());
        }
    }

    #[test]
    fn what_is_old_is_forgotten_and_numbers_go_on() {
        let (epoch, now) = (Epoch("a".to_owned()), Instant::now());
        let mut backlog = Backlog::default();
        backlog.push(Bytes::from_static(b"1"), now);
        assert!(!backlog.expire(now + KEPT));
        assert!(backlog.expire(now + KEPT + Duration::from_secs(1)));
        assert_eq!(backlog.next(), 2);
        assert!(backlog.since(&Cursor { epoch: epoch.clone(), seq: 0 }, &epoch).is_none(), "a gap is said, not hidden");
        assert!(backlog.since(&Cursor { epoch: epoch.clone(), seq: 1 }, &epoch).is_some());
    }
}
