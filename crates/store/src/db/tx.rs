//! A writing transaction, and what it announces.

use std::{
    collections::HashSet,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use serde::Serialize;

use super::{Conn, LocalFuture, now, parts::Parts};
use crate::{
    idempotency::{self, Reply},
    log,
};
use plenum_core::{
    error::AppResult,
    ids::{ConnectionId, Millis, PersonId, SignInId},
    live::{Kind, LiveEvent},
    people::SignInEnd,
};

/// Something to send once the transaction is committed, in commit order.
#[derive(Debug, Clone, PartialEq)]
pub enum Committed {
    /// An event for the subscribers of a channel.
    Event {
        /// The channel's wire name.
        channel: String,
        /// The event's wire name.
        event: String,
        /// Its payload as JSON text.
        payload: String,
        /// Its number in the log; ephemerals have none.
        seq: Option<u64>,
        /// Ephemerals: under pressure the newest of this key replaces the older.
        conflation: Option<String>,
    },
    /// An event of an external application, with its number in that channel's log.
    External(External, u64),
    /// Rights that have ended.
    Revoked(Revocation),
    /// Something that people follow by heads has moved (its kind of subject is the registered `Heads`').
    Moved { subject: i64 },
    /// The feed of a conversation has something new, for those who follow it by nudges.
    Happened {
        /// Which conversation.
        subject: i64,
    },
    /// Two people see nothing of each other's presence and typing from now on, or see it again.
    KeptApart {
        one: PersonId,
        other: PersonId,
        /// Whether they are kept apart.
        apart: bool,
    },
    /// What a person lets others see has changed.
    PresenceShown {
        person: PersonId,
        /// Whether others see them online.
        shown: bool,
    },
}

/// An event of an external application whose log is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// The application's row.
    pub application: i64,
    /// The channel's wire name.
    pub channel: String,
    /// The event's name.
    pub event: String,
    /// Its data.
    pub data: String,
    /// The connection that does not get it.
    pub except: Option<ConnectionId>,
}

/// Rights that end at this point of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Revocation {
    /// Whose.
    pub person: PersonId,
    pub scope: Scope,
}

/// What a [`Revocation`] takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// These channels, by wire name.
    Channels(Vec<String>),
    /// Everything that came with one sign-in: its sockets close, with what the cause of its end says.
    SignIn(SignInId, SignInEnd),
    /// Whatever a rule gives them no more: all of theirs is asked again.
    Rights,
}

pub(super) enum Buffered {
    Logged {
        channel: String,
        event: &'static str,
        payload: String,
        key: Option<String>,
    },
    Unlogged(Committed),
    External(External),
    /// With its record for the log.
    Revoked(Revocation, String),
}

/// What goes out of one commit: of a state that changed several times only the newest, as a replay of the log would show it. A crowd that
/// changes the same thing at the same time is told of once.
fn newest_states(buffered: Vec<Buffered>) -> Vec<Buffered> {
    let mut later = HashSet::new();
    let mut goes_out: Vec<bool> = buffered
        .iter()
        .rev()
        .map(|item| match item {
            Buffered::Logged { channel, key: Some(key), .. } => later.insert((channel.as_str(), key.as_str())),
            _ => true,
        })
        .collect();
    drop(later);
    buffered.into_iter().filter(|_| goes_out.pop().unwrap_or(true)).collect()
}

impl Buffered {
    /// What the log keeps of it.
    fn entry(&self) -> Option<log::Entry<'_>> {
        match self {
            Self::Unlogged(_) => None,
            Self::Logged { channel, event, payload, key } => {
                Some(log::Entry { place: log::LogChannel::of_plenum(channel), event, data: payload, key: key.as_deref() })
            }
            Self::External(External { application, channel, event, data, .. }) => {
                Some(log::Entry { place: log::LogChannel { application: *application, channel }, event, data, key: None })
            }
            Self::Revoked(_, record) => {
                Some(log::Entry { place: log::LogChannel::of_plenum(log::CONTROL), event: "revoked", data: record, key: None })
            }
        }
    }
}

/// Something that is announced as it stands when all writes of a commit are done.
type AtCommit = for<'a> fn(&'a mut Tx, i64) -> LocalFuture<'a, AppResult<()>>;

/// A writing transaction: the connection and what is to be sent once it is committed.
pub struct Tx {
    pub(super) conn: Conn,
    parts: Parts,
    buffered: Vec<Buffered>,
    /// What is announced once for all, by its name and of what.
    late: Vec<(&'static str, i64, AtCommit)>,
    /// Replies to be stored, in one statement for all.
    replies: Vec<Reply>,
    pub(super) now: Millis,
    /// Something could not be written for want of room.
    pub(super) full: bool,
}

/// How far a transaction has come: what a closure adds is taken back to here if it fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    buffered: usize,
    late: usize,
    replies: usize,
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Tx {
    pub(super) fn new(conn: Conn, parts: Parts) -> Self {
        Self { conn, parts, buffered: Vec::new(), late: Vec::new(), replies: Vec::new(), now: now(), full: false }
    }

    /// The same as [`Store::part`](super::Store::part). What is changed in it stays if the transaction is taken back.
    pub fn part<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.parts.part()
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { buffered: self.buffered.len(), late: self.late.len(), replies: self.replies.len() }
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        self.buffered.truncate(mark.buffered);
        self.late.truncate(mark.late);
        self.replies.truncate(mark.replies);
    }

    /// Forgets all that is to be sent: nothing was committed.
    pub(super) fn forget(&mut self) {
        self.back_to(Mark { buffered: 0, late: 0, replies: 0 });
    }

