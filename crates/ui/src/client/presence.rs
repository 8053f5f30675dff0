//! Who is in a channel ([`Roster`]) and who is online at all ([`Watch`]). Plain tables.

use serde_json::Value;

use plenum_core::{
    ids::PersonId,
    sorted::{SortedMap, SortedSet},
};

/// The most people that one connection watches.
pub const WATCH_LIMIT: usize = 300;

/// An id as the wire spells it: a string, or a number in some servers.
fn person(value: &Value) -> Option<PersonId> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64().filter(|id| *id > 0).map(PersonId),
        _ => None,
    }
}

fn people(data: &Value, name: &str) -> Vec<PersonId> {
    data.get(name).and_then(Value::as_array).map(|ids| ids.iter().filter_map(person).collect()).unwrap_or_default()
}

/// Who is in a presence channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    people: SortedSet<PersonId>,
    /// There are too many to be named: who comes and goes is not followed either.
    only_counted: bool,
}

impl Roster {
    /// From the data of `subscription_succeeded`; `None` if it is not that of a presence channel.
    pub fn read(data: &str) -> Option<Self> {
        let data: Value = serde_json::from_str(data).ok()?;
        let presence = data.get("presence")?;
        let people: SortedSet<PersonId> = people(presence, "ids").into_iter().collect();
        let count = presence.get("count").and_then(Value::as_u64).unwrap_or(0);
        Some(Self { only_counted: people.is_empty() && count > 0, people })
    }

    /// Those who are here.
    pub fn people(&self) -> &SortedSet<PersonId> {
        &self.people
    }

    /// Takes in the data of `member_added`; true if that changed anything.
    pub fn add(&mut self, data: &str) -> bool {
        member(data).is_some_and(|person| !self.only_counted && self.people.insert(person))
    }

    /// Takes in the data of `member_removed`; true if that changed anything.
    pub fn remove(&mut self, data: &str) -> bool {
        member(data).is_some_and(|person| self.people.remove(&person))
    }
}

fn member(data: &str) -> Option<PersonId> {
    serde_json::from_str::<Value>(data).ok()?.get("user_id").and_then(person)
}

/// Whose presence is watched, by all users together, and what is known of them.
#[derive(Debug, Default)]
pub struct Watch {
    users: SortedMap<u64, Vec<PersonId>>,
    next: u64,
    /// What the server was told on this connection.
    told: Vec<PersonId>,
    online: SortedSet<PersonId>,
}

impl Watch {
    /// A new user, who watches nobody yet.
    pub fn join(&mut self) -> u64 {
        self.next += 1;
        self.users.insert(self.next, Vec::new());
        self.next
    }

    /// `user` watches `people` and nobody else.
    pub fn set(&mut self, user: u64, people: Vec<PersonId>) {
        if let Some(watched) = self.users.get_mut(&user) {
            *watched = people;
        }
    }

    /// `user` is gone.
    pub fn leave(&mut self, user: u64) {
        self.users.remove(&user);
    }

    /// Nobody watches anybody.
    pub fn is_empty(&self) -> bool {
        self.users.values().all(Vec::is_empty)
    }

    /// A new connection: the server knows nothing yet. What was known stays shown until it answers.
    pub fn connected(&mut self) {
        self.told.clear();
    }

    /// The list to tell the server, if it is another than it knows: the union of all, the
    /// first come first, at most [`WATCH_LIMIT`].
    pub fn news(&mut self) -> Option<Vec<PersonId>> {
        let mut seen = SortedSet::new();
        for person in self.users.values().flatten() {
            if seen.len() < WATCH_LIMIT {
                seen.insert(*person);
            }
        }
        let list: Vec<PersonId> = seen.into_iter().collect();
        if list == self.told {
            return None;
        }
        self.told.clone_from(&list);
        Some(list)
    }

    /// Forgets who is watched no more; true if somebody online was among them.
    pub fn forget(&mut self) -> bool {
        let before = self.online.len();
        let told = &self.told;
        self.online.retain(|person| told.binary_search(person).is_ok());
        self.online.len() != before
    }

    /// Takes in the data of `plenum:online`; true if that changed anything.
    pub fn hear(&mut self, data: &str) -> bool {
        let Ok(data) = serde_json::from_str::<Value>(data) else { return false };
        let before = self.online.clone();
        self.online.extend(people(&data, "online").into_iter().filter(|person| self.told.binary_search(person).is_ok()));
        for person in people(&data, "offline") {
            self.online.remove(&person);
        }
        self.online != before
    }

    /// Who is online of those who are watched.
    pub fn online(&self) -> &SortedSet<PersonId> {
        &self.online
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(ids: &[i64]) -> SortedSet<PersonId> {
        ids.iter().copied().map(PersonId).collect()
    }

    fn list(ids: &[i64]) -> Vec<PersonId> {
        ids.iter().copied().map(PersonId).collect()
    }

    #[test]
    fn a_roster_follows_who_comes_and_goes() {
        let mut roster = Roster::read(r#"{"presence":{"ids":["1","2"],"hash":{"1":{},"2":{}},"count":2}}"#).unwrap();
        assert!(roster.add(r#"{"user_id":"3","user_info":{}}"#));
        assert!(!roster.add(r#"{"user_id":3}"#));
        assert!(roster.remove(r#"{"user_id":"1"}"#));
        assert_eq!(roster.people(), &ids(&[2, 3]));
        assert_eq!(Roster::read("{}"), None);
    }

    #[test]
    fn a_large_roster_stays_unnamed() {
        let mut roster = Roster::read(r#"{"presence":{"ids":[],"hash":{},"count":201}}"#).unwrap();
        assert!(!roster.add(r#"{"user_id":"3"}"#));
        assert_eq!(roster.people(), &ids(&[]));
    }

    #[test]
    fn all_users_watch_together() {
        let mut watch = Watch::default();
        let (first, second) = (watch.join(), watch.join());
        assert_eq!(watch.news(), None);
        watch.set(first, list(&[3, 1]));
        watch.set(second, list(&[1, 2]));
        assert_eq!(watch.news(), Some(list(&[1, 2, 3])));
        assert_eq!(watch.news(), None, "said once");
        assert!(watch.hear(r#"{"online":[1,3,9],"offline":[2]}"#));
        assert_eq!(watch.online(), &ids(&[1, 3]), "9 is not watched");

        watch.leave(first);
        assert_eq!(watch.news(), Some(list(&[1, 2])));
        assert!(watch.forget());
        assert_eq!(watch.online(), &ids(&[1]));

        watch.connected();
        assert_eq!(watch.news(), Some(list(&[1, 2])), "a new connection is told again");
        assert!(watch.hear(r#"{"online":[],"offline":[1,2]}"#));
        assert_eq!(watch.online(), &ids(&[]));
    }

    #[test]
    fn at_most_300_are_watched() {
        let mut watch = Watch::default();
        let (first, second) = (watch.join(), watch.join());
        watch.set(second, (1..=400).map(PersonId).collect());
        watch.set(first, list(&[1_000]));
        let told = watch.news().unwrap();
        assert_eq!(told.len(), WATCH_LIMIT);
        assert!(told.contains(&PersonId(1_000)));
    }

    proptest! {
        /// Whatever text comes, it is taken or left.
        #[test]
        fn any_text_is_survived(text in ".{0,80}") {
            let mut watch = Watch::default();
            watch.hear(&text);
            let mut roster = Roster::read(&text).unwrap_or_default();
            roster.add(&text);
            roster.remove(&text);
        }
    }
}
