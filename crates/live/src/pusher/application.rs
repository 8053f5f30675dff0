//! An external application while the server runs: its settings, its connections, channels and users.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    channel::{Channel, Left},
    names::ChannelKind,
    record::{self, Record},
    signature::AppSecret,
    sockets::Sockets,
    tap::{Tap, What},
    users::Users,
    webhooks::{Hook, Outbox, Webhook},
};
use crate::{
    connection::{Connection, lock},
    places::Places,
    settings::Limits,
    traffic::{Flow, Traffic},
};
use plenum_core::{
    cursor::Epoch,
    ids::{ConnectionId, OrganisationId},
    protocol::code,
};
use plenum_store::{
    db::{self, Store},
    meters::Meters,
};

/// What an admin has set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the HTTP API's paths name it.
    pub app_id: String,
    /// As the socket's address and every signature name it.
    pub key: String,
    /// The secrets that are valid: one, or two while they are being changed; the newest first.
    pub secrets: Vec<AppSecret>,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Switched on.
    pub enabled: bool,
    /// Origins whose pages may open its socket; empty: any.
    pub origins: Vec<String>,
    /// Its clients may send events to each other.
    pub client_events: bool,
    /// Counts of subscribers are told.
    pub subscription_counts: bool,
    /// Its events are written to the database's log before they go out.
    pub durable: bool,
    /// Sockets at the most; 0: as many as the server's settings say.
    pub connections: usize,
    /// People on one presence channel at the most; 0: any number.
    pub presence_members: usize,
    /// Bytes of an event's data at the most; 0: any.
    pub data_bytes: usize,
    /// Where it wants to be told what happens.
    pub webhooks: Vec<Webhook>,
}

impl Settings {
    /// The secret to sign with.
    pub fn secret(&self) -> Option<&AppSecret> {
        self.secrets.first()
    }

    /// True if `signature` of `message` was made with a valid secret.
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        // All are tried, so that the time does not tell which one it was.
        self.secrets.iter().fold(false, |valid, secret| valid | secret.verify(message, signature))
    }

    /// True if `auth` (`key:signature`) is this application's signature of `message`.
    pub fn authorises(&self, message: &str, auth: &str) -> bool {
        auth.split_once(':').is_some_and(|(key, signature)| key == self.key && self.verify(message.as_bytes(), signature))
    }

    /// True if a page of `origin` may open a socket or ask across origins.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|allowed| allowed == origin)
    }
}

/// Writes what is published on a channel when those who are publishing at this moment have done so, and the write before
/// has been rested from. In a task of its own: a request that goes away takes nothing with it.
fn flush_soon(channel: Arc<Channel>, meters: Arc<Meters>) {
    let published = Instant::now();
    let Some(rest) = channel.next_flush(published) else { return };
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return channel.flush_gathered() };
    runtime.spawn(async move {
        if rest.as_millis() == 0 {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(rest).await;
        }
        channel.flush_gathered();
        let took = published.elapsed();
        metrics::histogram!("plenum_live_publish_seconds").record(took.as_secs_f64());
        meters.publish.record(took);
    });
}

/// A running application.
#[derive(Debug)]
pub struct App {
    /// Its row.
    pub id: i64,
    settings: RwLock<Arc<Settings>>,
    limits: Limits,
    /// Where a durable log is; without it none is.
    store: Option<Store>,
    meters: Arc<Meters>,
    /// The life of the backlogs in memory.
    epoch: RwLock<Epoch>,
    started: Instant,
    next_id: AtomicU64,
    sockets: Mutex<Sockets>,
    channels: Mutex<HashMap<Arc<str>, Arc<Channel>>>,
    /// Who is signed in, and who wants to know.
    pub users: Users,
    /// What its webhooks are to be told.
    pub outbox: Outbox,
    /// What its console is to be shown.
    pub tap: Tap,
    /// Who was last let in, and who was refused.
    pub record: Record,
    traffic: Mutex<Traffic>,
    /// The channel that is being published on: its events go out before another channel's.
    gathering: Mutex<Option<Arc<Channel>>>,
}

