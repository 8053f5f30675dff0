//! What goes out on a channel: gathered for a moment, and written to each subscriber in one go.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{Cached, Channel, Inner, Phase, Subscriber};
use crate::{connection::lock, frames, outbound::Weight, write_pacing};
use plenum_core::{
    ids::ConnectionId,
    protocol::{ServerFrame, code},
};
use plenum_store::db;

/// Published events are written at once when they are more than this.
const GATHERED_BYTES: usize = 64 * 1024;
#[derive(Debug)]
pub(super) struct Gathered {
    seq: u64,
    bytes: Bytes,
    except: Option<ConnectionId>,
}

impl Channel {
    /// Gathers an event for all but `except`, numbered and kept for those who come back. Returns how many these are;
    /// the caller asks [`next_flush`](Self::next_flush) what is to be done about it.
    pub fn publish(&self, name: &str, data: &str, except: Option<ConnectionId>, now: Instant) -> u32 {
        let mut inner = lock(&self.inner);
        let seq = inner.backlog.next();
        self.publish_as(&mut inner, seq, name, data, except, now)
    }

    /// The same for an event that the durable log has numbered `seq`. If one before it never came here, all
    /// subscribers are sent away to come back and resume.
    pub fn publish_logged(&self, seq: u64, name: &str, data: &str, except: Option<ConnectionId>, now: Instant) -> u32 {
        let mut inner = lock(&self.inner);
        let head = inner.backlog.head();
        if head != 0 && head + 1 < seq {
            for subscriber in inner.subscribers.values() {
                subscriber.connection.close(code::RECONNECT, "come back and resume");
            }
        }
        self.publish_as(&mut inner, seq, name, data, except, now)
    }

    fn publish_as(&self, inner: &mut Inner, seq: u64, name: &str, data: &str, except: Option<ConnectionId>, now: Instant) -> u32 {
        let frame = ServerFrame { seq: Some(seq), ..ServerFrame::new(name, data).on(&*self.name) };
        let bytes = frames::text(&frame.text());
        inner.backlog.place(seq, bytes.clone(), now);
        if self.kind.cache {
            inner.cached = Some(Cached { bytes: bytes.clone(), data: data.to_owned(), at: now });
        }
        inner.gathered_bytes += bytes.len();
        inner.gathered.push(Gathered { seq, bytes, except });
        if inner.gathered_bytes > GATHERED_BYTES {
            flush(inner);
        }
        let excepted = except.is_some_and(|id| inner.subscribers.contains_key(&id));
        let deliveries = u32::try_from(inner.subscribers.len() - usize::from(excepted)).unwrap_or(u32::MAX);
        inner.traffic.note(&name.into(), deliveries, db::now());
        deliveries
    }

    /// How long to wait before calling [`flush_gathered`](Self::flush_gathered); `None` if somebody else is about to.
    pub fn next_flush(&self, now: Instant) -> Option<Duration> {
        let mut inner = lock(&self.inner);
        if std::mem::replace(&mut inner.flush_is_due, true) {
            return None;
        }
        Some(inner.rests_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now)))
    }

    /// Writes what is gathered, as [`next_flush`](Self::next_flush) has said.
    pub fn flush_gathered(&self) {
        let mut inner = lock(&self.inner);
        inner.flush_is_due = false;
        let begun = Instant::now();
        flush(&mut inner);
        let ended = Instant::now();
        inner.rests_until = Some(ended + write_pacing::after(ended.duration_since(begun)));
    }

    /// Writes what is gathered, before something else goes out.
    pub fn flush(&self) {
        flush(&mut lock(&self.inner));
    }

    /// Relays a client's event to the others; false if it is not on the channel. Neither kept nor cached.
    pub fn relay(&self, from: ConnectionId, name: &str, data: &str) -> bool {
        let mut inner = lock(&self.inner);
        flush(&mut inner);
        let Some(sender) = inner.subscribers.get(&from) else { return false };
        let user_id = sender.user_id.as_deref().map(str::to_owned);
        let frame = ServerFrame { user_id, ..ServerFrame::new(name, data).on(&*self.name) };
        let deliveries = deliver(&inner, &frames::text(&frame.text()), Some(from), None);
        inner.traffic.note(&name.into(), deliveries, db::now());
        true
    }
}

/// To all but `except`, and of a numbered event to those who have not had it. Returns how many those were.
pub(super) fn deliver(inner: &Inner, bytes: &Bytes, except: Option<ConnectionId>, seq: Option<u64>) -> u32 {
    let mut deliveries = 0;
    for (id, subscriber) in &inner.subscribers {
        if subscriber.wants(seq) && Some(*id) != except {
            subscriber.connection.send(bytes, &Weight::Kept);
            deliveries += 1;
        }
    }
    count(deliveries, deliveries * bytes.len());
    u32::try_from(deliveries).unwrap_or(u32::MAX)
}

fn count(deliveries: usize, bytes: usize) {
    metrics::counter!("plenum_live_deliveries_total").increment(deliveries as u64);
    metrics::counter!("plenum_live_bytes_total").increment(bytes as u64);
}

/// Writes what is gathered: to whoever gets all of it in one go.
pub(super) fn flush(inner: &mut Inner) {
    let gathered = std::mem::take(&mut inner.gathered);
    inner.gathered_bytes = 0;
    let events = match gathered.as_slice() {
        [] => return,
        [event] => {
            deliver(inner, &event.bytes, event.except, Some(event.seq));
            return;
        }
        events => events,
    };
    let all: Vec<u8> = events.iter().flat_map(|event| event.bytes.iter().copied()).collect();
    let all = Bytes::from(all);
    let (mut deliveries, mut bytes) = (0, 0);
    for (id, subscriber) in &inner.subscribers {
        let gets = |event: &&Gathered| subscriber.wants(Some(event.seq)) && Some(*id) != event.except;
        if events.iter().all(|event| gets(&event)) {
            subscriber.connection.send(&all, &Weight::Kept);
            deliveries += events.len();
            bytes += all.len();
            continue;
        }
        for event in events.iter().filter(gets) {
            subscriber.connection.send(&event.bytes, &Weight::Kept);
            deliveries += 1;
            bytes += event.bytes.len();
        }
    }
    count(deliveries, bytes);
}

impl Subscriber {
    /// It gets an event with this number; one without a number always.
    fn wants(&self, seq: Option<u64>) -> bool {
        match (seq, self.phase) {
            (None, _) => true,
            (Some(_), Phase::CatchingUp) => false,
            (Some(seq), Phase::Live { after }) => seq > after,
        }
    }
}

/// To all connections but those of `user_id`.
pub(super) fn send_to_others(inner: &Inner, frame: &ServerFrame, user_id: Option<&Arc<str>>) {
    let bytes = frames::text(&frame.text());
    for subscriber in inner.subscribers.values() {
        if user_id.is_none() || subscriber.user_id.as_ref() != user_id {
            subscriber.connection.send(&bytes, &Weight::Kept);
        }
    }
}
