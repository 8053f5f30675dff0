//! Who is where, derived from live connections and nothing else.
//!
//! [`Roster`] is one presence channel: a person counts once over all tabs, joins with
//! the first, and leaves with the last after a grace (a reload is no leaving). [`People`]
//! is who is online at all, for those who watch. Both are plain tables: what is due is a
//! function of the time that is passed in.

use std::{collections::HashMap, time::Instant};

use indexmap::IndexMap;

use super::apart::Apart;
use plenum_core::ids::ConnectionId;
use plenum_core::ids::{OrganisationId, PersonId};

/// Above this many people a roster tells only their number.
pub const ROSTER_LIMIT: usize = 200;

#[derive(Debug)]
struct Present {
    connections: Vec<ConnectionId>,
    info: String,
    leaves_at: Option<Instant>,
}

/// Who is in a presence channel, in the order in which they came.
#[derive(Debug, Default)]
pub struct Roster {
    people: IndexMap<PersonId, Present>,
}

impl Roster {
    /// A connection of `person` joins. True if nobody of them was there: the others are told.
    pub fn join(&mut self, person: PersonId, connection: ConnectionId, info: String) -> bool {
        let first = !self.people.contains_key(&person);
        let present =
            self.people.entry(person).or_insert_with(|| Present { connections: Vec::new(), info: String::new(), leaves_at: None });
        if !present.connections.contains(&connection) {
            present.connections.push(connection);
        }
        present.info = info;
        present.leaves_at = None;
        first
    }

    /// A connection of `person` leaves; they are gone at `leaves_at` unless they come back.
    /// True if it was their last.
    pub fn leave(&mut self, person: PersonId, connection: ConnectionId, leaves_at: Instant) -> bool {
        let Some(present) = self.people.get_mut(&person) else { return false };
        let before = present.connections.len();
        present.connections.retain(|known| *known != connection);
        if !present.connections.is_empty() || before == 0 {
            return false;
        }
        present.leaves_at = Some(leaves_at);
        true
    }

    /// Takes out those whose time has come.
    pub fn expire(&mut self, now: Instant) -> Vec<PersonId> {
        let gone: Vec<PersonId> =
            self.people.iter().filter(|(_, present)| present.leaves_at.is_some_and(|at| at <= now)).map(|(person, _)| *person).collect();
        self.people.retain(|person, _| !gone.contains(person));
        gone
    }

    /// Takes `person` out at once, whatever connections they have.
    pub fn remove(&mut self, person: PersonId) -> bool {
        self.people.shift_remove(&person).is_some()
    }

    /// Nobody is here, not even in their grace.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// How many people are here.
    pub fn count(&self) -> usize {
        self.people.len()
    }

    /// What others see of `person`, if they are here.
    pub fn info(&self, person: PersonId) -> Option<&str> {
        self.people.get(&person).map(|present| present.info.as_str())
    }

