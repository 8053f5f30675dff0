//! The hub's part in presence: rosters of channels, and who is online for those who watch.

use std::{sync::Arc, time::Instant};

use super::{Channel, Hub, Members, Phase, remove_if_empty};
use crate::{
    apart::Apart,
    connection::{Connection, lock},
    dispatcher::Encoded,
    outbound::Weight,
    presence::People,
    rules::Who,
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
        table.watch(connection.id, who.person, who.organisation, &before, &people);
        connection.say(&self.online_frame(&table, who, people));
    }

    /// Which of `people` are online as `who` may see it.
    fn online_frame(&self, table: &People, who: Who, people: Vec<PersonId>) -> ServerFrame {
        let apart = lock(&self.apart);
        let (online, offline): (Vec<PersonId>, Vec<PersonId>) =
            people.into_iter().partition(|person| table.is_online(*person, who.organisation) && !apart.are(*person, who.person));
        ServerFrame::new(event::ONLINE, serde_json::json!({ "online": online, "offline": offline }).to_string())
    }

    /// Keeps these pairs apart, before anybody is here.
    pub fn keep_apart_all(&self, pairs: impl IntoIterator<Item = (PersonId, PersonId)>) {
        let mut apart = lock(&self.apart);
        for (one, other) in pairs {
            apart.set(one, other, true);
        }
    }

    /// Keeps two people apart from now on, or no longer: each leaves what the other sees of who is here, or comes back to it.
    pub fn keep_apart(&self, one: PersonId, other: PersonId, apart: bool) {
        if !lock(&self.apart).set(one, other, apart) {
            return;
        }
        lock(&self.people).part(one, other);
        for (seen, by) in [(one, other), (other, one)] {
            for connection in self.connections_of(by) {
                for channel in lock(&connection.channels).clone() {
                    let members = lock(&channel.members);
                    let live =
                        members.subscribers.get(&connection.id).is_some_and(|subscriber| matches!(subscriber.phase, Phase::Live { .. }));
                    let Some(info) = members.roster.info(seen).filter(|_| live) else { continue };
                    connection.say(&if apart { removed(seen, channel.name()) } else { added(seen, info, channel.name()) });
                }
            }
        }
    }

    /// What a person lets others see has changed.
    pub fn show_presence(&self, person: PersonId, shown: bool) {
        lock(&self.people).show(person, shown);
        for connection in self.connections_of(person) {
            for channel in lock(&connection.channels).clone() {
                let mut members = lock(&channel.members);
                if !shown && members.roster.remove(person) {
                    self.others_notify(&members, person, &removed(person, channel.name()));
                }
            }
        }
    }

    pub(super) fn show_in_roster(&self, connection: &Arc<Connection>, channel: &Channel, info: String) {
        let mut members = lock(&channel.members);
        let live = members.subscribers.get(&connection.id).is_some_and(|subscriber| matches!(subscriber.phase, Phase::Live { .. }));
        if live && self.rules.is_presence(&channel.name) {
            self.join_roster(&mut members, connection, &channel.name, info);
        }
    }

    /// Who of an organisation is online and lets `person`, who is of it, see it, by id.
    pub fn people_online(&self, organisation: OrganisationId, person: PersonId) -> Vec<PersonId> {
        let mut online = lock(&self.people).online_in(organisation);
        let apart = lock(&self.apart);
        online.retain(|other| !apart.are(person, *other));
        online
    }

    /// Tells watchers who came and went; called once a second.
    pub fn watchers_notify(&self) {
        let changes = {
            let mut people = lock(&self.people);
            people.take_changes(&lock(&self.apart))
        };
        for (id, people) in changes {
            let connection = lock(&self.connections).get(&id).cloned();
            let Some((connection, who)) = connection.and_then(|connection| connection.who().map(|who| (connection, who))) else { continue };
            let frame = self.online_frame(&lock(&self.people), who, people);
            connection.say(&frame);
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
            self.others_notify(&members, person, &removed(person, channel.name()));
        }
        remove_if_empty(&mut channels, channel, &members);
    }

    /// Puts the connection's person on the roster, and tells the others if they are new there.
    pub(super) fn join_roster(&self, members: &mut Members, connection: &Connection, channel: &str, info: String) {
        let Some(who) = connection.who() else { return };
        let frame = added(who.person, &info, channel);
        if members.roster.join(who.person, connection.id, info) {
            self.others_notify(members, who.person, &frame);
        }
    }

    /// Sends a frame about `person` to all but themselves and those from whom they are kept apart.
    fn others_notify(&self, members: &Members, person: PersonId, frame: &ServerFrame) {
        let encoded = Encoded::control(frame);
        let apart: &Apart = &lock(&self.apart);
        for subscriber in members.subscribers.values() {
            let is_left_out = subscriber.connection.who().is_some_and(|who| who.person == person || apart.are(who.person, person));
            if !is_left_out && matches!(subscriber.phase, Phase::Live { .. }) {
                subscriber.connection.send(&encoded.bytes, &Weight::Kept);
            }
        }
    }
}

fn added(person: PersonId, info: &str, channel: &str) -> ServerFrame {
    ServerFrame::new(event::MEMBER_ADDED, format!(r#"{{"user_id":"{person}","user_info":{info}}}"#)).on(channel)
}

fn removed(person: PersonId, channel: &str) -> ServerFrame {
    ServerFrame::new(event::MEMBER_REMOVED, format!(r#"{{"user_id":"{person}"}}"#)).on(channel)
}
