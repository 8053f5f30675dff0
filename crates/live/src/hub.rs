//! The hub: which connections are on which channel, and the way of an event to all of them.
//!
//! Lock order: the table of channels, then one channel, then who is kept apart, then one connection's queue;
//! the table of people comes before the last two. No lock is held over an await, and none while the database is asked.

mod connections;
pub mod figures;
mod presence;
mod rights;

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{
    apart::Apart,
    connection::{Connection, lock},
    dispatcher::Encoded,
    heads::Moved,
    outbound::Weight,
    places::Places,
    presence::{People, Roster},
    pusher::signature::AppSecret,
    rules::Rules,
    traffic::{self, Flow, Traffic},
};
use crate::settings::{Limits, Realtime};
use bytes::BytesMut;
use indexmap::IndexMap;
use plenum_core::ids::ConnectionId;
use plenum_core::{
    clock,
    cursor::Extent,
    ids::{Millis, PersonId},
    protocol::{ServerFrame, code},
};
use plenum_store::{
    db::{self, Store},
    meters::Meters,
};

/// Gathered events are written at once when they are more than this.
const GATHERED_BYTES: usize = 64 * 1024;

/// Where a subscription stands.
#[derive(Debug)]
enum Phase {
    /// The rule is being asked. `revoked`: a right ended meanwhile.
    Joining { revoked: bool },
    /// Admitted, and passed over by live events: the log will bring them.
    CatchingUp,
    /// In the live stream, for everything above this number.
    Live { after: u64 },
}

#[derive(Debug)]
struct Subscriber {
    connection: Arc<Connection>,
    phase: Phase,
}

#[derive(Debug, Default)]
struct Members {
    subscribers: IndexMap<ConnectionId, Subscriber>,
    /// The last number that went out.
    dispatched: Option<u64>,
    roster: Roster,
    traffic: Traffic,
    /// Dispatched, and not written yet.
    gathered: Vec<Encoded>,
}

impl Members {
    /// False if a logged event has gone out before.
    fn is_next(&mut self, encoded: &Encoded) -> bool {
        let Some(seq) = encoded.seq else { return true };
        let next = self.dispatched.is_none_or(|dispatched| dispatched < seq);
        if next {
            self.dispatched = Some(seq);
        }
        next
    }
}

/// A channel with somebody on it.
#[derive(Debug)]
pub struct Channel {
    name: Arc<str>,
    members: Mutex<Members>,
}

impl Channel {
    /// The wire name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Takes a channel with nobody on it out of the table, unless another channel of its name stands there by now: two ends of one
/// subscription can come with a new subscription between them.
fn remove_if_empty(channels: &mut HashMap<Arc<str>, Arc<Channel>>, channel: &Arc<Channel>, members: &Members) {
    let current = channels.get(&channel.name).is_some_and(|known| Arc::ptr_eq(known, channel));
    if !current || !members.subscribers.is_empty() || !members.roster.is_empty() {
        return;
    }
    channels.remove(&channel.name);
    if channels.len() * 4 < channels.capacity() {
        channels.shrink_to(64);
    }
}

/// What became of an admission.
#[derive(Debug, PartialEq, Eq)]
pub enum Joined {
    /// The client has been told; the log comes next.
    Admitted,
    /// A right ended while the rule was being asked.
    AskAgain,
    /// Unsubscribed meanwhile.
    Gone,
}

/// Live figures for status and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Open sockets.
    pub connections: usize,
    /// Channels with somebody on them.
    pub channels: usize,
    /// People online, seen or not.
    pub people: usize,
}

/// The live layer of this process.
pub struct Hub {
    settings: Realtime,
    limits: Limits,
    store: Store,
    rules: Arc<dyn Rules>,
    secret: AppSecret,
    started: Instant,
    next_id: AtomicU64,
    channels: Mutex<HashMap<Arc<str>, Arc<Channel>>>,
    connections: Mutex<HashMap<ConnectionId, Arc<Connection>>>,
    places: Arc<Places>,
    visitors: Mutex<HashMap<IpAddr, usize>>,
    people: Mutex<People>,
    apart: Mutex<Apart>,
    leaving: Mutex<Vec<(Instant, Arc<Channel>)>>,
    ending: Mutex<BTreeMap<(Millis, ConnectionId), Arc<Channel>>>,
    moved: Moved,
    happened: Moved,
    traffic: Mutex<Traffic>,
    /// Commits that wait for the dispatcher.
    backlog: AtomicUsize,
    meters: Arc<Meters>,
}

