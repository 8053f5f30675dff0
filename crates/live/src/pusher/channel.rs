//! One channel of an external application: who is on it, what they missed, what is cached.
//!
//! Everything happens under the channel's one lock, so that whoever joins gets each event exactly
//! once: what was before is in the backlog or the cache, what comes after finds them subscribed.
//! Where the log is durable its rows are the backlog: whoever comes back is passed over while they
//! are fed ([`super::durable`]), and enters the live stream at its head.
//!
//! What is published is gathered for a moment ([`Channel::flush`]) and written to each subscriber in one go: what
//! several requests publish at once costs a write each, not one for each of them. Everything else that
//! happens on the channel flushes first, so that nobody sees another order.

mod members;
mod publishing;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use indexmap::IndexMap;

pub use members::{Member, TooLong, quoted};
use members::{ROSTER_BYTES, roster};
use publishing::{Gathered, deliver, flush, send_to_others};

use super::{backlog::Backlog, names::ChannelKind};
use crate::{
    connection::{Connection, lock},
    frames,
    outbound::Weight,
    traffic::{Figures, Traffic},
};
use plenum_core::{
    cursor::{Cursor, Epoch, Extent},
    ids::{ConnectionId, Millis},
    protocol::{ServerFrame, event},
};

/// The last event of a cache channel is kept for so long.
const CACHED: Duration = Duration::from_secs(30 * 60);
/// Up to so many subscribers each change of their count is told at once…
const COUNT_AT_ONCE: usize = 100;
/// …above it at most this often.
const COUNT_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct Subscriber {
    connection: Arc<Connection>,
    user_id: Option<Arc<str>>,
    phase: Phase,
}

/// Which published events a subscriber gets as they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// None: the durable log brings them.
    CatchingUp,
    /// Those above this number.
    Live { after: u64 },
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
    /// Bytes of the roster in its frame.
    roster_bytes: usize,
    backlog: Backlog,
    cached: Option<Cached>,
    traffic: Traffic,
    /// Published, and not written yet; how many bytes that is; and whether somebody is on the way to write it.
    gathered: Vec<Gathered>,
    gathered_bytes: usize,
    flush_is_due: bool,
    /// Until when the next write had better wait.
    rests_until: Option<Instant>,
    /// When the count of subscribers was told last, and whether it has changed since.
    counted: Option<Instant>,
    count_changed: bool,
}

