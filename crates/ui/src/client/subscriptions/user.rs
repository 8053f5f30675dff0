//! One user's place in a channel's stream, and what an answer of the server means for it.

use super::{Notice, Out, UserId};
use crate::client::SubscriptionStatus;
use plenum_core::cursor::Cursor;

/// Where a user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// What it must see next is not known to come: the channel has to be asked for.
    Waiting,
    /// It gets every event after the last one it has seen.
    Following,
    /// It has been told that it is stale.
    Halted,
}

#[derive(Debug)]
pub(super) struct User {
    pub(super) seen: Option<Cursor>,
    pub(super) stand: Stand,
    /// What it was last told.
    pub(super) told: SubscriptionStatus,
    /// It has been told [`Notice::Returned`], or its place is that of a snapshot taken since.
    pub(super) returned: bool,
}

/// What an answer says of the past.
pub(super) enum Recovery {
    /// All since this place follows.
    From(Cursor),
    /// The log does not reach back to the place that was asked for.
    Gap,
    /// No place was asked for.
    NotAsked,
}

/// What an answer means for a user.
pub(super) enum Verdict {
    Follow,
    Ask,
    Stale,
    Stay,
}

impl User {
    /// `head` is where the log stood when the server read it.
    pub(super) fn verdict(&self, recovery: &Recovery, head: Option<&Cursor>) -> Verdict {
        if self.stand == Stand::Halted {
            return Verdict::Stay;
        }
        let Some(seen) = &self.seen else { return Verdict::Follow };
        let reached = |place: &Cursor| seen.epoch == place.epoch && seen.seq >= place.seq;
        match (recovery, head) {
            (Recovery::From(since), _) if reached(since) => Verdict::Follow,
            (Recovery::From(since), _) if seen.epoch == since.epoch => Verdict::Ask,
            (Recovery::From(_), _) => Verdict::Stale,
            // It was following until just now, on this very connection, and has missed nothing.
            (Recovery::Gap, Some(head)) if self.stand == Stand::Following && reached(head) => Verdict::Follow,
            (Recovery::Gap, _) => Verdict::Stale,
            (Recovery::NotAsked, Some(head)) if !reached(head) => Verdict::Ask,
            (Recovery::NotAsked, _) => Verdict::Follow,
        }
    }

    /// Events come from now on; without a place of its own, it starts at `from`.
    pub(super) fn follow(&mut self, from: Option<&Cursor>) {
        self.stand = Stand::Following;
        if self.seen.is_none() {
            self.seen = from.cloned();
        }
    }

    pub(super) fn halt(&mut self, id: UserId, out: &mut Vec<Out>) {
        self.stand = Stand::Halted;
        out.push(Out::Tell(id, Notice::Stale));
    }
}
