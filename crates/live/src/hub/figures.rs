//! What those who watch over the live layer are told.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Figures, Flow, Hub, Ordering, lock, traffic};
use plenum_core::ids::OrganisationId;
use plenum_store::db;

/// What is open of an organisation, and what passes there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    /// People with an open socket or within their grace, seen or not.
    pub people: usize,
    /// Their sockets.
    pub connections: usize,
    /// Channels with somebody on them.
    pub channels: usize,
    /// Subscriptions on these.
    pub subscriptions: usize,
    /// Events a second on these, over about ten seconds.
    pub events: f64,
    /// Deliveries a second: each event to each subscriber.
    pub deliveries: f64,
}

impl Hub {
    /// Figures for status and metrics.
    pub fn figures(&self) -> Figures {
        let connections = lock(&self.connections).len();
        let channels = lock(&self.channels).len();
        Figures { connections, channels, people: lock(&self.people).count() }
    }

    /// What passes on all channels.
    pub fn flow(&self) -> Flow {
        lock(&self.traffic).flow(db::now())
    }

    /// Commits that waited for the dispatcher when it last looked.
    pub fn dispatch_queue(&self) -> usize {
        self.backlog.load(Ordering::Relaxed)
    }

    pub fn note_backlog(&self, commits: usize) {
        self.backlog.store(commits, Ordering::Relaxed);
    }

    /// The channels with somebody on them on which something went out, and the last number that did.
    pub fn dispatched(&self) -> Vec<(Arc<str>, u64)> {
        let channels: Vec<_> = lock(&self.channels).values().cloned().collect();
        channels.into_iter().filter_map(|channel| Some((Arc::clone(&channel.name), lock(&channel.members).dispatched?))).collect()
    }

    /// Subscriptions of all connections, and the bytes that wait for them.
    pub fn load(&self) -> (usize, usize) {
        let connections = self.all_connections();
        let subscriptions = connections.iter().map(|connection| self.subscriptions_of(connection)).sum();
        (subscriptions, connections.iter().map(|connection| connection.queued()).sum())
    }

    /// How many connections are on the channel.
    pub fn subscribers(&self, name: &str) -> usize {
        self.channel(name).map_or(0, |channel| lock(&channel.members).subscribers.len())
    }

    /// How many look at the channel: a person once over all connections, visitors by theirs.
    pub fn watchers(&self, name: &str) -> usize {
        let Some(channel) = self.channel(name) else { return 0 };
        let members = lock(&channel.members);
        let people = members.subscribers.values().filter_map(|subscriber| subscriber.connection.who());
        let distinct: HashSet<_> = people.clone().map(|who| who.person).collect();
        members.subscribers.len() - people.count() + distinct.len()
    }

    /// What passes at each organisation, in one pass over people and channels. A channel counts for the organisation of the first
    /// of its subscribers who is known: people of two meet on public channels only.
    pub fn loads(&self) -> HashMap<OrganisationId, Load> {
        let mut loads: HashMap<OrganisationId, Load> = HashMap::new();
        for (organisation, connections) in lock(&self.people).open_in() {
            let load = loads.entry(organisation).or_default();
            load.people += 1;
            load.connections += connections;
        }
        let channels: Vec<_> = lock(&self.channels).values().cloned().collect();
        let now = db::now();
        for channel in channels {
            let members = lock(&channel.members);
            let whose = members.subscribers.values().find_map(|subscriber| Some(subscriber.connection.who()?.organisation));
            if let Some(organisation) = whose {
                let flow = members.traffic.flow(now);
                let load = loads.entry(organisation).or_default();
                load.channels += 1;
                load.subscriptions += members.subscribers.len();
                load.events += flow.events;
                load.deliveries += flow.deliveries;
            }
        }
        loads
    }

    /// The channels that somebody of `organisation` is on; with `visitors` those too that nobody is on who is signed in.
    pub fn channel_figures(&self, organisation: OrganisationId, visitors: bool) -> Vec<traffic::Figures> {
        let channels: Vec<_> = lock(&self.channels).values().cloned().collect();
        let now = db::now();
        channels
            .iter()
            .filter_map(|channel| {
                let members = lock(&channel.members);
                // People of two organisations meet on public channels only.
                let mut whose =
                    members.subscribers.values().filter_map(|subscriber| Some(subscriber.connection.who()?.organisation)).peekable();
                let belongs = if whose.peek().is_none() { visitors } else { whose.any(|known| known == organisation) };
                (belongs && !members.subscribers.is_empty()).then(|| traffic::Figures {
                    name: channel.name.clone(),
                    subscriptions: members.subscribers.len(),
                    people: self.rules.is_presence(&channel.name).then(|| members.roster.count()),
                    flow: members.traffic.flow(now),
                })
            })
            .collect()
    }
}