impl Hub {
    /// An empty hub.
    pub fn new(settings: Realtime, limits: Limits, store: Store, rules: Arc<dyn Rules>, secret: AppSecret) -> Self {
        Self {
            settings,
            limits,
            meters: store.part(),
            store,
            rules,
            secret,
            started: Instant::now(),
            // Another process' ids differ in the upper half.
            next_id: AtomicU64::new((u64::from(rand::random::<u32>() >> 1) << 32) | 1),
            channels: Mutex::default(),
            connections: Mutex::default(),
            places: Arc::new(Places::new(limits.connections)),
            visitors: Mutex::default(),
            people: Mutex::default(),
            apart: Mutex::default(),
            leaving: Mutex::default(),
            ending: Mutex::default(),
            moved: Moved::default(),
            happened: Moved::default(),
            traffic: Mutex::default(),
            backlog: AtomicUsize::new(0),
        }
    }

    /// What is counted of the server.
    pub fn meters(&self) -> &Arc<Meters> {
        &self.meters
    }

    /// The store that the log is in.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The application's rules.
    pub fn rules(&self) -> &dyn Rules {
        self.rules.as_ref()
    }

    /// What Plenum's own application signs with.
    pub fn secret(&self) -> &AppSecret {
        &self.secret
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The live layer's settings.
    pub fn settings(&self) -> &Realtime {
        &self.settings
    }

    /// What has moved and is to be followed.
    pub fn moved(&self) -> &Moved {
        &self.moved
    }

    /// Where something has happened, of which those who follow are to be told.
    pub fn happened(&self) -> &Moved {
        &self.happened
    }

    /// Whole seconds since the hub was made.
    pub fn clock(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// Puts `connection` on the channel, joining; `None` if it is there already.
    pub fn register(&self, connection: &Arc<Connection>, name: &str) -> Option<Arc<Channel>> {
        let mut channels = lock(&self.channels);
        let channel = match channels.get(name) {
            Some(channel) => Arc::clone(channel),
            None => {
                let channel = Arc::new(Channel { name: name.into(), members: Mutex::default() });
                channels.insert(Arc::clone(&channel.name), Arc::clone(&channel));
                channel
            }
        };
        let mut members = lock(&channel.members);
        if members.subscribers.contains_key(&connection.id) {
            return None;
        }
        let subscriber = Subscriber { connection: Arc::clone(connection), phase: Phase::Joining { revoked: false } };
        members.subscribers.insert(connection.id, subscriber);
        drop(members);
        drop(channels);
        lock(&connection.channels).push(Arc::clone(&channel));
        Some(channel)
    }

    /// The rule said yes: tells the client, and on a presence channel everyone else.
    pub fn admit(
        &self,
        connection: &Arc<Connection>,
        channel: &Arc<Channel>,
        until: Option<Millis>,
        member: Option<String>,
        extent: &Extent,
        recovered: Option<bool>,
    ) -> Joined {
        let mut members = lock(&channel.members);
        let Some(subscriber) = members.subscribers.get_mut(&connection.id) else { return Joined::Gone };
        if let Phase::Joining { revoked: revoked @ true } = &mut subscriber.phase {
            *revoked = false;
            return Joined::AskAgain;
        }
        let presence = self.rules.is_presence(&channel.name);
        // A presence channel has no log: whoever joins after this one is told to it.
        subscriber.phase = if presence { Phase::Live { after: 0 } } else { Phase::CatchingUp };
        if let Some(info) = member.filter(|_| presence) {
            self.join_roster(&mut members, connection, &channel.name, info);
        }
        let roster = presence.then(|| {
            let (apart, viewer) = (lock(&self.apart), connection.who().map(|who| who.person));
            members.roster.data(|person| viewer.is_some_and(|viewer| apart.are(viewer, person)))
        });
        let cursor = (!presence).then(|| extent.cursor());
        connection.say(&ServerFrame::succeeded(&channel.name, roster, cursor, recovered));
        drop(members);
        if let Some(until) = until {
            lock(&self.ending).insert((until, connection.id), Arc::clone(channel));
        }
        Joined::Admitted
    }

    /// Everything up to `reached` has been sent: enters the live stream, unless something
    /// newer went out meanwhile, which then comes from the log first.
    pub fn go_live(&self, connection: &Arc<Connection>, channel: &Channel, reached: u64) -> bool {
        let mut members = lock(&channel.members);
        if members.dispatched.is_some_and(|dispatched| dispatched > reached) {
            return false;
        }
        // Gone meanwhile counts as done: there is nobody to catch up.
        let Some(subscriber) = members.subscribers.get_mut(&connection.id) else { return true };
        subscriber.phase = Phase::Live { after: reached };
        members.dispatched.get_or_insert(reached);
        true
    }

    /// Takes a subscription back that was never told of.
    pub fn forget(&self, connection: &Arc<Connection>, channel: &Arc<Channel>) {
        lock(&connection.channels).retain(|known| !Arc::ptr_eq(known, channel));
        self.remove_subscriber(connection, channel, clock::instant());
    }

    /// Leaves a channel at the client's wish: gone from its roster at once.
    pub fn unsubscribe(&self, connection: &Arc<Connection>, name: &str) {
        let channel = lock(&connection.channels).iter().find(|channel| channel.name() == name).cloned();
        if let Some(channel) = channel {
            self.forget(connection, &channel);
            self.expire_roster(&channel, clock::instant());
        }
    }

    fn remove_subscriber(&self, connection: &Arc<Connection>, channel: &Arc<Channel>, leaves_at: Instant) {
        let mut channels = lock(&self.channels);
        let mut members = lock(&channel.members);
        members.subscribers.swap_remove(&connection.id);
        let leaving = connection.who().is_some_and(|who| members.roster.leave(who.person, connection.id, leaves_at));
        if members.subscribers.len() * 4 < members.subscribers.capacity() {
            members.subscribers.shrink_to(16);
        }
        remove_if_empty(&mut channels, channel, &members);
        drop(members);
        drop(channels);
        if leaving {
            lock(&self.leaving).push((leaves_at, Arc::clone(channel)));
        }
    }

    /// True if the connection was admitted to the channel.
    pub fn is_subscribed(&self, connection: &Connection, name: &str) -> bool {
        let Some(channel) = self.channel(name) else { return false };
        let members = lock(&channel.members);
        members.subscribers.get(&connection.id).is_some_and(|subscriber| !matches!(subscriber.phase, Phase::Joining { .. }))
    }

    /// How many channels a connection is on.
    pub fn subscriptions_of(&self, connection: &Connection) -> usize {
        lock(&connection.channels).len()
    }

    fn channel(&self, name: &str) -> Option<Arc<Channel>> {
        lock(&self.channels).get(name).cloned()
    }

    /// The names of channels with somebody on them that begin with `prefix`.
    pub fn channels_named(&self, prefix: &str) -> Vec<Arc<str>> {
        lock(&self.channels).keys().filter(|name| name.starts_with(prefix)).cloned().collect()
    }

    /// True if somebody is on the channel.
    pub fn has_channel(&self, name: &str) -> bool {
        lock(&self.channels).contains_key(name)
    }

    /// The last number that went out on the channel, if somebody is on it.
    pub fn head(&self, name: &str) -> Option<u64> {
        let channel = self.channel(name)?;
        let members = lock(&channel.members);
        members.dispatched
    }

    /// Sends an event to all subscribers of a channel but `except`.
    pub fn deliver(&self, name: &str, encoded: &Encoded, except: Option<ConnectionId>) {
        self.deliver_unless(name, encoded, |connection| Some(connection.id) == except);
    }

    /// Sends what `person` does to all subscribers of a channel but `except` and those from whom they are kept apart.
    pub fn relay(&self, name: &str, encoded: &Encoded, person: PersonId, except: Option<ConnectionId>) {
        let others = lock(&self.apart).others(person);
        let is_left_out =
            |connection: &Connection| Some(connection.id) == except || connection.who().is_some_and(|who| others.contains(&who.person));
        self.deliver_unless(name, encoded, is_left_out);
    }

    fn deliver_unless(&self, name: &str, encoded: &Encoded, is_left_out: impl Fn(&Connection) -> bool) {
        let Some(channel) = self.channel(name) else { return };
        let mut members = lock(&channel.members);
        self.flush_members(&mut members);
        if members.is_next(encoded) {
            self.write(&mut members, std::slice::from_ref(encoded), is_left_out);
        }
    }

    /// Gathers a logged event for all subscribers of a channel: [`flush`](Self::flush) writes what the dispatcher has
    /// gathered in one go. Returns the channel if this is the first of them.
    pub fn gather(&self, name: &str, encoded: Encoded) -> Option<Arc<Channel>> {
        let channel = self.channel(name)?;
        let mut members = lock(&channel.members);
        if !members.is_next(&encoded) {
            return None;
        }
        members.gathered.push(encoded);
        if members.gathered.iter().map(|event| event.bytes.len()).sum::<usize>() > GATHERED_BYTES {
            self.flush_members(&mut members);
        }
        let first = members.gathered.len() == 1;
        drop(members);
        first.then_some(channel)
    }

    /// Writes what is gathered for a channel.
    pub fn flush(&self, channel: &Channel) {
        self.flush_members(&mut lock(&channel.members));
    }

    fn flush_members(&self, members: &mut Members) {
        let gathered = std::mem::take(&mut members.gathered);
        if !gathered.is_empty() {
            self.write(members, &gathered, |_| false);
        }
    }

    /// Writes events, to whoever gets all of them in one go.
    fn write(&self, members: &mut Members, events: &[Encoded], is_left_out: impl Fn(&Connection) -> bool) {
        let all = match events {
            [] => return,
            [one] => one.bytes.clone(),
            several => several
                .iter()
                .fold(BytesMut::new(), |mut all, event| {
                    all.extend_from_slice(&event.bytes);
                    all
                })
                .freeze(),
        };
        let weight = if let [one] = events { one.weight.clone() } else { Weight::Kept };
        let (mut deliveries, mut bytes) = (0_u32, 0_usize);
        for subscriber in members.subscribers.values() {
            let Phase::Live { after } = subscriber.phase else { continue };
            if is_left_out(&subscriber.connection) {
                continue;
            }
            let gets = |event: &&Encoded| event.seq.is_none_or(|seq| seq > after);
            if events.iter().all(|event| gets(&event)) {
                subscriber.connection.send(&all, &weight);
                deliveries += u32::try_from(events.len()).unwrap_or(u32::MAX);
                bytes += all.len();
                continue;
            }
            for event in events.iter().filter(gets) {
                subscriber.connection.send(&event.bytes, &event.weight);
                deliveries += 1;
                bytes += event.bytes.len();
            }
        }
        let now = db::now();
        let share = deliveries / u32::try_from(events.len()).unwrap_or(u32::MAX).max(1);
        let mut traffic = lock(&self.traffic);
        for event in events {
            members.traffic.note(&event.event, share, now);
            traffic.note(&event.event, share, now);
        }
        drop(traffic);
        metrics::counter!("plenum_live_deliveries_total").increment(u64::from(deliveries));
        metrics::counter!("plenum_live_bytes_total").increment(bytes as u64);
    }

    /// Subscribers may have missed an event: they come back and resume from the log.
    pub fn reset_channel(&self, name: &str) {
        let Some(channel) = self.channel(name) else { return };
        let members = lock(&channel.members);
        for subscriber in members.subscribers.values() {
            subscriber.connection.close(code::RECONNECT, "come back and resume");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A subscription that ends twice, with a new channel of the name between: the new one stays.
    #[test]
    fn an_old_channel_does_not_take_out_the_new_one() {
        let channel = || Arc::new(Channel { name: "private-room".into(), members: Mutex::default() });
        let (old, new) = (channel(), channel());
        let mut channels = HashMap::from([(Arc::clone(&old.name), Arc::clone(&old))]);
        remove_if_empty(&mut channels, &old, &Members::default());
        assert!(channels.is_empty());
        channels.insert(Arc::clone(&new.name), Arc::clone(&new));
        remove_if_empty(&mut channels, &old, &Members::default());
        assert!(Arc::ptr_eq(&channels["private-room"], &new));
    }
}
