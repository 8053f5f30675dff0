//! One channel on the wire, and where each of its users is in the stream.

use super::{
    Notice, Out, UserId,
    replay_buffer::Kept,
    user::{Recovery, Stand, User, Verdict},
};
use crate::client::{SubscriptionStatus, outgoing, presence::Roster};
use plenum_core::{cursor::Cursor, ids::Millis, sorted::SortedMap};

#[derive(Debug, Default)]
enum Phase {
    /// The server has not been asked.
    #[default]
    Down,
    /// It has been asked to go on from `since`, and will answer.
    Asked { since: Option<Cursor> },
    /// Events come.
    Live,
    /// It does not want to.
    Refused { status: u16, reason: String },
}

/// One channel.
#[derive(Debug, Default)]
pub(super) struct Wire {
    users: SortedMap<UserId, User>,
    phase: Phase,
    /// While live: everything after this comes or has come on this subscription.
    cursor: Option<Cursor>,
    /// The connection was lost since the last answer.
    lost: bool,
    /// Up to this number, events are what was missed while the line was down.
    missed_to: u64,
    roster: Roster,
    /// The last events, while live.
    kept: Kept,
}

impl Wire {
    pub(super) fn add(&mut self, user: UserId, seen: Option<Cursor>) {
        self.users.insert(user, User { seen, stand: Stand::Waiting, told: SubscriptionStatus::Waiting, returned: false });
    }

    pub(super) fn remove(&mut self, user: UserId) {
        self.users.remove(&user);
    }

    pub(super) fn place(&mut self, user: UserId, seen: Option<Cursor>) {
        if let Some(user) = self.users.get_mut(&user) {
            user.seen = seen;
            user.stand = Stand::Waiting;
            user.returned = true;
        }
    }

    pub(super) fn has_users(&self) -> bool {
        !self.users.is_empty()
    }

