//! The self-test of one's own live connection: what each step found, and what to check if it failed (S2-72, S2-73, S2-74).

use super::health::Mark;
use crate::words::health as words;
use plenum_ui::client::{ConnectionState, RoundTrip, SubscriptionStatus};

/// How far the test event has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Echo {
    /// None was sent.
    #[default]
    NotSent,
    /// On its way.
    Sent,
    /// The server did not take it, and why.
    Refused(String),
    /// It came back after so many milliseconds.
    Came {
        /// From the click to the event.
        ms: u32,
    },
    /// It has not come within [`PATIENCE_MS`].
    Lost,
}

/// How long an event may take.
pub const PATIENCE_MS: u32 = 5_000;
/// From here on a way is slow.
const SLOW_MS: u32 = 1_000;

/// What the page knows of its connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// How the line is.
    pub connection: ConnectionState,
    /// What went wrong with it last.
    pub error: Option<String>,
    /// How long a ping took.
    pub round_trip: RoundTrip,
    /// How the subscription stands.
    pub subscription: SubscriptionStatus,
    /// Where the test event is.
    pub echo: Echo,
}

/// One step of the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was tried.
    pub name: &'static str,
    /// What became of it; none while that is not known.
    pub mark: Option<Mark>,
    /// In a sentence.
    pub said: String,
    /// What to check.
    pub advice: Option<&'static str>,
}

impl Step {
    fn waits(name: &'static str, said: &str) -> Self {
        Self { name, mark: None, said: said.to_owned(), advice: None }
    }

    fn well(name: &'static str, said: String) -> Self {
        Self { name, mark: Some(Mark::Well), said, advice: None }
    }

    fn failed(name: &'static str, mark: Mark, said: String, advice: &'static str) -> Self {
        Self { name, mark: Some(mark), said, advice: Some(advice) }
    }

    fn timed(name: &'static str, ms: u32) -> Self {
        let said = words::took(ms);
        if ms < SLOW_MS { Self::well(name, said) } else { Self::failed(name, Mark::Look, said, words::SLOW_WAY) }
    }
}

/// The four steps, in the order in which one depends on the other.
pub fn steps(observed: &Observed) -> [Step; 4] {
    let connected = observed.connection == ConnectionState::Connected;
    [
        connection(observed),
        round_trip(observed.round_trip, connected),
        subscription(&observed.subscription, connected),
        echo(&observed.echo),
    ]
}

fn connection(observed: &Observed) -> Step {
    let name = words::CONNECTION;
    let because = |said: &str| match &observed.error {
        Some(error) => format!("{said} {error}"),
        None => said.to_owned(),
    };
    match observed.connection {
        ConnectionState::Connected => Step::well(name, words::CONNECTED.to_owned()),
        ConnectionState::Connecting => Step::waits(name, words::CONNECTING),
        ConnectionState::Reconnecting { .. } => Step::failed(name, Mark::Bad, because(words::NOT_CONNECTED), words::CHECK_SERVER),
        ConnectionState::Offline => Step::failed(name, Mark::Bad, words::OFFLINE.to_owned(), words::CHECK_NETWORK),
        ConnectionState::Refused { code } => Step::failed(name, Mark::Bad, words::refused_with(code), words::close_code(code)),
        ConnectionState::Closed => Step::failed(name, Mark::Bad, because(words::CLOSED), words::CHECK_SERVER),
    }
}

fn round_trip(round_trip: RoundTrip, connected: bool) -> Step {
    let name = words::ROUND_TRIP;
    match round_trip {
        RoundTrip::Took { ms } => Step::timed(name, ms),
        RoundTrip::Asked if connected => Step::waits(name, words::ASKED),
        RoundTrip::Unknown if connected => Step::waits(name, words::NOT_ASKED),
        RoundTrip::Asked | RoundTrip::Unknown => Step::waits(name, words::NEEDS_CONNECTION),
    }
}