fn new_epoch() -> Epoch {
    Epoch(format!("{:016x}", rand::random::<u64>()))
}

impl App {
    /// An application with nobody on it, and nothing but memory for a log.
    pub fn new(id: i64, settings: Settings) -> Self {
        Self {
            id,
            settings: RwLock::new(Arc::new(settings)),
            limits: Limits::default(),
            store: None,
            meters: Arc::default(),
            epoch: RwLock::new(new_epoch()),
            started: Instant::now(),
            next_id: AtomicU64::new((u64::from(rand::random::<u32>() >> 1) << 32) | 1),
            sockets: Mutex::default(),
            channels: Mutex::default(),
            users: Users::default(),
            outbox: Outbox::default(),
            tap: Tap::default(),
            record: Record::default(),
            traffic: Mutex::default(),
            gathering: Mutex::default(),
        }
    }

    /// The same, within the server's limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The server's limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The same, with a place for a durable log.
    #[must_use]
    pub fn over(self, store: Store) -> Self {
        Self { meters: store.part(), store: Some(store), ..self }
    }

    /// What is set now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes other settings; one that is switched off says goodbye to all.
    pub fn configure(&self, settings: Settings) {
        let (enabled, durable) = (settings.enabled, settings.durable);
        let before = std::mem::replace(&mut *self.settings.write().unwrap_or_else(PoisonError::into_inner), Arc::new(settings));
        if before.durable != durable {
            // The numbers of one log mean nothing in the other.
            *self.epoch.write().unwrap_or_else(PoisonError::into_inner) = new_epoch();
            for channel in self.all_channels() {
                channel.renumber();
            }
        }
        if !enabled {
            self.switch_off();
        }
    }

    /// What is counted of the server.
    pub fn meters(&self) -> &Arc<Meters> {
        &self.meters
    }

