//! Who is signed in on an application's sockets (`pusher:signin`), and who watches whom.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use super::channel::{Member, TooLong};
use crate::connection::{Connection, lock};
use plenum_core::{
    ids::ConnectionId,
    protocol::{ServerFrame, event},
};

/// People whom one connection may watch.
pub const WATCHED: usize = 100;

#[derive(Debug, Default)]
struct Table {
    /// The connections of each person who is signed in.
    signed_in: HashMap<Arc<str>, HashMap<ConnectionId, Arc<Connection>>>,
    /// The connections that watch each person.
    watchers: HashMap<Arc<str>, HashMap<ConnectionId, Arc<Connection>>>,
}

/// The people of an application.
#[derive(Debug, Default)]
pub struct Users(Mutex<Table>);

impl Users {
    /// `connection` is `user`'s now and watches `watchlist`: it is told who of those is online, and
    /// `user`'s own watchers are told if this is their first connection.
    pub fn sign_in(&self, connection: &Arc<Connection>, user: &Arc<str>, watchlist: &[Arc<str>]) {
        let mut table = lock(&self.0);
        let connections = table.signed_in.entry(Arc::clone(user)).or_default();
        let first = connections.is_empty();
        connections.insert(connection.id, Arc::clone(connection));
        if first {
            tell(&table, user, "online");
        }
        for watched in watchlist {
            table.watchers.entry(Arc::clone(watched)).or_default().insert(connection.id, Arc::clone(connection));
        }
        let (online, offline): (Vec<&Arc<str>>, Vec<&Arc<str>>) =
            watchlist.iter().partition(|watched| table.signed_in.contains_key(*watched));
        let events: Vec<serde_json::Value> = [("online", online), ("offline", offline)]
            .into_iter()
            .filter(|(_, people)| !people.is_empty())
            .map(|(name, people)| serde_json::json!({ "name": name, "user_ids": people }))
            .collect();
        if !events.is_empty() {
            connection.say(&watchlist_events(&events));
        }
    }

    /// The connection is gone, or somebody else's.
    pub fn sign_out(&self, connection: ConnectionId, user: &Arc<str>, watchlist: &[Arc<str>]) {
        let mut table = lock(&self.0);
        for watched in watchlist {
            take(&mut table.watchers, watched, connection);
        }
        if take(&mut table.signed_in, user, connection) {
            tell(&table, user, "offline");
        }
    }

    /// The connections of `user`.
    pub fn connections_of(&self, user: &str) -> Vec<Arc<Connection>> {
        lock(&self.0).signed_in.get(user).map(|connections| connections.values().cloned().collect()).unwrap_or_default()
    }

    /// Nobody is signed in, and nobody is watched.
    pub fn is_empty(&self) -> bool {
        let table = lock(&self.0);
        table.signed_in.is_empty() && table.watchers.is_empty()
    }

    /// How many people are signed in.
    pub fn count(&self) -> usize {
        lock(&self.0).signed_in.len()
    }
}

/// Removes one connection of one person; true if it was the last one.
fn take(table: &mut HashMap<Arc<str>, HashMap<ConnectionId, Arc<Connection>>>, user: &Arc<str>, connection: ConnectionId) -> bool {
    let Some(connections) = table.get_mut(user) else { return false };
    let last = connections.remove(&connection).is_some() && connections.is_empty();
    if connections.is_empty() {
        table.remove(user);
    }
    last
}

fn tell(table: &Table, user: &Arc<str>, name: &str) {
    let frame = watchlist_events(&[serde_json::json!({ "name": name, "user_ids": [user] })]);
    for watcher in table.watchers.get(user).into_iter().flat_map(HashMap::values) {
        watcher.say(&frame);
    }
}

fn watchlist_events(events: &[serde_json::Value]) -> ServerFrame {
    ServerFrame::new(event::WATCHLIST_EVENTS, serde_json::json!({ "events": events }).to_string())
}

/// What `pusher:signin` says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who they are on presence channels.
    pub member: Member,
    /// Whose presence they want to know.
    pub watchlist: Vec<Arc<str>>,
}

/// Why user data is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not an object with a non-empty text `id`.
    Unreadable,
    /// More than [`WATCHED`] people.
    TooManyWatched,
    /// More of them than fits on a presence channel.
    TooLong(TooLong),
}

impl User {
    /// Reads `user_data`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(user_data: &str) -> Result<Self, Refused> {
        let data: serde_json::Value = serde_json::from_str(user_data).map_err(|_| Refused::Unreadable)?;
        let id = data.get("id").and_then(serde_json::Value::as_str).filter(|id| !id.is_empty()).ok_or(Refused::Unreadable)?;
        let watchlist: BTreeSet<Arc<str>> = match data.get("watchlist") {
            Some(serde_json::Value::Array(ids)) => ids.iter().filter_map(|id| id.as_str().map(Arc::from)).collect(),
            _ => BTreeSet::new(),
        };
        if watchlist.len() > WATCHED {
            return Err(Refused::TooManyWatched);
        }
        let info = data.get("user_info").map_or_else(|| "{}".to_owned(), serde_json::Value::to_string);
        let member = Member::new(id, &info).map_err(Refused::TooLong)?;
        Ok(Self { member, watchlist: watchlist.into_iter().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_is_read_or_refused() {
        let user = User::parse(r#"{"id":"7","user_info":{"name":"Ines"},"watchlist":["8","9","8"]}"#).unwrap();
        assert_eq!((&*user.member.user_id, &*user.member.user_info), ("7", r#"{"name":"Ines"}"#));
        assert_eq!(user.watchlist.len(), 2);
        for wrong in ["", "[]", "{}", r#"{"id":""}"#, r#"{"id":7}"#, "null"] {
            assert_eq!(User::parse(wrong), Err(Refused::Unreadable), "{wrong}");
        }
        let crowd: Vec<String> = (0..=WATCHED).map(|id| id.to_string()).collect();
        let crowd = serde_json::json!({ "id": "7", "watchlist": crowd }).to_string();
        assert_eq!(User::parse(&crowd), Err(Refused::TooManyWatched));
        // What a presence channel takes of a person does not depend on how they came (A18).
        let long = serde_json::json!({ "id": "7", "user_info": { "about": "x".repeat(1_024) } }).to_string();
        assert_eq!(User::parse(&long), Err(Refused::TooLong(TooLong::Info)));
        let long = serde_json::json!({ "id": "7".repeat(129) }).to_string();
        assert_eq!(User::parse(&long), Err(Refused::TooLong(TooLong::Id)));
    }
}