fn subscription(status: &SubscriptionStatus, connected: bool) -> Step {
    let name = words::SUBSCRIPTION;
    match status {
        SubscriptionStatus::Live => Step::well(name, words::SUBSCRIBED.to_owned()),
        SubscriptionStatus::Refused { status, reason } => {
            Step::failed(name, Mark::Bad, words::subscription_refused(*status, reason), words::subscription_advice(*status))
        }
        SubscriptionStatus::Stale => Step::waits(name, words::CATCHING_UP),
        SubscriptionStatus::Joining | SubscriptionStatus::Waiting if connected => Step::waits(name, words::JOINING),
        SubscriptionStatus::Joining | SubscriptionStatus::Waiting => Step::waits(name, words::NEEDS_CONNECTION),
    }
}

fn echo(echo: &Echo) -> Step {
    let name = words::TEST_EVENT;
    match echo {
        Echo::NotSent => Step::waits(name, words::NOT_SENT),
        Echo::Sent => Step::waits(name, words::ON_ITS_WAY),
        Echo::Refused(reason) => Step::failed(name, Mark::Bad, words::not_taken(reason), words::CHECK_COMMAND),
        Echo::Came { ms } => Step::timed(name, *ms),
        Echo::Lost => Step::failed(name, Mark::Bad, words::lost(PATIENCE_MS / 1_000), words::CHECK_EVENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed() -> Observed {
        Observed {
            connection: ConnectionState::Connected,
            error: None,
            round_trip: RoundTrip::Took { ms: 3 },
            subscription: SubscriptionStatus::Live,
            echo: Echo::Came { ms: 12 },
        }
    }

    fn marks(observed: &Observed) -> Vec<Option<Mark>> {
        steps(observed).into_iter().map(|step| step.mark).collect()
    }

    #[test]
    fn all_is_well() {
        assert_eq!(marks(&observed()), [Some(Mark::Well); 4]);
        assert!(steps(&observed())[3].said.contains("12 ms"));
        assert!(steps(&observed()).iter().all(|step| step.advice.is_none()));
    }

    /// Whatever fails says what to check, and only what fails does.
    #[test]
    fn what_fails_says_what_to_check() {
        let connections = [
            ConnectionState::Reconnecting { attempt: 2 },
            ConnectionState::Offline,
            ConnectionState::Refused { code: 4009 },
            ConnectionState::Refused { code: 4001 },
            ConnectionState::Closed,
        ];
        for connection in connections {
            let seen = Observed { connection, error: Some("The connection was lost.".into()), ..observed() };
            let [step, ..] = steps(&seen);
            assert!(step.mark == Some(Mark::Bad) && step.advice.is_some(), "{connection:?}");
        }
        let refused =
            Observed { subscription: SubscriptionStatus::Refused { status: 403, reason: "Only its admins.".into() }, ..observed() };
        let [_, _, step, _] = steps(&refused);
        assert!(step.mark == Some(Mark::Bad) && step.said.contains("403") && step.said.contains("Only its admins."), "{step:?}");
        for echo in [Echo::Lost, Echo::Refused("That was too often.".into())] {
            let [.., step] = steps(&Observed { echo, ..observed() });
            assert!(step.mark == Some(Mark::Bad) && step.advice.is_some(), "{step:?}");
        }
        let slow = Observed { echo: Echo::Came { ms: 2_000 }, round_trip: RoundTrip::Took { ms: 1_500 }, ..observed() };
        assert_eq!(marks(&slow)[1], Some(Mark::Look));
        assert_eq!(marks(&slow)[3], Some(Mark::Look));
    }

    /// Nothing is judged before it is known: a page without scripts shows what a page shows at first.
    #[test]
    fn at_first_nothing_is_known() {
        let first = Observed {
            connection: ConnectionState::default(),
            error: None,
            round_trip: RoundTrip::default(),
            subscription: SubscriptionStatus::default(),
            echo: Echo::default(),
        };
        assert_eq!(marks(&first), [None; 4]);
    }
}