    /// The presence data of `subscription_succeeded`, without those of whom `is_hidden` is true.
    pub fn data(&self, is_hidden: impl Fn(PersonId) -> bool) -> String {
        let shown: Vec<(&PersonId, &Present)> = self.people.iter().filter(|(person, _)| !is_hidden(**person)).collect();
        if shown.len() > ROSTER_LIMIT {
            return format!(r#"{{"presence":{{"ids":[],"hash":{{}},"count":{}}}}}"#, shown.len());
        }
        let ids: Vec<String> = shown.iter().map(|(person, _)| format!(r#""{person}""#)).collect();
        let hash: Vec<String> = shown.iter().map(|(person, present)| format!(r#""{person}":{}"#, present.info)).collect();
        format!(r#"{{"presence":{{"ids":[{}],"hash":{{{}}},"count":{}}}}}"#, ids.join(","), hash.join(","), shown.len())
    }
}

#[derive(Debug)]
struct Person {
    organisation: OrganisationId,
    connections: Vec<ConnectionId>,
    shown: bool,
    gone_at: Option<Instant>,
}

/// Who is online, and who watches whom.
#[derive(Debug, Default)]
pub struct People {
    people: HashMap<PersonId, Person>,
    watchers: HashMap<PersonId, Vec<Watcher>>,
    /// Who came or went, as those who may see them see it; and their organisation.
    changed: HashMap<PersonId, OrganisationId>,
    /// Whom somebody sees from now on, or no longer: the one who is seen, and the one who sees.
    changed_for: Vec<(PersonId, PersonId)>,
}

/// A connection that watches somebody.
#[derive(Debug, Clone, Copy)]
struct Watcher {
    connection: ConnectionId,
    person: PersonId,
    organisation: OrganisationId,
}

impl People {
    /// A connection of `person` opens.
    pub fn open(&mut self, person: PersonId, organisation: OrganisationId, connection: ConnectionId, shown: bool) {
        let known =
            self.people.entry(person).or_insert_with(|| Person { organisation, connections: Vec::new(), shown: false, gone_at: None });
        known.connections.push(connection);
        known.gone_at = None;
        self.show(person, shown);
    }

    /// A connection of `person` is gone; with the last one they are, at `gone_at`.
    pub fn close(&mut self, person: PersonId, connection: ConnectionId, gone_at: Instant) {
        let Some(known) = self.people.get_mut(&person) else { return };
        known.connections.retain(|open| *open != connection);
        if known.connections.is_empty() {
            known.gone_at = Some(gone_at);
        }
    }

    /// Those whose time has come; they are offline from now on.
    pub fn expire(&mut self, now: Instant) -> Vec<PersonId> {
        let gone: HashMap<PersonId, Person> = self.people.extract_if(|_, person| person.gone_at.is_some_and(|at| at <= now)).collect();
        let seen = gone.iter().filter(|(_, person)| person.shown);
        self.changed.extend(seen.map(|(id, person)| (*id, person.organisation)));
        gone.into_keys().collect()
    }

    /// The person lets others see them online, or not any more.
    pub fn show(&mut self, person: PersonId, shown: bool) {
        if let Some(known) = self.people.get_mut(&person)
            && known.shown != shown
        {
            known.shown = shown;
            self.changed.insert(person, known.organisation);
        }
    }

    /// Two people are kept apart from now on, or no longer: what each sees of the other changes if the other is to be seen at all.
    pub fn part(&mut self, one: PersonId, other: PersonId) {
        for (seen, by) in [(one, other), (other, one)] {
            if self.people.get(&seen).is_some_and(|known| known.shown) {
                self.changed_for.push((seen, by));
            }
        }
    }

    /// How many connections `person` has.
    pub fn connections(&self, person: PersonId) -> usize {
        self.people.get(&person).map_or(0, |person| person.connections.len())
    }

    /// The connections of `person`.
    pub fn connections_of(&self, person: PersonId) -> Vec<ConnectionId> {
        self.people.get(&person).map(|person| person.connections.clone()).unwrap_or_default()
    }

    /// How many people are online, seen or not.
    pub fn count(&self) -> usize {
        self.people.len()
    }

    /// The organisation and the number of connections of everyone who is online, seen or not.
    pub fn open_in(&self) -> impl Iterator<Item = (OrganisationId, usize)> {
        self.people.values().map(|person| (person.organisation, person.connections.len()))
    }

    /// True if a person of `organisation` may see that `person` is online.
    pub fn is_online(&self, person: PersonId, organisation: OrganisationId) -> bool {
        self.people.get(&person).is_some_and(|known| known.shown && known.organisation == organisation)
    }

    /// Who of `organisation` is online and lets others see it, by id.
    pub fn online_in(&self, organisation: OrganisationId) -> Vec<PersonId> {
        let shown = self.people.iter().filter(|(_, person)| person.shown && person.organisation == organisation);
        let mut people: Vec<PersonId> = shown.map(|(id, _)| *id).collect();
        people.sort_unstable();
        people
    }

    /// `connection`, of `by`, a person of `organisation`, watches `people` from now on, and nobody else.
    pub fn watch(
        &mut self,
        connection: ConnectionId,
        by: PersonId,
        organisation: OrganisationId,
        before: &[PersonId],
        people: &[PersonId],
    ) {
        self.unwatch(connection, before);
        for person in people {
            self.watchers.entry(*person).or_default().push(Watcher { connection, person: by, organisation });
        }
    }

    /// `connection` does not watch `people` any more.
    pub fn unwatch(&mut self, connection: ConnectionId, people: &[PersonId]) {
        for person in people {
            if let Some(watchers) = self.watchers.get_mut(person) {
                watchers.retain(|watcher| watcher.connection != connection);
                if watchers.is_empty() {
                    self.watchers.remove(person);
                }
            }
        }
    }

    /// Who came or went since the last call, by watcher. About those who do not show themselves, to other organisations, and to those from
    /// whom they are kept apart nothing is said, not even that there is something to say (I24).
    pub fn take_changes(&mut self, apart: &Apart) -> HashMap<ConnectionId, Vec<PersonId>> {
        let mut changes: HashMap<ConnectionId, Vec<PersonId>> = HashMap::new();
        for (person, organisation) in std::mem::take(&mut self.changed) {
            let watchers = self.watchers.get(&person).into_iter().flatten();
            for watcher in watchers.filter(|watcher| watcher.organisation == organisation && !apart.are(person, watcher.person)) {
                changes.entry(watcher.connection).or_default().push(person);
            }
        }
        for (seen, by) in std::mem::take(&mut self.changed_for) {
            for watcher in self.watchers.get(&seen).into_iter().flatten().filter(|watcher| watcher.person == by) {
                let people = changes.entry(watcher.connection).or_default();
                if !people.contains(&seen) {
                    people.push(seen);
                }
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};
    use std::{collections::BTreeSet, time::Duration};

    const PERSON: PersonId = PersonId(1);

    /// Three tabs open, two close, the last closes: one join, one leave (I16).
    #[test]
    fn a_person_counts_once_over_many_tabs() {
        let now = Instant::now();
        let mut roster = Roster::default();
        let joins: Vec<bool> = (1..=3).map(|tab| roster.join(PERSON, ConnectionId(tab), "{}".into())).collect();
        assert_eq!(joins, [true, false, false]);
        assert!(!roster.leave(PERSON, ConnectionId(1), now));
        assert!(!roster.leave(PERSON, ConnectionId(2), now));
        assert!(roster.leave(PERSON, ConnectionId(3), now + Duration::from_secs(5)));
        assert_eq!(roster.expire(now + Duration::from_secs(4)), []);
        assert_eq!(roster.expire(now + Duration::from_secs(5)), [PERSON]);
        assert!(roster.is_empty());
    }

    #[test]
    fn coming_back_within_the_grace_is_no_leaving() {
        let now = Instant::now();
        let mut roster = Roster::default();
        roster.join(PERSON, ConnectionId(1), "{}".into());
        roster.leave(PERSON, ConnectionId(1), now);
        assert!(!roster.join(PERSON, ConnectionId(2), "{}".into()));
        assert_eq!(roster.expire(now + Duration::from_secs(60)), []);
    }

    #[test]
    fn a_large_roster_tells_only_its_number() {
        let mut roster = Roster::default();
        for id in 1..=201 {
            roster.join(PersonId(id), ConnectionId(id.unsigned_abs()), r#"{"name":"x"}"#.into());
        }
        assert_eq!(roster.data(|_| false), r#"{"presence":{"ids":[],"hash":{},"count":201}}"#);
    }

    /// Privacy and the tenant's border hold for those who watch (I24).
    #[test]
    fn only_who_wants_to_be_seen_is_online_and_only_for_their_own() {
        let mut people = People::default();
        let (own, other) = (OrganisationId(1), OrganisationId(2));
        people.open(PERSON, own, ConnectionId(1), true);
        people.open(PersonId(2), own, ConnectionId(2), false);
        assert!(people.is_online(PERSON, own));
        assert!(!people.is_online(PERSON, other));
        assert!(!people.is_online(PersonId(2), own));
        let nobody = Apart::default();
        people.watch(ConnectionId(9), PersonId(3), own, &[], &[PERSON]);
        assert_eq!(people.take_changes(&nobody), HashMap::from([(ConnectionId(9), vec![PERSON])]));
        people.show(PERSON, false);
        assert!(!people.is_online(PERSON, own));
        assert_eq!(people.take_changes(&nobody).len(), 1);
    }

    /// Whoever is kept apart from somebody is told once that they went, and then nothing.
    #[test]
    fn who_is_kept_apart_is_told_nothing() {
        let (mut people, mut apart) = (People::default(), Apart::default());
        let (own, blocked, now) = (OrganisationId(1), PersonId(2), Instant::now());
        people.open(PERSON, own, ConnectionId(1), true);
        people.watch(ConnectionId(9), blocked, own, &[], &[PERSON]);
        people.take_changes(&apart);
        apart.set(PERSON, blocked, true);
        people.part(PERSON, blocked);
        assert_eq!(people.take_changes(&apart), HashMap::from([(ConnectionId(9), vec![PERSON])]));
        people.close(PERSON, ConnectionId(1), now);
        people.expire(now);
        assert!(people.take_changes(&apart).is_empty());
        people.open(PERSON, own, ConnectionId(2), true);
        assert!(people.take_changes(&apart).is_empty());
        apart.set(PERSON, blocked, false);
        people.part(PERSON, blocked);
        assert_eq!(people.take_changes(&apart).len(), 1);
    }

    #[test]
    fn a_roster_leaves_out_who_is_hidden() {
        let mut roster = Roster::default();
        for id in 1..=2 {
            roster.join(PersonId(id), ConnectionId(id.unsigned_abs()), "{}".into());
        }
        assert_eq!(roster.data(|person| person == PERSON), r#"{"presence":{"ids":["2"],"hash":{"2":{}},"count":1}}"#);
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Open(i64),
        Close(i64),
        Expire,
        Tell,
    }

    fn steps() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (1..=3 * EACH).prop_map(Step::Open),
            3 => (1..=3 * EACH).prop_map(Step::Close),
            2 => Just(Step::Expire),
            2 => Just(Step::Tell),
        ]
    }

    /// People in each of three groups: those who show themselves, those who are hidden, and those of another organisation.
    const EACH: i64 = 3;

    proptest! {
        /// Watchers get every change of the people whom they may see, and no frame about anybody else (I24).
        #[test]
        fn watchers_hear_of_nobody_who_is_hidden(steps in vec(steps(), 1..80)) {
            let (own, other) = (OrganisationId(1), OrganisationId(2));
            let everyone: Vec<PersonId> = (1..=3 * EACH).map(PersonId).collect();
            let organisation = |person: i64| if person > 2 * EACH { other } else { own };
            let shown = |person: i64| !(EACH + 1..=2 * EACH).contains(&person);
            let watcher = ConnectionId(1_000);
            let (mut people, now) = (People::default(), Instant::now());
            people.watch(watcher, PersonId(1_000), own, &[], &everyone);
            let nobody = Apart::default();
            let mut seen: BTreeSet<PersonId> = BTreeSet::new();
            for step in steps.into_iter().chain([Step::Tell]) {
                match step {
                    Step::Open(person) => {
                        let connection = ConnectionId(person.unsigned_abs());
                        people.open(PersonId(person), organisation(person), connection, shown(person));
                    }
                    Step::Close(person) => people.close(PersonId(person), ConnectionId(person.unsigned_abs()), now),
                    Step::Expire => drop(people.expire(now)),
                    Step::Tell => {
                        for (told, changes) in people.take_changes(&nobody) {
                            prop_assert_eq!(told, watcher);
                            for person in changes {
                                prop_assert!(person.0 <= EACH, "{} is not to be seen", person);
                                if people.is_online(person, own) { seen.insert(person) } else { seen.remove(&person) };
                            }
                        }
                        let online: BTreeSet<PersonId> = people.online_in(own).into_iter().collect();
                        prop_assert_eq!(&seen, &online);
                    }
                }
            }
        }
    }
}
