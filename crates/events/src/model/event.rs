//! An event on its way: one function says what may become what.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, TicketTypeId},
};
use plenum_wallet::model::Money;

/// Where an event is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum EventState {
    /// Its organisers write it; nobody else sees it.
    Draft,
    /// Everyone sees it.
    Published,
    /// It takes place now.
    Live,
    /// It is over. This is an end.
    Ended,
    /// It will take place at another time; tickets stay valid.
    Postponed,
    /// It does not take place; all is given back. This is an end.
    Cancelled,
}

/// What happens to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum EventAction {
    /// Everyone is to see it.
    Publish,
    /// Nobody is to see it any more; only before anything was sold or held.
    Withdraw,
    /// It begins.
    Begin,
    /// It is over.
    End,
    /// It is put off.
    Postpone,
    /// It has a new time.
    Reschedule,
    /// It will not take place.
    Cancel,
}

/// What an event in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: EventState, action: EventAction) -> Option<EventState> {
    use EventAction as A;
    use EventState as S;
    match (state, action) {
        (S::Draft, A::Publish) | (S::Postponed, A::Reschedule) => Some(S::Published),
        (S::Published, A::Withdraw) => Some(S::Draft),
        (S::Published, A::Begin) => Some(S::Live),
        (S::Published | S::Live, A::End) => Some(S::Ended),
        (S::Published, A::Postpone) => Some(S::Postponed),
        (S::Draft | S::Published | S::Live | S::Postponed, A::Cancel) => Some(S::Cancelled),
        _ => None,
    }
}

impl EventState {
    /// Places of it can be held and bought, within its sales window.
    pub fn sells(self) -> bool {
        matches!(self, Self::Published | Self::Live)
    }
}

impl EventAction {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse().map_err(|_: strum::ParseError| AppError::invalid("act", "Nothing of that kind can be done to an event."))
    }
}

/// Whether places of a type are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SaleStatus {
    /// Some are.
    Available,
    /// None is.
    SoldOut,
}

/// How many places of a ticket type there are (S3-26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TypeAvailability {
    /// The ticket type.
    pub id: TicketTypeId,
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// Its places are seats.
    pub seated: bool,
    /// How many there are in all.
    pub capacity: i64,
    /// How many can be held now.
    pub available: i64,
    /// How many somebody holds now.
    pub held: i64,
    /// How many are sold.
    pub sold: i64,
    /// Whether any is left.
    pub status: SaleStatus,
}

impl TypeAvailability {
    /// True if no more is sold and held than there is (I4).
    pub fn is_sound(&self) -> bool {
        self.sold >= 0 && self.held >= 0 && self.available >= 0 && self.available + self.held + self.sold == self.capacity
    }
}

/// How many places of an event there are, by ticket type (S3-26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Availability {
    /// The event.
    pub event_id: EventId,
    /// Its ticket types, in their order.
    pub ticket_types: Vec<TypeAvailability>,
    /// As of when, in milliseconds UTC.
    pub updated_at: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use EventAction::*;
        use EventState::*;
        let table = [
            (Draft, Publish, Published),
            (Draft, Cancel, Cancelled),
            (Published, Withdraw, Draft),
            (Published, Begin, Live),
            (Published, End, Ended),
            (Published, Postpone, Postponed),
            (Published, Cancel, Cancelled),
            (Live, End, Ended),
            (Live, Cancel, Cancelled),
            (Postponed, Reschedule, Published),
            (Postponed, Cancel, Cancelled),
        ];
        for &state in EventState::VARIANTS {
            for &action in EventAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
        for &action in EventAction::VARIANTS {
            assert_eq!(EventAction::parse(action.into_str()), Ok(action));
        }
        assert_eq!(EventAction::parse("burn").unwrap_err().field.as_deref(), Some("act"));
    }
}
