//! Who uses which channel, and what a frame means for whom. A plain table: frames and
//! wishes go in, words for the server and notices for users come out ([`Out`]).
//!
//! All users of a channel share one subscription on the wire (`wire`), but each has its
//! own place in the stream. What this promises each user, whatever the network does:
//! every logged event after its cursor, in order, once; or [`Notice::Stale`].
//!
//! A channel that has been asked for is not asked for again, nor left, before the server
//! has answered: so an answer always belongs to the last question.

mod channel;
mod replay_buffer;
mod user;

use serde_json::{Value, value::RawValue};

use super::{SubscriptionStatus, outgoing};
use channel::Wire;
use plenum_core::{
    channels::Channel,
    cursor::Cursor,
    ids::{Millis, PersonId},
    protocol::{ServerFrame, event},
    sorted::{SortedMap, SortedSet},
};

/// One use of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(u64);

/// What a user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An event of its channel.
    Event {
        /// The wire name.
        name: String,
        /// The payload as JSON text.
        payload: String,
    },
    /// There may be a gap; nothing more comes until [`Subscriptions::resume`].
    Stale,
    /// The subscription was refused or has ended.
    Refused {
        /// As HTTP would say it.
        status: u16,
        /// A sentence.
        reason: String,
    },
    /// From here on everything comes, the logged events since the user's place first; what is
    /// never logged may have been missed since then. Not told after [`Subscriptions::resume`],
    /// if that could be done without the server.
    Returned,
    /// How the subscription stands now.
    Status(SubscriptionStatus),
    /// Who is in the channel now.
    Roster(SortedSet<PersonId>),
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// A frame for the server.
    Say(String),
    /// A notice for a user.
    Tell(UserId, Notice),
    /// The server could not answer: call [`Subscriptions::ask_again`] in a few seconds.
    AskLater,
}

/// The table.
#[derive(Debug, Default)]
pub struct Subscriptions {
    wires: SortedMap<String, Wire>,
    channels: SortedMap<UserId, String>,
    last_user: u64,
    /// A connection is there to ask on.
    up: bool,
    updates: u32,
    out: Vec<Out>,
}

impl Subscriptions {
    /// A new user of `channel`, who has seen everything up to `cursor` (`None`: wants what
    /// comes from now on).
    pub fn join(&mut self, channel: &Channel, cursor: Option<Cursor>, now: Millis) -> UserId {
        self.last_user += 1;
        let user = UserId(self.last_user);
        let name = channel.to_string();
        self.channels.insert(user, name.clone());
        self.wires.get_or_insert_with(name, Wire::default).add(user, cursor);
        self.settle(user, now);
        user
    }

    /// `user` needs its channel no more. The server is told by [`Subscriptions::sweep`],
    /// unless somebody else comes before.
    pub fn leave(&mut self, user: UserId) {
        if let Some(wire) = self.channels.remove(&user).and_then(|name| self.wires.get_mut(&name)) {
            wire.remove(user);
        }
    }

    /// Leaves the channels that nobody uses any more.
    pub fn sweep(&mut self) {
        let out = &mut self.out;
        self.wires.retain(|name, wire| {
            let unused = wire.is_unused();
            if unused && wire.is_live() {
                out.push(Out::Say(outgoing::unsubscribe(name)));
            }
            !unused
        });
    }

    /// There is something for [`Subscriptions::sweep`] to do.
    pub fn needs_sweep(&self) -> bool {
        self.wires.values().any(Wire::is_unused)
    }

    /// `user` has a new snapshot that ends at `cursor` (`None`: wants what comes from now on), or wants to ask again.
    pub fn resume(&mut self, user: UserId, cursor: impl Into<Option<Cursor>>, now: Millis) {
        if let Some(wire) = self.channels.get(&user).and_then(|name| self.wires.get_mut(name)) {
            wire.place(user, cursor.into());
            self.settle(user, now);
        }
    }

    /// `user` could not read an event: it gets no more until it has a new snapshot.
    pub fn halt(&mut self, user: UserId) {
        if let Some(wire) = self.channels.get(&user).and_then(|name| self.wires.get_mut(name)) {
            wire.halt(user, &mut self.out);
        }
    }

    /// A connection is there: every channel in use is asked for, from where its users are.
    pub fn up(&mut self) {
        self.up = true;
        self.updates = 0;
        self.ask_again();
    }

    /// Asks for every channel that is in use and for which there is no answer, not even a refusal.
    pub fn ask_again(&mut self) {
        if !self.up {
            return;
        }
        for (name, wire) in self.wires.iter_mut().filter(|(_, wire)| wire.is_down()) {
            wire.ask(name, &mut self.out);
        }
    }

    /// The connection is gone.
    pub fn down(&mut self) {
        self.up = false;
        self.wires.retain(|_, wire| wire.has_users());
        for wire in self.wires.values_mut() {
            wire.down(&mut self.out);
        }
    }

    /// The channel on which `user` may send client events now.
    pub fn sends_on(&self, user: UserId) -> Option<&str> {
        let name = self.channels.get(&user)?;
        self.wires.get(name).filter(|wire| self.up && wire.is_live()).map(|_| name.as_str())
    }

    /// A client event of `user`, if its channel is live.
    pub fn client_event(&self, user: UserId, name: &str, data: &RawValue) -> Option<String> {
        self.sends_on(user).map(|channel| outgoing::client_event(name, channel, data))
    }

    /// Nobody uses any channel.
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// Missed events that have come since the connection is up again.
    pub fn updates(&self) -> u32 {
        self.updates
    }

    /// What came out since the last call.
    pub fn take(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// Takes in a frame that belongs to a channel; others are none of its business.
    pub fn frame(&mut self, frame: ServerFrame, now: Millis) {
        let Some(wire) = frame.channel.as_deref().and_then(|name| self.wires.get_mut(name)) else { return };
        let data = frame.data.unwrap_or_default();
        match frame.event.as_str() {
            event::SUBSCRIPTION_SUCCEEDED => {
                if wire.answered(frame.cursor, frame.recovered, &data, &mut self.out) {
                    let name = frame.channel.unwrap_or_default();
                    wire.ask(&name, &mut self.out);
                }
            }
            event::SUBSCRIPTION_ERROR => {
                let (status, reason) = refusal(&data);
                wire.refused(status, reason, &mut self.out);
            }
            event::MEMBER_ADDED => wire.member_added(&data, &mut self.out),
            event::MEMBER_REMOVED => wire.member_removed(&data, &mut self.out),
            // The protocol's own frames that say nothing here: counts of subscribers and the like.
            name if name.starts_with("pusher:") || name.starts_with("pusher_internal:") => {}
            _ => self.updates = self.updates.saturating_add(wire.event(&frame.event, &data, frame.seq, now, &mut self.out)),
        }
    }

    /// Finds a user that has come or moved its place in the stream, asking the server if need be.
    fn settle(&mut self, user: UserId, now: Millis) {
        let Some((name, wire)) = self.channels.get(&user).and_then(|name| self.wires.get_mut(name).map(|wire| (name, wire))) else {
            return;
        };
        if !wire.settle(user, now, &mut self.out) && self.up {
            wire.ask(name, &mut self.out);
        }
    }
}

/// Status and reason of a refused subscription.
fn refusal(data: &str) -> (u16, String) {
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let status = data.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(403);
    let reason = data.get("error").and_then(Value::as_str).unwrap_or_default().to_owned();
    (status, reason)
}

#[cfg(test)]
mod tests;
