//! What has happened on an application's channels and is not written down yet, in memory.
//!
//! Promises: whatever the clients of an application do, no more than [`WAITING`] events and about [`WAITING_BYTES`] wait; what is beyond
//! is dropped and counted. Noting and taking an event cost the same however many wait.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Hook, Place};
use crate::connection::lock;

/// How long somebody may be away before it is told.
const AWAY: Duration = Duration::from_secs(3);
/// Events that wait at the most, those of departures included.
const WAITING: usize = 20_000;
/// Bytes that they have at the most.
const WAITING_BYTES: usize = 4 * 1024 * 1024;
/// Events that are taken at once, so that what is made of them is a short write…
const TAKEN: usize = 200;
/// …and bytes.
const TAKEN_BYTES: usize = 256 * 1024;

/// When a departure is to be told; the number tells those of one instant apart.
type Due = (Instant, u64);

#[derive(Debug, Default)]
struct Waiting {
    ready: VecDeque<Hook>,
    /// The newest number of subscribers of each channel.
    counts: BTreeMap<Arc<str>, usize>,
    /// Departures that are not told yet, by place and in their order.
    away: HashMap<Place, Due>,
    departures: BTreeMap<Due, Hook>,
    departed: u64,
    bytes: usize,
}

impl Waiting {
    fn len(&self) -> usize {
        self.ready.len() + self.counts.len() + self.departures.len()
    }

    /// Makes room for an event; false if there is none.
    fn has_room(&mut self, bytes: usize) -> bool {
        let fits = self.len() < WAITING && self.bytes + bytes <= WAITING_BYTES;
        if fits {
            self.bytes += bytes;
        } else {
            metrics::counter!("plenum_webhook_events_dropped_total").increment(1);
        }
        fits
    }

    fn depart(&mut self, place: Place, hook: Hook, now: Instant) {
        self.come_back(&place);
        if self.has_room(hook.bytes()) {
            self.departed += 1;
            let due = (now + AWAY, self.departed);
            self.away.insert(place, due);
            self.departures.insert(due, hook);
        }
    }

    /// True if they were away, and nobody has been told.
    fn come_back(&mut self, place: &Place) -> bool {
        let departure = self.away.remove(place).and_then(|due| self.departures.remove(&due));
        self.bytes -= departure.as_ref().map_or(0, Hook::bytes);
        departure.is_some()
    }

    /// Departures whose time has come follow what is ready.
    fn end_waits(&mut self, now: Instant) {
        while let Some(first) = self.departures.first_entry().filter(|first| first.key().0 <= now) {
            let hook = first.remove();
            if let Some(place) = hook.went() {
                self.away.remove(&place);
            }
            self.ready.push_back(hook);
        }
    }

    fn next(&mut self) -> Option<Hook> {
        let count = |(channel, count)| Hook::SubscriptionCount { channel, count };
        let hook = self.ready.pop_front().or_else(|| self.counts.pop_first().map(count))?;
        self.bytes -= hook.bytes();
        Some(hook)
    }
}

/// What an application's webhooks have not been told yet.
#[derive(Debug, Default)]
pub struct Outbox {
    wanted: AtomicBool,
    waiting: Mutex<Waiting>,
}

