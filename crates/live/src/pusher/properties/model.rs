//! What an external application's sockets should do, in the fewest words: sets of who is where, and for each
//! step the frames that each connection gets.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names::{Access, ChannelKind, USER_PREFIX};

/// Which of a few connections.
pub type Slot = usize;
/// Frames that the connections get, in no particular order.
pub type Frames = BTreeMap<Slot, Vec<String>>;

/// People who fit on a presence channel.
pub const FIT: usize = 2;
/// Client events of one connection: as many as the limit of a second allows, so that no clock matters.
pub const CLIENT_EVENTS: u32 = 10;

/// How a subscription is authorised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Auth {
    /// With the right signature, and member data on presence channels.
    Right,
    /// With the right signature of the channel alone.
    RightWithoutMember,
    /// With the right signature of member data that has no id.
    RightOfNonsense,
    /// With another application's secret.
    Guessed,
    /// With a signature for another connection.
    Stolen,
    /// Not at all.
    None,
}

/// What a person, a client or a backend does.
#[derive(Debug, Clone)]
pub enum Step {
    Connect(Slot),
    /// With a close frame, or without a word.
    Disconnect(Slot, bool),
    Subscribe(Slot, &'static str, &'static str, Auth),
    Unsubscribe(Slot, &'static str),
    /// With the right signature or not; whom they watch.
    SignIn(Slot, &'static str, bool, Option<&'static str>),
    ClientEvent(Slot, &'static str),
    Publish(&'static str, Option<Slot>),
    Nonsense(Slot, String),
    Terminate(&'static str),
    /// A second passes: counts are told.
    Tick,
}

impl Step {
    /// The connection that does it.
    pub fn cause(&self) -> Option<Slot> {
        match self {
            Self::Connect(slot) | Self::Disconnect(slot, _) | Self::Subscribe(slot, ..) | Self::Unsubscribe(slot, _) => Some(*slot),
            Self::SignIn(slot, ..) | Self::ClientEvent(slot, _) | Self::Nonsense(slot, _) => Some(*slot),
            Self::Publish(..) | Self::Terminate(_) | Self::Tick => None,
        }
    }
}

#[derive(Debug, Default)]
struct Client {
    user: Option<&'static str>,
    watches: Option<&'static str>,
    sent: u32,
}

#[derive(Debug, Default)]
struct Place {
    /// Who is on it, and for whom on presence channels.
    subscribers: BTreeMap<Slot, Option<&'static str>>,
    cached: Option<u64>,
    count_changed: bool,
}

/// The state of the application.
#[derive(Debug, Default)]
pub struct Model {
    clients: BTreeMap<Slot, Client>,
    places: BTreeMap<&'static str, Place>,
    published: u64,
    frames: Frames,
}

impl Model {
    /// Does a step: what everyone gets by it, and who is closed. `None` if it cannot be done now.
    pub fn step(&mut self, step: &Step) -> Option<(Frames, BTreeSet<Slot>)> {
        let mut closed = BTreeSet::new();
        let needs = if let Step::Publish(_, except) = step { *except } else { step.cause() };
        let is_there = needs.is_none_or(|slot| self.clients.contains_key(&slot));
        if is_there == matches!(step, Step::Connect(_)) {
            return None;
        }
        match step {
            Step::Connect(slot) => {
                self.clients.insert(*slot, Client::default());
                self.tell(*slot, "pusher:connection_established");
            }
            Step::Disconnect(slot, _) => self.depart(*slot),
            Step::Subscribe(slot, channel, user, auth) => self.subscribe(*slot, channel, user, *auth),
            Step::Unsubscribe(slot, channel) => self.leave(*slot, channel),
            Step::SignIn(slot, _, false, _) => {
                closed.insert(*slot);
                self.depart(*slot);
            }
            Step::SignIn(slot, user, true, watches) => self.sign_in(*slot, user, *watches),
            Step::ClientEvent(slot, channel) => return self.client_event(*slot, channel).then(|| (self.taken(), closed)),
            Step::Publish(channel, except) => self.publish(channel, *except),
            Step::Nonsense(slot, _) => self.tell(*slot, "pusher:error"),
            Step::Terminate(user) => {
                closed = self.connections_of(user);
                closed.iter().for_each(|slot| self.depart(*slot));
            }
            Step::Tick => self.tick(),
        }
        Some((self.taken(), closed))
    }

    fn taken(&mut self) -> Frames {
        let clients = &self.clients;
        std::mem::take(&mut self.frames).into_iter().filter(|(slot, _)| clients.contains_key(slot)).collect()
    }

    fn tell(&mut self, slot: Slot, frame: impl Into<String>) {
        self.frames.entry(slot).or_default().push(frame.into());
    }

    fn send_to_all(&mut self, channel: &str, except: impl Fn(Slot, Option<&str>) -> bool, frame: &str) {
        let subscribers = self.places.get(channel).map(|place| place.subscribers.clone()).unwrap_or_default();
        for (slot, member) in subscribers {
            if !except(slot, member) {
                self.tell(slot, frame);
            }
        }
    }

    fn subscribe(&mut self, slot: Slot, channel: &'static str, user: &'static str, auth: Auth) {
        let refuse = |status: u16| format!("refused {channel} {status}");
        let Some(kind) = ChannelKind::of(channel) else { return self.tell(slot, refuse(400)) };
        let signed_in = self.clients.get(&slot).and_then(|client| client.user);
        let with_data = kind.is_presence() && matches!(auth, Auth::Right | Auth::RightOfNonsense);
        let member = match kind.access {
            Access::User if channel.strip_prefix(USER_PREFIX) == signed_in => None,
            Access::User => return self.tell(slot, refuse(403)),
            Access::Public => None,
            _ if matches!(auth, Auth::Guessed | Auth::Stolen | Auth::None) => return self.tell(slot, refuse(401)),
            Access::Presence if auth == Auth::RightOfNonsense => return self.tell(slot, refuse(400)),
            Access::Presence if with_data => Some(user),
            Access::Presence => match signed_in {
                None => return self.tell(slot, refuse(401)),
                signed_in => signed_in,
            },
            Access::Private | Access::Encrypted => None,
        };
        let place = self.places.entry(channel).or_default();
        if place.subscribers.contains_key(&slot) {
            return self.tell(slot, "pusher:error");
        }
        let mut roster: BTreeSet<&str> = place.subscribers.values().flatten().copied().collect();
        let new = member.is_some_and(|member| !roster.contains(member));
        if new && roster.len() >= FIT {
            return self.tell(slot, refuse(403));
        }
        place.subscribers.insert(slot, member);
        place.count_changed = true;
        let cached = place.cached;
        if let Some(member) = member.filter(|_| new) {
            self.send_to_all(channel, |other, _| other == slot, &format!("added {channel} {member}"));
        }
        roster.extend(member);
        self.tell(slot, format!("joined {channel} {roster:?}"));
        if kind.cache {
            self.tell(slot, cached.map_or_else(|| format!("miss {channel}"), |number| format!("event {channel} {number}")));
        }
    }

    fn leave(&mut self, slot: Slot, channel: &'static str) {
        let Some(place) = self.places.get_mut(channel) else { return };
        let Some(member) = place.subscribers.remove(&slot) else { return };
        place.count_changed = true;
        let stays = place.subscribers.values().any(|other| *other == member);
        if let Some(member) = member.filter(|_| !stays) {
            self.send_to_all(channel, |_, _| false, &format!("removed {channel} {member}"));
        }
    }

    fn depart(&mut self, slot: Slot) {
        let channels: Vec<&'static str> = self.places.keys().copied().collect();
        channels.into_iter().for_each(|channel| self.leave(slot, channel));
        self.sign_out(slot);
        self.clients.remove(&slot);
    }

    /// Connections that a user is signed in on.
    fn connections_of(&self, user: &str) -> BTreeSet<Slot> {
        self.clients.iter().filter(|(_, client)| client.user == Some(user)).map(|(slot, _)| *slot).collect()
    }

    fn watchers_notify(&mut self, user: &str, change: &str) {
        let watchers: Vec<Slot> = self.clients.iter().filter(|(_, client)| client.watches == Some(user)).map(|(slot, _)| *slot).collect();
        watchers.into_iter().for_each(|slot| self.tell(slot, format!("{change} {user}")));
    }

    fn sign_out(&mut self, slot: Slot) -> Option<&'static str> {
        let client = self.clients.get_mut(&slot)?;
        client.watches = None;
        let user = client.user.take()?;
        if self.connections_of(user).is_empty() {
            self.watchers_notify(user, "offline");
        }
        Some(user)
    }

    fn sign_in(&mut self, slot: Slot, user: &'static str, watches: Option<&'static str>) {
        // Whoever becomes somebody else does not go on reading what is written to the one before.
        if let Some(before) = self.sign_out(slot).filter(|before| *before != user) {
            let own = self.places.keys().copied().find(|channel| channel.strip_prefix(USER_PREFIX) == Some(before));
            own.into_iter().for_each(|channel| self.leave(slot, channel));
        }
        self.tell(slot, format!("signed in {user}"));
        if self.connections_of(user).is_empty() {
            self.watchers_notify(user, "online");
        }
        self.clients.entry(slot).and_modify(|client| (client.user, client.watches) = (Some(user), watches));
        if let Some(watched) = watches {
            let change = if self.connections_of(watched).is_empty() { "offline" } else { "online" };
            self.tell(slot, format!("{change} {watched}"));
        }
    }

    /// False if it would be one too many.
    fn client_event(&mut self, slot: Slot, channel: &'static str) -> bool {
        let Some(client) = self.clients.get_mut(&slot).filter(|client| client.sent < CLIENT_EVENTS) else { return false };
        client.sent += 1;
        let takes = ChannelKind::of(channel).is_some_and(ChannelKind::takes_client_events);
        let sender = self.places.get(channel).and_then(|place| place.subscribers.get(&slot)).copied();
        match sender.filter(|_| takes) {
            Some(member) => self.send_to_all(channel, |other, _| other == slot, &format!("whisper {channel} {member:?}")),
            None => self.tell(slot, "pusher:error"),
        }
        true
    }

    fn publish(&mut self, channel: &'static str, except: Option<Slot>) {
        let Some(kind) = ChannelKind::of(channel) else { return };
        self.published += 1;
        let number = self.published;
        if kind.cache {
            self.places.entry(channel).or_default().cached = Some(number);
        }
        self.send_to_all(channel, |slot, _| Some(slot) == except, &format!("event {channel} {number}"));
    }

    fn tick(&mut self) {
        let changed: Vec<(&'static str, usize)> = self
            .places
            .iter_mut()
            .filter(|(channel, place)| place.count_changed && !ChannelKind::of(channel).is_some_and(ChannelKind::is_presence))
            .map(|(channel, place)| {
                place.count_changed = false;
                (*channel, place.subscribers.len())
            })
            .collect();
        for (channel, count) in changed {
            self.send_to_all(channel, |_, _| false, &format!("count {channel} {count}"));
        }
    }

    /// The number that the next publication gets.
    pub fn next_number(&self) -> u64 {
        self.published + 1
    }

    /// How many connections and people of each channel there are.
    pub fn places(&self) -> impl Iterator<Item = (&'static str, usize, BTreeSet<&'static str>)> {
        self.places
            .iter()
            .map(|(channel, place)| (*channel, place.subscribers.len(), place.subscribers.values().flatten().copied().collect()))
    }

    /// The connections that are open.
    pub fn connected(&self) -> Vec<Slot> {
        self.clients.keys().copied().collect()
    }

    /// How many people are signed in.
    pub fn signed_in(&self) -> usize {
        self.clients.values().filter_map(|client| client.user).collect::<BTreeSet<_>>().len()
    }
}
