//! Where a broadcast is on its way: one function says what may become what.

use serde::{Deserialize, Serialize};

use plenum_core::{
    activity::Record,
    error::{AppError, AppResult},
};

/// Where a broadcast is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for its time, or for its turn.
    Scheduled,
    /// It goes out.
    Sending,
    /// A sample has it; the rest waits for the winner of the variants.
    Deciding,
    /// Somebody stopped it for a while.
    Paused,
    /// All have it, or were tried. This is an end, but for those whom it failed to reach.
    Sent,
    /// Somebody stopped it for good; who has it keeps it. This is an end.
    Cancelled,
}

/// What happens to a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Action {
    /// Its time has come.
    Begin,
    /// The last recipient has it.
    Finish,
    /// The sample has it.
    Await,
    /// The winner is chosen: by its time, or by somebody.
    Decide,
    /// Somebody stops it for a while.
    Pause,
    /// Somebody lets it go on.
    Resume,
    /// Somebody stops it for good.
    Cancel,
    /// Somebody lets those be tried again whom it failed to reach.
    Retry,
}

/// What a broadcast in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: State, action: Action) -> Option<State> {
    match (state, action) {
        (State::Scheduled, Action::Begin) => Some(State::Sending),
        (State::Sending, Action::Finish) => Some(State::Sent),
        (State::Sending, Action::Await) => Some(State::Deciding),
        (State::Scheduled | State::Sending | State::Deciding, Action::Pause) => Some(State::Paused),
        // It waits for its time again, which may have come long ago; and what it waited for before, it will come to wait for again.
        (State::Paused, Action::Resume) | (State::Deciding, Action::Decide) | (State::Sent, Action::Retry) => Some(State::Scheduled),
        (State::Scheduled | State::Sending | State::Deciding | State::Paused, Action::Cancel) => Some(State::Cancelled),
        _ => None,
    }
}

impl State {
    /// Nothing more happens to it by itself.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Sent | Self::Cancelled)
    }
}

impl Action {
    /// What people do; the others Plenum does itself. Deciding is a command of its own, which says for what.
    pub const OF_PEOPLE: [Self; 4] = [Self::Pause, Self::Resume, Self::Retry, Self::Cancel];

    /// What it leaves in the activity record.
    pub fn record(self) -> Record {
        match self {
            Self::Begin => Record::BroadcastStarted,
            Self::Finish => Record::BroadcastSent,
            Self::Await => Record::BroadcastSampled,
            Self::Decide => Record::BroadcastDecided,
            Self::Pause => Record::BroadcastPaused,
            Self::Resume => Record::BroadcastResumed,
            Self::Cancel => Record::BroadcastCancelled,
            Self::Retry => Record::BroadcastRetried,
        }
    }

    /// What a person does, by its name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse()
            .ok()
            .filter(|action| Self::OF_PEOPLE.contains(action))
            .ok_or_else(|| AppError::invalid("act", "A broadcast can be paused, resumed, retried or cancelled."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use Action::*;
        use State::*;
        let table = [
            (Scheduled, Begin, Sending),
            (Scheduled, Pause, Paused),
            (Scheduled, Cancel, Cancelled),
            (Sending, Finish, Sent),
            (Sending, Await, Deciding),
            (Sending, Pause, Paused),
            (Sending, Cancel, Cancelled),
            (Deciding, Decide, Scheduled),
            (Deciding, Pause, Paused),
            (Deciding, Cancel, Cancelled),
            (Paused, Resume, Scheduled),
            (Paused, Cancel, Cancelled),
            (Sent, Retry, Scheduled),
        ];
        for &state in State::VARIANTS {
            for &action in Action::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
    }

    proptest! {
        /// Whatever happens in whatever order: an end stays but for a retry, and nothing is sent that has not begun.
        #[test]
        fn an_end_stays(actions in proptest::collection::vec(0..Action::VARIANTS.len(), 0..20)) {
            let (mut state, mut begun) = (State::Scheduled, false);
            for action in actions.into_iter().map(|index| Action::VARIANTS[index]) {
                let ended = state.is_end();
                let next = transition(state, action);
                prop_assert!(!ended || next.is_none() || (state, action) == (State::Sent, Action::Retry));
                begun |= next == Some(State::Sending);
                state = next.unwrap_or(state);
                prop_assert!(state != State::Sent || begun);
            }
        }
    }

    #[test]
    fn people_pause_resume_retry_and_cancel() {
        for action in Action::OF_PEOPLE {
            assert_eq!(Action::parse(action.into_str()), Ok(action));
        }
        for wrong in ["begin", "finish", "await", "decide", "burn", ""] {
            assert_eq!(Action::parse(wrong).unwrap_err().field.as_deref(), Some("act"), "{wrong:?}");
        }
    }
}