impl Outbox {
    /// Somebody wants to know, or nobody: then nothing is noted.
    pub fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
        if !wanted {
            *lock(&self.waiting) = Waiting::default();
        }
    }

    /// Somebody wants to know.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Notes what happened, if there is room.
    pub fn note(&self, hook: Hook, now: Instant) {
        if !self.is_wanted() {
            return;
        }
        let mut waiting = lock(&self.waiting);
        if let Some(place) = hook.went() {
            return waiting.depart(place, hook, now);
        }
        // Back before it was told: neither was away.
        if hook.came().is_some_and(|place| waiting.come_back(&place)) {
            return;
        }
        match hook {
            Hook::SubscriptionCount { channel, count } if waiting.counts.contains_key(&channel) => {
                waiting.counts.insert(channel, count);
            }
            hook if !waiting.has_room(hook.bytes()) => {}
            Hook::SubscriptionCount { channel, count } => {
                waiting.counts.insert(channel, count);
            }
            hook => waiting.ready.push_back(hook),
        }
    }

    /// Some of what is to be told now, the oldest first: at most [`TAKEN`] events, and no more once they have [`TAKEN_BYTES`].
    pub fn take(&self, now: Instant) -> Vec<Hook> {
        let mut waiting = lock(&self.waiting);
        waiting.end_waits(now);
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while taken.len() < TAKEN && bytes < TAKEN_BYTES {
            let Some(hook) = waiting.next() else { break };
            bytes += hook.bytes();
            taken.push(hook);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> (Outbox, Instant) {
        let outbox = Outbox::default();
        outbox.want(true);
        (outbox, Instant::now())
    }

    fn names(hooks: &[Hook]) -> Vec<&'static str> {
        hooks.iter().map(Hook::name).collect()
    }

    fn drain(outbox: &Outbox, now: Instant) -> Vec<Vec<Hook>> {
        std::iter::from_fn(|| Some(outbox.take(now)).filter(|taken| !taken.is_empty())).collect()
    }

    #[test]
    fn who_comes_back_soon_was_never_away() {
        let (outbox, now) = wanted();
        let member = |came: bool| {
            let (channel, user_id) = (Arc::from("presence-a"), Arc::from("7"));
            if came { Hook::MemberAdded { channel, user_id } } else { Hook::MemberRemoved { channel, user_id } }
        };
        outbox.note(Hook::ChannelOccupied { channel: "presence-a".into() }, now);
        outbox.note(member(true), now);
        assert_eq!(names(&outbox.take(now)), ["channel_occupied", "member_added"]);
        outbox.note(member(false), now);
        outbox.note(Hook::ChannelVacated { channel: "presence-a".into() }, now);
        assert_eq!(names(&outbox.take(now + AWAY / 2)), [] as [&str; 0]);
        outbox.note(Hook::ChannelOccupied { channel: "presence-a".into() }, now + AWAY / 2);
        outbox.note(member(true), now + AWAY / 2);
        assert_eq!(names(&outbox.take(now + AWAY * 2)), [] as [&str; 0]);
        outbox.note(member(false), now);
        outbox.note(Hook::ChannelVacated { channel: "presence-a".into() }, now);
        assert_eq!(names(&outbox.take(now + AWAY)), ["member_removed", "channel_vacated"]);
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        outbox.note(Hook::CacheMiss { channel: "cache-a".into() }, now);
        outbox.want(true);
        assert!(outbox.take(now).is_empty());
        for count in 1..5 {
            outbox.note(Hook::SubscriptionCount { channel: "a".into(), count }, now);
        }
        assert_eq!(outbox.take(now), [Hook::SubscriptionCount { channel: "a".into(), count: 4 }]);
    }

    /// I33: whatever a client with the public key makes happen, no more than a fixed number of events wait, and they leave in small parts.
    #[test]
    fn no_kind_of_event_fills_the_outbox() {
        let name = |number: usize| Arc::<str>::from(format!("a-{number}"));
        let kinds: [fn(Arc<str>) -> Hook; 4] = [
            |channel| Hook::CacheMiss { channel },
            |channel| Hook::ChannelVacated { channel },
            |channel| Hook::MemberRemoved { channel, user_id: "7".into() },
            |channel| Hook::SubscriptionCount { channel, count: 1 },
        ];
        for kind in kinds {
            let (outbox, now) = wanted();
            for number in 0..WAITING + 500 {
                outbox.note(kind(name(number)), now);
            }
            let parts = drain(&outbox, now + AWAY);
            assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), WAITING);
            assert!(parts.iter().all(|part| part.len() <= TAKEN));
            assert_eq!(lock(&outbox.waiting).bytes, 0, "what has left takes no room");
        }
        // Departures and what is ready share the room.
        let (outbox, now) = wanted();
        for number in 0..WAITING {
            outbox.note(Hook::ChannelVacated { channel: name(number) }, now);
            outbox.note(Hook::CacheMiss { channel: name(number) }, now);
        }
        assert_eq!(drain(&outbox, now + AWAY).concat().len(), WAITING);
    }

    /// The bytes of long events are counted, too.
    #[test]
    fn long_events_have_a_limit_of_bytes() {
        let (outbox, now) = wanted();
        let data = "x".repeat(30_000);
        for _ in 0..1_000 {
            let (channel, event, data) = ("private-a".into(), "client-a".to_owned(), data.clone());
            outbox.note(Hook::ClientEvent { channel, event, data, socket_id: "1.1".to_owned(), user_id: None }, now);
        }
        let parts = drain(&outbox, now);
        let bytes = |hooks: &[Hook]| hooks.iter().map(Hook::bytes).sum::<usize>();
        assert!(parts.iter().all(|part| bytes(part) < TAKEN_BYTES + 40_000));
        let all: usize = parts.iter().map(|part| bytes(part)).sum();
        assert!((WAITING_BYTES - 40_000..=WAITING_BYTES).contains(&all), "{all}");
    }

    /// Who comes and goes without end leaves nothing behind.
    #[test]
    fn coming_and_going_takes_no_room() {
        let (outbox, now) = wanted();
        outbox.note(Hook::ChannelVacated { channel: "a".into() }, now);
        for _ in 0..1_000 {
            outbox.note(Hook::ChannelOccupied { channel: "a".into() }, now);
            outbox.note(Hook::ChannelVacated { channel: "a".into() }, now);
        }
        let waiting = lock(&outbox.waiting);
        assert_eq!((waiting.len(), waiting.away.len()), (1, 1));
    }
}