    /// Where the durable log is, if that is switched on.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref().filter(|_| self.settings().durable)
    }

    /// Its events are written to the database's log before they go out.
    pub fn is_durable(&self) -> bool {
        self.store().is_some()
    }

    /// Says goodbye to all.
    pub fn switch_off(&self) {
        for connection in self.all_connections() {
            connection.close(code::DISABLED, "this application has been switched off");
        }
    }

    /// The life of its backlogs in memory: this process', or since the log was last switched.
    pub fn epoch(&self) -> Epoch {
        self.epoch.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts an event that went to so many.
    pub fn count(&self, event: &str, deliveries: u32) {
        lock(&self.traffic).note(&event.into(), deliveries, db::now());
    }

    /// What passes on all its channels.
    pub fn flow(&self) -> Flow {
        lock(&self.traffic).flow(db::now())
    }

    /// Whole seconds since it was loaded.
    pub fn clock(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// A number for the next connection.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// Lets a connection in, if there is one of the `places` for it; false if there are too many.
    pub fn enter(&self, connection: &Arc<Connection>, places: &Arc<Places>) -> bool {
        let own = self.settings().connections;
        let most = if own == 0 { self.limits.connections_per_application } else { own };
        let entered = lock(&self.sockets).enter(connection, places, most, self.limits.application_sockets_per_address);
        if let Err(reason) = entered {
            self.record.refuse(record::What::Socket, &reason);
            return false;
        }
        self.record.connected();
        self.tap.note(What::Connected, Some(connection.id), None, None);
        true
    }

    /// A connection is gone.
    pub(super) fn forget(&self, connection: ConnectionId) {
        lock(&self.sockets).leave(connection);
        self.tap.note(What::Disconnected, Some(connection), None, None);
    }

    /// All connections now.
    pub fn all_connections(&self) -> Vec<Arc<Connection>> {
        lock(&self.sockets).by_id.values().cloned().collect()
    }

    /// How many sockets are open.
    pub fn connection_count(&self) -> usize {
        lock(&self.sockets).by_id.len()
    }

    /// Channels with somebody on them, subscriptions, and the bytes that wait for all connections.
    pub fn load(&self) -> (usize, usize, usize) {
        let counts: Vec<usize> =
            self.all_channels().iter().map(|channel| channel.counts().subscriptions).filter(|count| *count > 0).collect();
        let queued = self.all_connections().iter().map(|connection| connection.queued()).sum();
        (counts.len(), counts.iter().sum(), queued)
    }

    /// The connection with this `socket_id`.
    pub fn connection_of(&self, socket_id: &str) -> Option<ConnectionId> {
        let (upper, lower) = socket_id.split_once('.')?;
        let (upper, lower): (u32, u32) = (upper.parse().ok()?, lower.parse().ok()?);
        Some(ConnectionId((u64::from(upper) << 32) | u64::from(lower)))
    }

    /// The channel of this name, if anybody is on it or anything of it is kept.
    pub fn channel(&self, name: &str) -> Option<Arc<Channel>> {
        lock(&self.channels).get(name).cloned()
    }

    /// The channel of this name, made if need be; `None` if that is no name. While it is held it is not forgotten.
    pub fn open(&self, name: &str) -> Option<Arc<Channel>> {
        let mut channels = lock(&self.channels);
        if let Some(channel) = channels.get(name) {
            return Some(Arc::clone(channel));
        }
        let kind = ChannelKind::of(name)?;
        let name: Arc<str> = name.into();
        let channel = Arc::new(Channel::new(Arc::clone(&name), kind));
        channels.insert(name, Arc::clone(&channel));
        Some(channel)
    }

    /// All channels, by name.
    pub fn all_channels(&self) -> Vec<Arc<Channel>> {
        let mut channels: Vec<Arc<Channel>> = lock(&self.channels).values().cloned().collect();
        channels.sort_by(|a, b| a.name().cmp(b.name()));
        channels
    }

    /// Sends an event to a channel. False if that is no channel's name.
    pub fn publish(&self, channel: &str, event: &str, data: &str, except: Option<ConnectionId>) -> bool {
        let Some(channel) = self.open(channel) else { return false };
        self.gather(channel, event, |channel| channel.publish(event, data, except, Instant::now()));
        true
    }

    /// Lets `publish` gather an event on a channel, which goes out in a moment; a subscriber of several channels gets
    /// their events in the order in which they were published.
    pub(super) fn gather(&self, channel: Arc<Channel>, event: &str, publish: impl FnOnce(&Channel) -> u32) {
        let mut gathering = lock(&self.gathering);
        if let Some(other) = gathering.take_if(|other| !Arc::ptr_eq(other, &channel)) {
            other.flush();
        }
        let deliveries = publish(&channel);
        *gathering = Some(Arc::clone(&channel));
        drop(gathering);
        self.count(event, deliveries);
        flush_soon(channel, Arc::clone(&self.meters));
    }

    /// Takes a connection off a channel, and tells the webhooks.
    pub(super) fn leave(&self, channel: &Channel, connection: ConnectionId) {
        let Left { vacated, member } = channel.leave(connection);
        self.tap.note(What::Unsubscribed, Some(connection), Some(channel.name()), None);
        let now = Instant::now();
        if let Some(user_id) = member {
            self.outbox.note(Hook::MemberRemoved { channel: Arc::clone(channel.name()), user_id }, now);
        }
        if vacated {
            self.outbox.note(Hook::ChannelVacated { channel: Arc::clone(channel.name()) }, now);
        }
    }

    /// What time brings; called once a second.
    pub fn tick(&self, now: Instant) {
        if !self.settings().subscription_counts {
            return;
        }
        for channel in self.all_channels() {
            if let Some(count) = channel.count_to_publish(now) {
                self.outbox.note(Hook::SubscriptionCount { channel: Arc::clone(channel.name()), count }, now);
            }
        }
    }

    /// Forgets channels that nothing is left of; called now and then.
    pub fn sweep(&self, now: Instant) {
        let gathering = lock(&self.gathering).take();
        if let Some(channel) = gathering {
            channel.flush();
        }
        let mut channels = lock(&self.channels);
        // Nobody else holds it, and nobody can take hold of it while this lock is held.
        channels.retain(|_, channel| !(channel.expire(now) && Arc::strong_count(channel) == 1));
        if channels.len() * 4 < channels.capacity() {
            channels.shrink_to(64);
        }
    }
}
