//! The hub's part in presence: rosters of channels, and who is online for those who watch.

use std::{sync::Arc, time::Instant};

use super::{Channel, Hub, Members, Phase, remove_if_empty};
use crate::{
    connection::{Connection, lock},
    dispatcher::Encoded,
    outbound::Weight,
};
use plenum_core::{
    ids::{OrganisationId, PersonId},
    people::Scope,
    protocol::{ServerFrame, event},
};

impl Hub {
    /// `connection` follows the presence of `people`, at most as many as the limit says, and is answered.
    pub fn watch(&self, connection: &Arc<Connection>, mut people: Vec<PersonId>) {
        let Some(who) = connection.who().filter(|who| who.scopes.has(Scope::Read)) else { return };
        people.sort_unstable();
        people.dedup();
        if self.limits.watched_people != 0 {
            people.truncate(self.limits.watched_people);
        }
        let before = std::mem::replace(&mut *lock(&connection.watched), people.clone());
        let mut table = lock(&self.people);
        table.watch(connection.id, who.organisation, &before, &people);
        let (online, offline): (Vec<PersonId>, Vec<PersonId>) =
            people.into_iter().partition(|person| table.is_online(*person, who.organisation));
        connection.say(&online_frame(&online, &offline));
    }

    /// What a person lets others see has changed.
    pub fn show_presence(&self, person: PersonId, shown: bool) {
        lock(&self.people).show(person, shown);
        for connection in self.connections_of(person) {
            for channel in lock(&connection.channels).clone() {
                let mut members = lock(&channel.members);
                if !shown && members.roster.remove(person) {
                    let data = format!(r#"{{"user_id":"{person}"}}"#);
                    others_notify(&members, person, &ServerFrame::new(event::MEMBER_REMOVED, data).on(channel.name()));
                }
            }
        }
    }

    pub(super) fn show_in_roster(&self, connection: &Arc<Connection>, channel: &Channel, info: String) {
        let mut members = lock(&channel.members);
        let live = members.subscribers.get(&connection.id).is_some_and(|subscriber| matches!(subscriber.phase, Phase::Live { .. }));
        if live && self.rules.is_presence(&channel.name) {
            join_roster(&mut members, connection, &channel.name, info);
        }
    }

    /// Who of an organisation is online and lets others see it, by id.
    pub fn people_online(&self, organisation: OrganisationId) -> Vec<PersonId> {
        lock(&self.people).online_in(organisation)
    }

    /// Tells watchers who came and went; called once a second.
    pub fn watchers_notify(&self) {
        let changes = lock(&self.people).take_changes();
        for (id, people) in changes {
            let connection = lock(&self.connections).get(&id).cloned();
            let Some((connection, who)) = connection.and_then(|connection| connection.who().map(|who| (connection, who))) else { continue };
            let table = lock(&self.people);
            let (online, offline): (Vec<PersonId>, Vec<PersonId>) =
                people.into_iter().partition(|person| table.is_online(*person, who.organisation));
            drop(table);
            connection.say(&online_frame(&online, &offline));
        }
    }

    /// Takes out whose grace is over; returns those who are offline now. Called several times a second.
    pub fn expire(&self, at: Instant) -> Vec<PersonId> {
        let due: Vec<Arc<Channel>> = {
            let mut leaving = lock(&self.leaving);
            let due = leaving.iter().filter(|(leaves_at, _)| *leaves_at <= at).map(|(_, channel)| Arc::clone(channel)).collect();
            leaving.retain(|(leaves_at, _)| *leaves_at > at);
            due
        };
        for channel in due {
            self.expire_roster(&channel, at);
        }
        lock(&self.people).expire(at)
    }

    pub(super) fn expire_roster(&self, channel: &Arc<Channel>, at: Instant) {
        let mut channels = lock(&self.channels);
        let mut members = lock(&channel.members);
        for person in members.roster.expire(at) {
            let data = format!(r#"{{"user_id":"{person}"}}"#);
            others_notify(&members, person, &ServerFrame::new(event::MEMBER_REMOVED, data).on(channel.name()));
        }
        remove_if_empty(&mut channels, channel, &members);
    }
}

/// Puts the connection's person on the roster, and tells the others if they are new there.
pub(super) fn join_roster(members: &mut Members, connection: &Connection, channel: &str, info: String) {
    let Some(who) = connection.who() else { return };
    let data = format!(r#"{{"user_id":"{}","user_info":{info}}}"#, who.person);
    if members.roster.join(who.person, connection.id, info) {
        others_notify(members, who.person, &ServerFrame::new(event::MEMBER_ADDED, data).on(channel));
    }
}

fn others_notify(members: &Members, person: PersonId, frame: &ServerFrame) {
    let encoded = Encoded::control(frame);
    for subscriber in members.subscribers.values() {
        let own = subscriber.connection.who().is_some_and(|who| who.person == person);
        if !own && matches!(subscriber.phase, Phase::Live { .. }) {
            subscriber.connection.send(&encoded.bytes, &Weight::Kept);
        }
    }
}

fn online_frame(online: &[PersonId], offline: &[PersonId]) -> ServerFrame {
    ServerFrame::new(event::ONLINE, serde_json::json!({ "online": online, "offline": offline }).to_string())
}
