//! The hub's part in connections: who comes in, who they turn out to be, who goes.

use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::Hub;
use crate::{
    connection::{Connection, End, lock},
    places::{Places, Whose},
    rules::Who,
};
use plenum_core::ids::ConnectionId;
use plenum_core::{clock, ids::PersonId, network::network};

impl Hub {
    /// A number for the next connection.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// Lets a connection in.
    ///
    /// # Errors
    /// Which limit it would exceed, in words.
    pub fn enter(&self, connection: &Arc<Connection>, shown: bool) -> Result<(), &'static str> {
        let most = |limit: usize, have: usize| limit != 0 && have >= limit;
        let mut connections = lock(&self.connections);
        if !connection.take_place(&self.places, Whose::Own) {
            return Err("the server is full");
        }
        match connection.who() {
            Some(who) => {
                let mut people = lock(&self.people);
                if most(self.limits.sockets_per_person, people.connections(who.person)) {
                    return Err("too many open tabs");
                }
                people.open(who.person, who.organisation, connection.id, shown);
            }
            None => {
                let mut visitors = lock(&self.visitors);
                let open = visitors.entry(network(connection.address)).or_default();
                if most(self.limits.anonymous_sockets_per_address, *open) {
                    return Err("too many sockets from this address");
                }
                *open += 1;
            }
        }
        connections.insert(connection.id, Arc::clone(connection));
        Ok(())
    }

    /// The places that sockets of external applications share with Plenum's own.
    pub fn places(&self) -> &Arc<Places> {
        &self.places
    }

    /// A visitor's connection turns out to be `who`'s.
    ///
    /// # Errors
    /// Why it cannot be, in words.
    pub fn adopt(&self, connection: &Connection, who: Who, shown: bool) -> Result<(), &'static str> {
        if let Some(known) = connection.who() {
            return if known == who { Ok(()) } else { Err("This connection is somebody else's.") };
        }
        let _entering = lock(&self.connections);
        let mut people = lock(&self.people);
        let most = self.limits.sockets_per_person;
        if most != 0 && people.connections(who.person) >= most {
            return Err("Too many connections of one person are open.");
        }
        connection.become_whose(who);
        people.open(who.person, who.organisation, connection.id, shown);
        drop(people);
        self.visitor_left(connection.address);
        Ok(())
    }

    fn visitor_left(&self, address: IpAddr) {
        let mut visitors = lock(&self.visitors);
        let address = network(address);
        if let Some(open) = visitors.get_mut(&address) {
            *open -= 1;
            if *open == 0 {
                visitors.remove(&address);
            }
        }
    }

    /// A connection is gone; its person stays present for the grace that `end` gives.
    pub fn leave(&self, connection: &Arc<Connection>, end: End) {
        {
            let mut connections = lock(&self.connections);
            connections.remove(&connection.id);
            if connections.len() * 4 < connections.capacity() {
                connections.shrink_to(64);
            }
        }
        let leaves_at = clock::instant() + self.grace(end);
        for channel in std::mem::take(&mut *lock(&connection.channels)) {
            self.remove_subscriber(connection, &channel, leaves_at);
        }
        let watched = std::mem::take(&mut *lock(&connection.watched));
        let mut people = lock(&self.people);
        people.unwatch(connection.id, &watched);
        if let Some(who) = connection.who() {
            people.close(who.person, connection.id, leaves_at);
        } else {
            drop(people);
            self.visitor_left(connection.address);
        }
    }

    fn grace(&self, end: End) -> Duration {
        match end {
            End::Closed => Duration::from_secs(self.settings.leave_seconds),
            End::Lost => Duration::from_secs(self.settings.lost_leave_seconds),
            End::SignedOut => Duration::ZERO,
        }
    }

    /// All connections now.
    pub fn all_connections(&self) -> Vec<Arc<Connection>> {
        lock(&self.connections).values().cloned().collect()
    }

    /// True if `person` has a socket open.
    pub fn is_connected(&self, person: PersonId) -> bool {
        lock(&self.people).connections(person) > 0
    }

    /// The sockets of `person`.
    pub fn connections_of(&self, person: PersonId) -> Vec<Arc<Connection>> {
        let ids = lock(&self.people).connections_of(person);
        let connections = lock(&self.connections);
        ids.iter().filter_map(|id| connections.get(id).cloned()).collect()
    }
}
