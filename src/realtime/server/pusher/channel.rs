//! One channel of an external application: who is on it, what they missed, what is cached.
//!
//! Everything happens under the channel's one lock, so that whoever joins gets each event exactly
//! once: what was before is in the backlog or the cache, what comes after finds them subscribed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use indexmap::IndexMap;

use super::{backlog::Backlog, names::ChannelKind};
use crate::realtime::{
    cursor::{Cursor, Epoch},
    protocol::{ServerFrame, event},
    server::{
        connection::{Connection, lock},
        frames,
        hub::ConnectionId,
        outbound::Weight,
    },
};

/// The last event of a cache channel is kept for so long.
const CACHED: Duration = Duration::from_secs(30 * 60);
/// Up to so many subscribers each change of their count is told at once…
const COUNT_AT_ONCE: usize = 100;
/// …above it at most this often.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// Somebody on a presence channel, as their application describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub user_id: Arc<str>,
    /// What the others see of them, as JSON text.
    pub user_info: Arc<str>,
}

impl Member {
    fn json(&self) -> String {
        format!(r#"{{"user_id":{},"user_info":{}}}"#, quoted(&self.user_id), self.user_info)
    }
}

/// Text as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[derive(Debug)]
struct Subscriber {
    connection: Arc<Connection>,
    user_id: Option<Arc<str>>,
}

#[derive(Debug)]
struct Present {
    user_info: Arc<str>,
    connections: usize,
}

#[derive(Debug)]
struct Cached {
    bytes: Bytes,
    data: String,
    at: Instant,
}

#[derive(Debug, Default)]
struct Inner {
    subscribers: IndexMap<ConnectionId, Subscriber>,
    roster: BTreeMap<Arc<str>, Present>,
    backlog: Backlog,
    cached: Option<Cached>,
    /// When the count of subscribers was told last, and whether it has changed since.
    counted: Option<Instant>,
    count_changed: bool,
}

/// A channel.
#[derive(Debug)]
pub struct Channel {
    name: Arc<str>,
    kind: ChannelKind,
    inner: Mutex<Inner>,
}

/// What became of a wish to join.
#[derive(Debug, PartialEq, Eq)]
pub enum Joined {
    /// Subscribed and told.
    Yes {
        /// Nobody was on the channel before.
        first: bool,
        /// The person was not there before with another connection.
        new_member: bool,
        /// It is a cache channel, and nothing is cached.
        cache_miss: bool,
        /// Whether all that was missed has been sent, if that was asked for.
        recovered: Option<bool>,
    },
    /// The connection is on it already.
    Already,
    /// No more people fit on a presence channel.
    Full,
}

/// What a departure changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Nobody is on the channel any more.
    pub vacated: bool,
    /// The person whose last connection it was.
    pub member: Option<Arc<str>>,
}

/// How many are on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Connections.
    pub subscriptions: usize,
    /// People, on presence channels.
    pub users: usize,
}

impl Channel {
    /// An empty one; `kind` is what its name says.
    pub fn new(name: Arc<str>, kind: ChannelKind) -> Self {
        Self { name, kind, inner: Mutex::default() }
    }

    /// Its name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What its name says.
    pub fn kind(&self) -> ChannelKind {
        self.kind
    }

    /// Puts `connection` on the channel and tells it and, on presence channels, the others. `most` people fit; 0: any number.
    pub fn join(
        &self,
        connection: &Arc<Connection>,
        member: Option<&Member>,
        since: Option<&Cursor>,
        epoch: &Epoch,
        most: usize,
    ) -> Joined {
        let mut inner = lock(&self.inner);
        if inner.subscribers.contains_key(&connection.id) {
            return Joined::Already;
        }
        let known = member.is_none_or(|member| inner.roster.contains_key(&member.user_id));
        if !known && most != 0 && inner.roster.len() >= most {
            return Joined::Full;
        }
        let first = inner.subscribers.is_empty();
        if let Some(member) = member {
            let present = inner
                .roster
                .entry(Arc::clone(&member.user_id))
                .or_insert_with(|| Present { user_info: Arc::clone(&member.user_info), connections: 0 });
            present.connections += 1;
            if !known {
                let frame = ServerFrame::new(event::MEMBER_ADDED, member.json()).on(&*self.name);
                send_to_others(&inner, &frame, Some(&member.user_id));
            }
        }
        let user_id = member.map(|member| Arc::clone(&member.user_id));
        inner.subscribers.insert(connection.id, Subscriber { connection: Arc::clone(connection), user_id });
        let recovered = since.map(|since| inner.backlog.extent(epoch).reaches(since));
        let roster = self.kind.is_presence().then(|| roster(&inner));
        connection.say(&ServerFrame::succeeded(&self.name, roster, Some(inner.backlog.extent(epoch).cursor()), recovered));
        if let Some(missed) = since.and_then(|since| inner.backlog.since(since, epoch)) {
            for bytes in missed {
                connection.send(bytes, &Weight::Kept);
            }
        }
        // Whoever recovered has seen the cached event, or just got it.
        let wants_cache = self.kind.cache && recovered != Some(true);
        let cache_miss = wants_cache && inner.cached.is_none();
        match &inner.cached {
            Some(cached) if wants_cache => connection.send(&cached.bytes, &Weight::Kept),
            None if wants_cache => connection.say(&ServerFrame::new(event::CACHE_MISS, "{}").on(&*self.name)),
            _ => {}
        }
        inner.count_changed = true;
        Joined::Yes { first, new_member: !known, cache_miss, recovered }
    }

