//! When there is a socket and when not: one state machine, told what happened, answering
//! what to do. No clock, no dice, no socket: the caller brings them.

use super::backoff::{Verdict, after_close, soon};
use plenum_core::ids::Millis;

/// A connection that lived this long was good: the next loss starts the backoff anew.
/// (One that is closed right after its first frame must not be asked for twice a second.)
const GOOD_MS: Millis = 10_000;

/// How the line is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConnectionState {
    /// The first connection is being made.
    #[default]
    Connecting,
    /// Live.
    Connected,
    /// Lost, or not reached at the first try; it goes on for ever.
    Reconnecting {
        /// 1 is the first attempt after the loss.
        attempt: u32,
    },
    /// The browser says that there is no network.
    Offline,
    /// The server does not want this page back: 4009 when it was signed out elsewhere.
    Refused {
        /// The close code, 4000–4099.
        code: u16,
    },
    /// No socket and none wanted: a visitor's page without live channels, or after `disconnect`.
    Closed,
}

/// The line as a signal's value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connection {
    /// How it is.
    pub state: ConnectionState,
    /// Since when, by the browser's clock; attempts of one reconnecting count as one. 0 at first.
    pub since_ms: Millis,
    /// What went wrong last, until it is right again.
    pub last_error: Option<String>,
    /// Logged events that were missed and have come since the last return ("12 updates").
    pub updates_after_return: u32,
}

impl Connection {
    /// Events come now.
    pub fn is_connected(&self) -> bool {
        self.state == ConnectionState::Connected
    }

    /// A connection is being made or will be.
    pub fn is_connecting(&self) -> bool {
        matches!(self.state, ConnectionState::Connecting | ConnectionState::Reconnecting { .. })
    }
}

/// What can happen to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Somebody needs it.
    Wanted,
    /// The first frame came, of a schema that this page can read.
    Established,
    /// The socket closed, broke, or showed no sign of life.
    Lost {
        /// The close code, if the server gave one.
        code: Option<u16>,
        /// What to tell.
        reason: String,
    },
    /// The wait is over.
    Due,
    /// The browser went offline.
    WentOffline,
    /// The browser came online.
    CameOnline,
    /// The tab became visible.
    BecameVisible,
    /// The page goes away, perhaps to come back from the browser's cache.
    PageHidden,
    /// The page is shown (again).
    PageShown,
    /// `reconnect_now`.
    Asked,
    /// `disconnect`.
    Dismissed,
    /// The server speaks another schema: the page will load again.
    Outdated,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Open a socket now; drop the old one, if any.
    Open,
    /// Drop the socket, if any, and say [`Happening::Due`] after so many milliseconds.
    OpenAfter(u32),
    /// Close the socket.
    Close,
    /// Ask the socket for a sign of life.
    Probe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Opening,
    Open,
    Waiting,
    Refused(u16),
    Away,
    Dismissed,
    Outdated,
}

/// The line.
#[derive(Debug, Clone)]
pub struct Line {
    phase: Phase,
    attempt: u32,
    opened_ms: Millis,
    /// The browser said so, and no new connection has shown otherwise since.
    offline: bool,
    shown: Connection,
}

impl Default for Line {
    fn default() -> Self {
        Self { phase: Phase::Idle, attempt: 0, opened_ms: 0, offline: false, shown: Connection::default() }
    }
}

impl Line {
    /// How it is.
    pub fn connection(&self) -> &Connection {
        &self.shown
    }

    /// A socket is open and the server has greeted.
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// An error that does not end the connection.
    pub fn complain(&mut self, error: String) {
        self.shown.last_error = Some(error);
    }

    /// Takes in what happened at `now_ms` and says what to do; `random` is in `0.0..1.0`.
    pub fn on(&mut self, happening: Happening, now_ms: Millis, random: f64) -> Step {
        let step = self.transition(happening, now_ms, random);
        let state = self.state();
        if std::mem::discriminant(&state) != std::mem::discriminant(&self.shown.state) || self.shown.since_ms == 0 {
            self.shown.since_ms = now_ms;
        }
        self.shown.state = state;
        step
    }

    fn transition(&mut self, happening: Happening, now_ms: Millis, random: f64) -> Step {
        use Phase::{Away, Dismissed, Idle, Open, Opening, Outdated, Waiting};
        match (happening, self.phase) {
            // The page is about to be loaded again: nothing else counts.
            (_, Outdated) => Step::Nothing,
            (Happening::Outdated, _) => self.enter(Outdated, Step::Close),
            (Happening::Dismissed, _) => self.enter(Dismissed, Step::Close),
            (Happening::Asked, _) => {
                self.attempt = 0;
                self.enter(Opening, Step::Open)
            }
            (Happening::Wanted, Idle) | (Happening::PageShown, Away) | (Happening::Due, Waiting) => self.enter(Opening, Step::Open),
            (Happening::Established, Opening) => {
                self.opened_ms = now_ms;
                self.offline = false;
                self.shown.last_error = None;
                self.enter(Open, Step::Nothing)
            }
            (Happening::Lost { code, reason }, Opening | Open) => self.lost(code, reason, now_ms, random),
            (Happening::WentOffline, phase) => {
                self.offline = true;
                if phase == Open { Step::Probe } else { Step::Nothing }
            }
            (Happening::CameOnline, phase) => {
                self.offline = false;
                match phase {
                    Open => Step::Probe,
                    Waiting => {
                        self.attempt = 1;
                        Step::OpenAfter(soon(random))
                    }
                    _ => Step::Nothing,
                }
            }
            (Happening::BecameVisible, Open) => Step::Probe,
            (Happening::BecameVisible, Waiting) => Step::OpenAfter(soon(random)),
            (Happening::PageHidden, Opening | Open | Waiting) => {
                self.attempt = 0;
                self.enter(Away, Step::Close)
            }
            _ => Step::Nothing,
        }
    }

    fn enter(&mut self, phase: Phase, step: Step) -> Step {
        self.phase = phase;
        step
    }

    fn lost(&mut self, code: Option<u16>, reason: String, now_ms: Millis, random: f64) -> Step {
        if self.phase == Phase::Open && now_ms.saturating_sub(self.opened_ms) >= GOOD_MS {
            self.attempt = 0;
        }
        self.attempt = self.attempt.saturating_add(1);
        self.shown.last_error = Some(reason);
        match (after_close(code, self.attempt, random), code) {
            (Verdict::GiveUp, Some(code)) => self.enter(Phase::Refused(code), Step::Close),
            (Verdict::GiveUp, None) => self.enter(Phase::Waiting, Step::OpenAfter(soon(random))),
            (Verdict::After(wait), _) => self.enter(Phase::Waiting, Step::OpenAfter(wait)),
        }
    }

    fn state(&self) -> ConnectionState {
        match self.phase {
            Phase::Idle | Phase::Dismissed => ConnectionState::Closed,
            Phase::Refused(code) => ConnectionState::Refused { code },
            Phase::Outdated => ConnectionState::Reconnecting { attempt: self.attempt.max(1) },
            _ if self.offline => ConnectionState::Offline,
            Phase::Open => ConnectionState::Connected,
            Phase::Opening | Phase::Away if self.attempt == 0 => ConnectionState::Connecting,
            Phase::Opening | Phase::Away | Phase::Waiting => ConnectionState::Reconnecting { attempt: self.attempt },
        }
    }
}

#[cfg(test)]
mod tests;
