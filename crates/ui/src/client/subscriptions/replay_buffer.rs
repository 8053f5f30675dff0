//! The last events of a channel, kept for users that come with a snapshot a moment older
//! than where the channel is: they get what they miss from here, without asking the server
//! once more, and so without a gap in what is never logged.

use std::collections::VecDeque;

use plenum_core::{cursor::Cursor, ids::Millis};

/// Events kept per channel.
const MOST: usize = 128;
/// What is never logged is stale after this: a snapshot takes less.
const FRESH_MS: Millis = 5_000;

#[derive(Debug)]
pub(super) struct Event {
    at: Millis,
    pub(super) seq: Option<u64>,
    pub(super) name: String,
    pub(super) payload: String,
}

/// The events after `from`.
#[derive(Debug, Default)]
pub(super) struct Kept {
    from: Option<Cursor>,
    events: VecDeque<Event>,
}

impl Kept {
    /// Nothing yet, from `from` on.
    pub(super) fn after(from: Option<Cursor>) -> Self {
        Self { from, events: VecDeque::new() }
    }

    /// True if everything after `place` is here.
    pub(super) fn reaches(&self, place: &Cursor) -> bool {
        self.from.as_ref().is_none_or(|from| place.epoch == from.epoch && place.seq >= from.seq)
    }

    pub(super) fn push(&mut self, at: Millis, seq: Option<u64>, name: &str, payload: &str) {
        self.events.push_back(Event { at, seq, name: name.to_owned(), payload: payload.to_owned() });
        if self.events.len() > MOST
            && let Some(dropped) = self.events.pop_front()
            && let (Some(from), Some(seq)) = (&mut self.from, dropped.seq)
        {
            from.advance(seq);
        }
    }

    /// What somebody at `place` misses at `now`, in order.
    pub(super) fn missed(&self, place: &Cursor, now: Millis) -> impl Iterator<Item = &Event> {
        let (seen, fresh) = (place.seq, now - FRESH_MS..=now);
        self.events.iter().filter(move |event| match event.seq {
            Some(seq) => seq > seen,
            None => fresh.contains(&event.at),
        })
    }
}