    pub(super) fn is_down(&self) -> bool {
        matches!(self.phase, Phase::Down)
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Live)
    }

    /// Nobody is here, and no answer is due.
    pub(super) fn is_unused(&self) -> bool {
        self.users.is_empty() && !matches!(self.phase, Phase::Asked { .. })
    }

    /// Lets `user` follow, if all that it misses is kept here. False if the channel has to be
    /// asked for.
    pub(super) fn settle(&mut self, id: UserId, now: Millis, out: &mut Vec<Out>) -> bool {
        let live = self.is_live();
        let Some(user) = self.users.get_mut(&id) else { return true };
        let settled = live && user.seen.as_ref().is_none_or(|seen| self.kept.reaches(seen));
        if settled {
            if let Some(seen) = &mut user.seen {
                if !std::mem::replace(&mut user.returned, true) {
                    out.push(Out::Tell(id, Notice::Returned));
                }
                for event in self.kept.missed(seen, now) {
                    out.push(Out::Tell(id, Notice::Event { name: event.name.clone(), payload: event.payload.clone() }));
                }
                // Its own place may be ahead of the channel's.
                seen.advance(self.cursor.as_ref().map_or(0, |cursor| cursor.seq));
            }
            user.follow(self.cursor.as_ref());
            if self.roster != Roster::default() {
                out.push(Out::Tell(id, Notice::Roster(self.roster.people().clone())));
            }
        }
        self.report(out);
        settled
    }

    /// Asks the server, unless an answer is due; from the oldest place of those who wait for it.
    pub(super) fn ask(&mut self, name: &str, out: &mut Vec<Out>) {
        if self.users.is_empty() || matches!(self.phase, Phase::Asked { .. }) {
            return;
        }
        if self.is_live() {
            if self.users.values().all(|user| user.stand != Stand::Waiting) {
                return;
            }
            out.push(Out::Say(outgoing::unsubscribe(name)));
        }
        let mut since: Option<&Cursor> = None;
        for seen in self.users.values().filter(|user| user.stand != Stand::Halted).filter_map(|user| user.seen.as_ref()) {
            if since.is_none_or(|oldest| seen.epoch == oldest.epoch && seen.seq < oldest.seq) {
                since = Some(seen);
            }
        }
        let since = since.cloned();
        out.push(Out::Say(outgoing::subscribe(name, since.as_ref())));
        self.phase = Phase::Asked { since };
        self.report(out);
    }

    /// The subscription stands. True if it has to be asked for once more, for somebody who
    /// came meanwhile with an older place.
    pub(super) fn answered(&mut self, cursor: Option<Cursor>, recovered: Option<bool>, data: &str, out: &mut Vec<Out>) -> bool {
        let Phase::Asked { since } = &mut self.phase else { return false };
        let recovery = match (since.take(), recovered) {
            (Some(since), Some(true)) => Recovery::From(since),
            (Some(_), _) => Recovery::Gap,
            (None, _) => Recovery::NotAsked,
        };
        self.phase = Phase::Live;
        let mut again = false;
        for (id, user) in self.users.iter_mut() {
            match user.verdict(&recovery, cursor.as_ref()) {
                Verdict::Follow => {
                    // What is never logged may have been missed before the answer.
                    if user.seen.is_some() {
                        user.returned = true;
                        out.push(Out::Tell(*id, Notice::Returned));
                    }
                    user.follow(cursor.as_ref());
                }
                Verdict::Ask => again = true,
                Verdict::Stale => user.halt(*id, out),
                Verdict::Stay => {}
            }
        }
        // One that recovered advances by each event's number, never to the head.
        let head = cursor.as_ref().map_or(0, |cursor| cursor.seq);
        (self.missed_to, self.cursor) = match recovery {
            Recovery::From(since) => (if self.lost { head } else { 0 }, Some(since)),
            Recovery::Gap | Recovery::NotAsked => (0, cursor),
        };
        self.lost = false;
        self.kept = Kept::after(self.cursor.clone());
        if let Some(roster) = Roster::read(data) {
            self.roster = roster;
            self.roster_publish(out);
        }
        self.report(out);
        again
    }

    /// Refused, or ended. What the server could not check is asked again later.
    pub(super) fn refused(&mut self, status: u16, reason: String, out: &mut Vec<Out>) {
        self.cursor = None;
        for user in self.users.values_mut().filter(|user| user.stand == Stand::Following) {
            user.stand = Stand::Waiting;
        }
        if status >= 500 {
            self.phase = Phase::Down;
            out.push(Out::AskLater);
        } else {
            for id in self.users.keys() {
                out.push(Out::Tell(*id, Notice::Refused { status, reason: reason.clone() }));
            }
            self.phase = Phase::Refused { status, reason };
            if self.roster != Roster::default() {
                self.roster = Roster::default();
                self.roster_publish(out);
            }
        }
        self.report(out);
    }

    pub(super) fn down(&mut self, out: &mut Vec<Out>) {
        self.phase = Phase::Down;
        self.cursor = None;
        self.lost = true;
        for user in self.users.values_mut().filter(|user| user.stand == Stand::Following) {
            user.stand = Stand::Waiting;
        }
        self.report(out);
    }

    pub(super) fn halt(&mut self, id: UserId, out: &mut Vec<Out>) {
        if let Some(user) = self.users.get_mut(&id).filter(|user| user.stand != Stand::Halted) {
            user.halt(id, out);
        }
        self.report(out);
    }

    /// An event. Returns how many missed ones this makes: one or none.
    pub(super) fn event(&mut self, name: &str, payload: &str, seq: Option<u64>, now: Millis, out: &mut Vec<Out>) -> u32 {
        if matches!(self.phase, Phase::Down | Phase::Refused { .. }) {
            return 0;
        }
        for (id, user) in self.users.iter_mut().filter(|(_, user)| user.stand == Stand::Following) {
            if let (Some(seq), Some(seen)) = (seq, &mut user.seen) {
                if seq <= seen.seq {
                    continue;
                }
                seen.advance(seq);
            }
            out.push(Out::Tell(*id, Notice::Event { name: name.to_owned(), payload: payload.to_owned() }));
        }
        let newest = self.cursor.as_ref().map_or(0, |cursor| cursor.seq);
        if seq.is_none_or(|seq| seq > newest) {
            self.kept.push(now, seq, name, payload);
        }
        let Some(seq) = seq else { return 0 };
        if let Some(cursor) = &mut self.cursor {
            cursor.advance(seq);
        }
        u32::from(seq <= self.missed_to)
    }

    pub(super) fn member_added(&mut self, data: &str, out: &mut Vec<Out>) {
        if self.roster.add(data) {
            self.roster_publish(out);
        }
    }

    pub(super) fn member_removed(&mut self, data: &str, out: &mut Vec<Out>) {
        if self.roster.remove(data) {
            self.roster_publish(out);
        }
    }

    fn roster_publish(&self, out: &mut Vec<Out>) {
        out.extend(self.users.keys().map(|id| Out::Tell(*id, Notice::Roster(self.roster.people().clone()))));
    }

    /// Tells every user whose status is another than it was told.
    fn report(&mut self, out: &mut Vec<Out>) {
        for (id, user) in self.users.iter_mut() {
            let status = match (&self.phase, user.stand) {
                (Phase::Refused { status, reason }, _) => SubscriptionStatus::Refused { status: *status, reason: reason.clone() },
                (_, Stand::Halted) => SubscriptionStatus::Stale,
                (_, Stand::Following) => SubscriptionStatus::Live,
                (Phase::Down, Stand::Waiting) => SubscriptionStatus::Waiting,
                (_, Stand::Waiting) => SubscriptionStatus::Joining,
            };
            if user.told != status {
                user.told = status.clone();
                out.push(Out::Tell(*id, Notice::Status(status)));
            }
        }
    }
}
