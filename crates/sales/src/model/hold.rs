//! A hold: somebody's expiring claim on places of an event.

use serde::{Deserialize, Serialize};

use plenum_core::ids::{EventId, HoldId, Millis, SeatId, TicketTypeId};

/// Where a hold is on its way. Whether an active one still holds anything is judged by its `until` whenever it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
pub enum HoldState {
    /// It holds, while its time lasts.
    Active,
    /// Its owner let it go. This is an end.
    Released,
    /// Its time has passed. This is an end.
    Expired,
    /// Its places are sold. This is an end.
    Bought,
}

/// What ends a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum HoldAction {
    /// Its owner lets it go, or the last of its places.
    Release,
    /// Its time passes.
    Expire,
    /// It is paid.
    Buy,
}

/// What a hold in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: HoldState, action: HoldAction) -> Option<HoldState> {
    match (state, action) {
        (HoldState::Active, HoldAction::Release) => Some(HoldState::Released),
        (HoldState::Active, HoldAction::Expire) => Some(HoldState::Expired),
        (HoldState::Active, HoldAction::Buy) => Some(HoldState::Bought),
        (HoldState::Released | HoldState::Expired | HoldState::Bought, _) => None,
    }
}

/// Places of a standing ticket type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Places {
    /// Which.
    pub ticket_type_id: TicketTypeId,
    /// How many.
    pub quantity: i64,
}

/// What is to be held.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Wanted {
    /// These seats.
    pub seats: Vec<SeatId>,
    /// These standing places.
    pub standing: Vec<Places>,
}

/// What somebody holds: their basket of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// Of which event.
    pub event_id: EventId,
    /// When it ends, in milliseconds UTC of the server's clock.
    pub until: Millis,
    /// How often it can still be extended.
    pub extensions_left: i64,
    /// Its seats, by id.
    pub seats: Vec<SeatId>,
    /// Its standing places, by ticket type.
    pub standing: Vec<Places>,
}

impl Hold {
    /// True if it holds nothing at `now` any more.
    pub fn is_over(&self, now: Millis) -> bool {
        self.until <= now || (self.seats.is_empty() && self.standing.is_empty())
    }

    /// The idempotency key of its next extension, the same in every tab: an answer that is lost, or a second press, costs no second one.
    pub fn extension_key(id: HoldId, until: Millis) -> String {
        format!("extend-{id}-{until}")
    }

    /// How many places it claims.
    pub fn places(&self) -> i64 {
        i64::try_from(self.seats.len()).unwrap_or(i64::MAX) + self.standing.iter().map(|places| places.quantity).sum::<i64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what has ended stays ended.
    #[test]
    fn the_table_of_states() {
        let table =
            [(HoldAction::Release, HoldState::Released), (HoldAction::Expire, HoldState::Expired), (HoldAction::Buy, HoldState::Bought)];
        for &state in HoldState::VARIANTS {
            for &action in HoldAction::VARIANTS {
                let expected = table.iter().find(|(by, _)| *by == action && state == HoldState::Active).map(|(_, to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
    }
}