    /// Lets `announce` announce the state `what` of `id` when all writes of this commit are done, once however many ask for it. What it
    /// costs to find out is paid once for a crowd, and nobody is told of what was true for a moment within a commit.
    pub fn announce_at_commit(&mut self, what: &'static str, id: i64, announce: AtCommit) {
        if !self.late.iter().any(|(known, of, _)| (*known, *of) == (what, id)) {
            self.late.push((what, id, announce));
        }
    }

    /// The reply that was given to `key` of `person` by a write of this commit, with the hash of its request.
    pub fn known_reply(&self, person: PersonId, key: &str) -> Option<&Reply> {
        self.replies.iter().find(|known| known.person == person && known.key == key)
    }

    /// Stores a reply with this commit.
    pub fn keep_reply(&mut self, reply: Reply) {
        self.replies.push(reply);
    }

    /// The time of this transaction, in milliseconds UTC; the same for all of it.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Announces a live event on the channel of `scope`, once this transaction is committed.
    pub fn announce<E: LiveEvent>(&mut self, scope: E::Scope, event: &E) {
        let channel = E::channel(scope).to_string();
        let payload = event.payload();
        self.buffered.push(match event.kind() {
            Kind::Fact => Buffered::Logged { channel, event: event.name(), payload, key: None },
            Kind::State(key) => Buffered::Logged { channel, event: event.name(), payload, key: Some(key) },
            Kind::Ephemeral(key) => Buffered::Unlogged(Committed::Event {
                conflation: Some(format!("{}:{key}", event.name())),
                channel,
                event: event.name().to_owned(),
                payload,
                seq: None,
            }),
        });
    }

    /// Announces an event of an external application, once this transaction is committed.
    pub fn announce_external(&mut self, event: External) {
        self.buffered.push(Buffered::External(event));
    }

    /// Sends the head of `subject` to those who follow it, once this transaction is committed.
    pub fn moved(&mut self, subject: i64) {
        self.buffered.push(Buffered::Unlogged(Committed::Moved { subject }));
    }

    /// Sends the newest of the feed of `subject` to those who follow it, once this transaction is committed.
    pub fn happened(&mut self, subject: i64) {
        self.buffered.push(Buffered::Unlogged(Committed::Happened { subject }));
    }

    /// Tells the live layer whether others may see `person` online, once this transaction is committed.
    pub fn presence_shown(&mut self, person: PersonId, shown: bool) {
        self.buffered.push(Buffered::Unlogged(Committed::PresenceShown { person, shown }));
    }

    /// Tells the live layer whether two people are to see anything of each other's presence, once this transaction is committed.
    pub fn keep_apart(&mut self, one: PersonId, other: PersonId, apart: bool) {
        self.buffered.push(Buffered::Unlogged(Committed::KeptApart { one, other, apart }));
    }

    /// Ends live rights of `person`, in commit order: nothing announced after this
    /// transaction reaches them on what `scope` names.
    pub fn revoke(&mut self, person: PersonId, scope: Scope) {
        let revocation = Revocation { person, scope };
        let record = serde_json::to_string(&revocation).unwrap_or_default();
        self.buffered.push(Buffered::Revoked(revocation, record));
    }

    /// Gives numbers to what was announced and writes it to the log; returns what is to be sent.
    pub(super) async fn number(&mut self) -> AppResult<Vec<Committed>> {
        // One may ask for another.
        let mut done = 0;
        while let Some((_, id, announce)) = self.late.get(done).copied() {
            announce(self, id).await?;
            done += 1;
        }
        self.late.clear();
        idempotency::store(&mut self.conn, &std::mem::take(&mut self.replies), self.now).await?;
        let buffered = newest_states(std::mem::take(&mut self.buffered));
        let entries: Vec<log::Entry<'_>> = buffered.iter().filter_map(Buffered::entry).collect();
        let mut numbers = log::append(&mut self.conn, &entries, self.now).await?.into_iter();
        let committed = buffered.into_iter().map(|item| match item {
            Buffered::Unlogged(item) => item,
            Buffered::Logged { channel, event, payload, .. } => {
                Committed::Event { channel, event: event.to_owned(), payload, seq: numbers.next(), conflation: None }
            }
            Buffered::External(event) => Committed::External(event, numbers.next().unwrap_or_default()),
            Buffered::Revoked(revocation, _) => {
                numbers.next();
                Committed::Revoked(revocation)
            }
        });
        Ok(committed.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(channel: &str, key: Option<&str>, payload: &str) -> Buffered {
        Buffered::Logged { channel: channel.to_owned(), event: "thing.changed", payload: payload.to_owned(), key: key.map(str::to_owned) }
    }

    fn payloads(buffered: Vec<Buffered>) -> Vec<String> {
        let payload = |item| match item {
            Buffered::Logged { payload, .. } => payload,
            _ => "other".to_owned(),
        };
        buffered.into_iter().map(payload).collect()
    }

    /// Facts all go out, of states the newest of each channel and key, and the order stays.
    #[test]
    fn of_a_state_the_newest_goes_out() {
        let buffered = vec![
            state("a", Some("1"), "old"),
            state("a", None, "fact"),
            state("b", Some("1"), "elsewhere"),
            state("a", Some("2"), "another"),
            Buffered::Unlogged(Committed::Moved { subject: 1 }),
            state("a", None, "fact"),
            state("a", Some("1"), "new"),
        ];
        assert_eq!(payloads(newest_states(buffered)), ["fact", "elsewhere", "another", "other", "fact", "new"]);
    }
}