    /// Takes a connection off the channel, and tells the others if a person has gone with it.
    pub fn leave(&self, connection: ConnectionId) -> Left {
        let mut inner = lock(&self.inner);
        let Some(subscriber) = inner.subscribers.swap_remove(&connection) else { return Left::default() };
        if inner.subscribers.len() * 4 < inner.subscribers.capacity() {
            inner.subscribers.shrink_to(16);
        }
        inner.count_changed = true;
        let gone = subscriber.user_id.filter(|user_id| {
            let Some(present) = inner.roster.get_mut(user_id) else { return false };
            present.connections -= 1;
            present.connections == 0
        });
        if let Some(user_id) = &gone {
            inner.roster.remove(user_id);
            let data = format!(r#"{{"user_id":{}}}"#, quoted(user_id));
            send_to_others(&inner, &ServerFrame::new(event::MEMBER_REMOVED, data).on(&*self.name), None);
        }
        Left { vacated: inner.subscribers.is_empty(), member: gone }
    }

    /// Sends an event to all but `except`, numbered and kept for those who come back.
    pub fn publish(&self, name: &str, data: &str, except: Option<ConnectionId>, now: Instant) {
        let mut inner = lock(&self.inner);
        let frame = ServerFrame { seq: Some(inner.backlog.next()), ..ServerFrame::new(name, data).on(&*self.name) };
        let bytes = frames::text(&frame.text());
        inner.backlog.push(bytes.clone(), now);
        deliver(&inner, &bytes, except);
        if self.kind.cache {
            inner.cached = Some(Cached { bytes, data: data.to_owned(), at: now });
        }
    }

    /// Relays a client's event to the others; false if it is not on the channel. Neither kept nor cached.
    pub fn relay(&self, from: ConnectionId, name: &str, data: &str) -> bool {
        let inner = lock(&self.inner);
        let Some(sender) = inner.subscribers.get(&from) else { return false };
        let user_id = sender.user_id.as_deref().map(str::to_owned);
        let frame = ServerFrame { user_id, ..ServerFrame::new(name, data).on(&*self.name) };
        deliver(&inner, &frames::text(&frame.text()), Some(from));
        true
    }

    /// The id of the person that a connection is there for.
    pub fn user_of(&self, connection: ConnectionId) -> Option<Arc<str>> {
        lock(&self.inner).subscribers.get(&connection)?.user_id.clone()
    }

    /// How many are here.
    pub fn counts(&self) -> Counts {
        let inner = lock(&self.inner);
        Counts { subscriptions: inner.subscribers.len(), users: inner.roster.len() }
    }

    /// The ids of the people on a presence channel.
    pub fn users(&self) -> Vec<Arc<str>> {
        lock(&self.inner).roster.keys().cloned().collect()
    }

    /// The cached data, and the seconds that it stays.
    pub fn cached(&self, now: Instant) -> Option<(String, u64)> {
        let inner = lock(&self.inner);
        let cached = inner.cached.as_ref()?;
        Some((cached.data.clone(), CACHED.saturating_sub(now.duration_since(cached.at)).as_secs()))
    }

    /// Tells the count of subscribers, if it has changed and it is time. Returns it then.
    pub fn tell_count(&self, now: Instant) -> Option<usize> {
        let mut inner = lock(&self.inner);
        let count = inner.subscribers.len();
        let rests = count > COUNT_AT_ONCE && inner.counted.is_some_and(|at| now.duration_since(at) < COUNT_EVERY);
        if !inner.count_changed || rests || self.kind.is_presence() {
            return None;
        }
        (inner.count_changed, inner.counted) = (false, Some(now));
        let data = format!(r#"{{"subscription_count":{count}}}"#);
        deliver(&inner, &frames::text(&ServerFrame::new(event::SUBSCRIPTION_COUNT, data).on(&*self.name).text()), None);
        Some(count)
    }

    /// Forgets what is too old; true if the channel itself can be forgotten.
    pub fn expire(&self, now: Instant) -> bool {
        let mut inner = lock(&self.inner);
        if inner.cached.as_ref().is_some_and(|cached| now.duration_since(cached.at) > CACHED) {
            inner.cached = None;
        }
        inner.backlog.expire(now) && inner.cached.is_none() && inner.subscribers.is_empty()
    }
}

fn deliver(inner: &Inner, bytes: &Bytes, except: Option<ConnectionId>) {
    let mut deliveries = 0_u64;
    for (id, subscriber) in &inner.subscribers {
        if Some(*id) != except {
            subscriber.connection.send(bytes, &Weight::Kept);
            deliveries += 1;
        }
    }
    metrics::counter!("plenum_live_deliveries_total").increment(deliveries);
    metrics::counter!("plenum_live_bytes_total").increment(deliveries * bytes.len() as u64);
}

/// To all connections but those of `user_id`.
fn send_to_others(inner: &Inner, frame: &ServerFrame, user_id: Option<&Arc<str>>) {
    let bytes = frames::text(&frame.text());
    for subscriber in inner.subscribers.values() {
        if user_id.is_none() || subscriber.user_id.as_ref() != user_id {
            subscriber.connection.send(&bytes, &Weight::Kept);
        }
    }
}

/// Who is on a presence channel, as the protocol tells whoever joins.
fn roster(inner: &Inner) -> String {
    let ids: Vec<String> = inner.roster.keys().map(|id| quoted(id)).collect();
    let hash: Vec<String> = inner.roster.iter().map(|(id, present)| format!("{}:{}", quoted(id), present.user_info)).collect();
    format!(r#"{{"presence":{{"ids":[{}],"hash":{{{}}},"count":{}}}}}"#, ids.join(","), hash.join(","), inner.roster.len())
}
