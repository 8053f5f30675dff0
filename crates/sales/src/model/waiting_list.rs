//! Waiting for a place of what is sold out: one function says what may become what (S3-32).

use serde::{Deserialize, Serialize};

use plenum_core::ids::{EventId, Millis, TicketTypeId};

/// Where somebody in a waiting list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum WaitingState {
    /// In the list.
    Waiting,
    /// A place is held for them, for a time.
    Offered,
    /// They have bought it. This is an end.
    Taken,
    /// They have let the offer go, or its time has passed. This is an end.
    Lapsed,
    /// They left the list. This is an end.
    Left,
}

/// What happens to somebody in a waiting list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum WaitingAction {
    /// A place has become free, and it is their turn.
    Offer,
    /// They buy it.
    Buy,
    /// The offer ends, or they let it go.
    Lapse,
    /// They do not want to wait any more.
    Leave,
}

/// What somebody in `state` becomes by `action`; none if that cannot happen to them.
pub fn transition(state: WaitingState, action: WaitingAction) -> Option<WaitingState> {
    use WaitingAction as A;
    use WaitingState as S;
    match (state, action) {
        (S::Waiting, A::Offer) => Some(S::Offered),
        (S::Waiting, A::Leave) => Some(S::Left),
        (S::Offered, A::Buy) => Some(S::Taken),
        (S::Offered, A::Lapse) => Some(S::Lapsed),
        _ => None,
    }
}

impl WaitingState {
    /// Nothing more happens to them.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Taken | Self::Lapsed | Self::Left)
    }
}

/// One's own place in a waiting list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWaiting {
    /// Of which event.
    pub event_id: EventId,
    /// For which ticket type.
    pub ticket_type_id: TicketTypeId,
    /// Where one is.
    pub state: WaitingState,
    /// How many are to be served up to oneself, oneself included; 0 once it is one's turn.
    pub place: i64,
    /// Until when the offer holds, in milliseconds UTC of the server's clock.
    pub until: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use WaitingAction::*;
        use WaitingState::*;
        let table = [(Waiting, Offer, Offered), (Waiting, Leave, Left), (Offered, Buy, Taken), (Offered, Lapse, Lapsed)];
        for &state in WaitingState::VARIANTS {
            for &action in WaitingAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
                assert!(!state.is_end() || expected.is_none(), "{state:?} is an end");
            }
        }
    }
}