/// Where the events are that somebody who comes back has missed.
#[derive(Debug)]
pub enum Log<'a> {
    /// In the channel's backlog, whose life this is.
    Memory(&'a Epoch),
    /// In rows; what they hold was read while the channel was open.
    Rows(&'a Extent),
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
        /// What was missed is to be fed from the durable log, from this number on.
        behind: Option<u64>,
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
        log: &Log<'_>,
        most: usize,
    ) -> Joined {
        let mut inner = lock(&self.inner);
        flush(&mut inner);
        if inner.subscribers.contains_key(&connection.id) {
            return Joined::Already;
        }
        let known = member.is_none_or(|member| inner.roster.contains_key(&member.user_id));
        if !known && most != 0 && inner.roster.len() >= most {
            return Joined::Full;
        }
        let bytes = member.filter(|_| !known).map_or(0, |member| Member::roster_bytes(&member.user_id, &member.user_info));
        if inner.roster_bytes + bytes > ROSTER_BYTES {
            return Joined::Full;
        }
        inner.roster_bytes += bytes;
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
        let extent = match log {
            Log::Memory(epoch) => inner.backlog.extent(epoch),
            // What was dispatched after the rows were read is in them by now.
            Log::Rows(extent) => Extent { head: extent.head.max(inner.backlog.head()), ..(*extent).clone() },
        };
        let recovered = since.map(|since| extent.reaches(since));
        let behind =
            since.map(|since| since.seq).filter(|seq| matches!(log, Log::Rows(_)) && recovered == Some(true) && *seq < extent.head);
        let phase = match (log, behind) {
            (Log::Rows(_), Some(_)) => Phase::CatchingUp,
            (Log::Rows(_), None) => Phase::Live { after: extent.head },
            (Log::Memory(_), _) => Phase::Live { after: 0 },
        };
        inner.subscribers.insert(connection.id, Subscriber { connection: Arc::clone(connection), user_id, phase });
        let roster = self.kind.is_presence().then(|| roster(&inner));
        connection.say(&ServerFrame::succeeded(&self.name, roster, Some(extent.cursor()), recovered));
        if let (Log::Memory(epoch), Some(since)) = (log, since) {
            for bytes in inner.backlog.since(since, epoch).into_iter().flatten() {
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
        Joined::Yes { first, new_member: !known, cache_miss, recovered, behind }
    }

    /// Takes a connection off the channel, and tells the others if a person has gone with it.
    pub fn leave(&self, connection: ConnectionId) -> Left {
        let mut inner = lock(&self.inner);
        flush(&mut inner);
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
            if let Some(present) = inner.roster.remove(user_id) {
                inner.roster_bytes -= Member::roster_bytes(user_id, &present.user_info);
            }
            let data = format!(r#"{{"user_id":{}}}"#, quoted(user_id));
            send_to_others(&inner, &ServerFrame::new(event::MEMBER_REMOVED, data).on(&*self.name), None);
        }
        Left { vacated: inner.subscribers.is_empty(), member: gone }
    }

    /// Everything up to `reached` has been fed: enters the live stream, unless something newer went out meanwhile,
    /// which then comes from the log first.
    pub fn go_live(&self, connection: ConnectionId, reached: u64) -> bool {
        let mut inner = lock(&self.inner);
        flush(&mut inner);
        if inner.backlog.head() > reached {
            return false;
        }
        if let Some(subscriber) = inner.subscribers.get_mut(&connection) {
            subscriber.phase = Phase::Live { after: reached };
        }
        true
    }

    /// Other numbers follow: forgets what is kept, and lets everyone have what comes.
    pub fn renumber(&self) {
        let mut inner = lock(&self.inner);
        flush(&mut inner);
        inner.backlog = Backlog::default();
        for subscriber in inner.subscribers.values_mut() {
            subscriber.phase = Phase::Live { after: 0 };
        }
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

    /// How many are here, and what passes.
    pub fn figures(&self, now: Millis) -> Figures {
        let inner = lock(&self.inner);
        Figures {
            name: Arc::clone(&self.name),
            subscriptions: inner.subscribers.len(),
            people: self.kind.is_presence().then(|| inner.roster.len()),
            flow: inner.traffic.flow(now),
        }
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
    pub fn count_to_publish(&self, now: Instant) -> Option<usize> {
        let mut inner = lock(&self.inner);
        let count = inner.subscribers.len();
        let rests = count > COUNT_AT_ONCE && inner.counted.is_some_and(|at| now.duration_since(at) < COUNT_EVERY);
        if !inner.count_changed || rests || self.kind.is_presence() {
            return None;
        }
        (inner.count_changed, inner.counted) = (false, Some(now));
        let data = format!(r#"{{"subscription_count":{count}}}"#);
        deliver(&inner, &frames::text(&ServerFrame::new(event::SUBSCRIPTION_COUNT, data).on(&*self.name).text()), None, None);
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::settings::Realtime;

    /// However long what is known of people is, and however many an application lets in: whoever joins can take the roster (A18).
    #[tokio::test]
    async fn a_roster_fits_into_the_queue_of_whoever_joins() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let epoch = Epoch("e".to_owned());
        let channel = Channel::new("presence-a".into(), ChannelKind::of("presence-a").unwrap());
        let mut clients = Vec::new();
        for (number, info) in [r#"{"a":"x"}"#.to_owned(), serde_json::json!("\"".repeat(511)).to_string()].iter().cycle().enumerate() {
            let (client, accepted) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
            let id = ConnectionId(number as u64);
            let connection = Connection::new(id, None, IpAddr::V4(Ipv4Addr::LOCALHOST), accepted.unwrap().0, 0, usize::MAX, Arc::default());
            let member = Member::new(&format!("{number:\"<128}"), info).unwrap();
            if channel.join(&Arc::new(connection), Some(&member), None, &Log::Memory(&epoch), 0) == Joined::Full {
                break;
            }
            clients.push(client);
            let frame = ServerFrame::succeeded(channel.name(), Some(roster(&lock(&channel.inner))), None, None).text();
            assert!(frame.len() < Realtime::default().queue_bytes, "{} bytes for {number} people", frame.len());
        }
        assert!(clients.len() > 50, "only {} people fit", clients.len());
        for number in 0..clients.len() {
            channel.leave(ConnectionId(number as u64));
        }
        assert_eq!(lock(&channel.inner).roster_bytes, 0, "who has left takes no room");
    }
}
