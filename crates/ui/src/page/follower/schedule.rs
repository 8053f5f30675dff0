//! When a follower requests a snapshot: a state machine without clock or socket. The caller says what happened, and carries out the
//! [`Step`] that is returned.

use std::time::Duration;

/// A snapshot that is needed is requested again this long after a request failed.
pub const RETRY: Duration = Duration::from_secs(3);
/// While there is no connection, a snapshot is requested at this interval (S4-29, S4-43).
pub const REFRESH: Duration = Duration::from_secs(30);

/// What can happen to a follower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Only the server knows what to show now.
    Needed,
    /// There was a gap in the events of a channel, and none come until there is a snapshot.
    Stale,
    /// The delay of [`Step::RequestAfter`] is over.
    Due,
    /// The request was answered, and the page shows the answer.
    Answered,
    /// The request failed in a way that may pass.
    Failed,
    /// The request was refused: the same request will not succeed later.
    Refused,
    /// The page shows a snapshot that it has fetched itself.
    Replaced,
    /// The connection was lost, or is not there yet.
    Lost,
    /// The connection is there.
    Returned,
}

/// What the caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing; a delay that runs goes on.
    Nothing,
    /// Request a snapshot now; a delay that runs is cancelled.
    Request,
    /// Report [`Happening::Due`] after this delay, which replaces one that runs.
    RequestAfter(Duration),
    /// Cancel the delay that runs.
    Cancel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Live events keep the page up to date.
    #[default]
    Current,
    /// A request is on its way. `needed`: a failure is followed by another request. `again`: a reason came meanwhile, and the answer may
    /// be older than the reason.
    Requested { needed: bool, again: bool },
    /// A delay runs: towards the next try if a snapshot is needed, else towards the next refresh without a connection.
    Waiting { needed: bool },
    /// The last request was refused.
    Refused,
}

/// The state of one follower's requests.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    phase: Phase,
}

impl Schedule {
    /// True while a request is on its way.
    pub fn is_requested(&self) -> bool {
        matches!(self.phase, Phase::Requested { .. })
    }

    /// True while a snapshot is needed and none was answered yet.
    pub fn is_needed(&self) -> bool {
        matches!(self.phase, Phase::Requested { needed: true, .. } | Phase::Requested { again: true, .. } | Phase::Waiting { needed: true })
    }

    /// Takes in what happened, with or without a connection, and returns what to do.
    pub fn on(&mut self, happening: Happening, connected: bool) -> Step {
        match (happening, self.phase) {
            (Happening::Needed, Phase::Requested { needed, .. }) => self.enter(Phase::Requested { needed, again: true }, Step::Nothing),
            // However old the answer is, its cursor says where the channel goes on; if that is another gap, it is reported again.
            (Happening::Stale, Phase::Requested { again, .. }) => self.enter(Phase::Requested { needed: true, again }, Step::Nothing),
            // The retry is close; a storm of events does not become a storm of requests to a server that fails.
            (Happening::Needed | Happening::Stale, Phase::Waiting { needed: true }) if connected => Step::Nothing,
            (Happening::Needed | Happening::Stale, _)
            | (Happening::Returned, Phase::Waiting { needed: true })
            | (Happening::Answered | Happening::Refused, Phase::Requested { again: true, .. }) => self.request(true),
            (Happening::Due, Phase::Waiting { needed }) => self.request(needed),
            (Happening::Answered, Phase::Requested { .. }) => self.rest(connected),
            (Happening::Refused, Phase::Requested { .. }) => self.enter(Phase::Refused, Step::Nothing),
            (Happening::Failed, Phase::Requested { needed: false, again: false }) => self.rest(connected),
            (Happening::Failed, Phase::Requested { .. }) => {
                let delay = if connected { RETRY } else { REFRESH };
                self.enter(Phase::Waiting { needed: true }, Step::RequestAfter(delay))
            }
            (Happening::Returned, Phase::Waiting { needed: false }) => self.enter(Phase::Current, Step::Cancel),
            (Happening::Replaced, Phase::Waiting { .. } | Phase::Refused) => {
                let step = self.rest(connected);
                if step == Step::Nothing { Step::Cancel } else { step }
            }
            (Happening::Lost, Phase::Current) => self.rest(false),
            (Happening::Returned, Phase::Refused) => self.enter(Phase::Current, Step::Nothing),
            _ => Step::Nothing,
        }
    }

    fn request(&mut self, needed: bool) -> Step {
        self.enter(Phase::Requested { needed, again: false }, Step::Request)
    }

    /// Nothing is needed: without a connection the next refresh comes after a while.
    fn rest(&mut self, connected: bool) -> Step {
        if connected {
            self.enter(Phase::Current, Step::Nothing)
        } else {
            self.enter(Phase::Waiting { needed: false }, Step::RequestAfter(REFRESH))
        }
    }

    fn enter(&mut self, phase: Phase, step: Step) -> Step {
        self.phase = phase;
        step
    }
}

#[cfg(test)]
mod tests;
