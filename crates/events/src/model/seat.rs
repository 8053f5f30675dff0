//! Seats, and what one is at an instant.

use serde::{Deserialize, Serialize};

use plenum_core::ids::{Millis, SeatId, SectionId, TicketTypeId};

/// What a seat is like.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum SeatKind {
    /// Like most.
    #[default]
    Standard,
    /// For a wheelchair.
    Accessible,
    /// Beside one of these.
    Companion,
    /// One does not see all from it.
    Restricted,
}

/// A seat of a plan: it never changes while people look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Seat {
    /// The seat.
    pub id: SeatId,
    /// The part of the hall.
    #[cfg_attr(feature = "ssr", sqlx(rename = "section_id"))]
    pub section: SectionId,
    /// The ticket type that it is sold as, which has its price.
    #[cfg_attr(feature = "ssr", sqlx(rename = "ticket_type_id"))]
    pub ticket_type: TicketTypeId,
    /// Its row, as it is written on it.
    pub row: String,
    /// Its number in the row.
    pub number: i64,
    /// What it is like.
    pub kind: SeatKind,
    /// From the left edge of the plan, in tenths of a seat.
    pub x: i64,
    /// From its upper edge, towards the stage being up.
    pub y: i64,
}

/// What somebody has done to a seat. Whether a hold still holds is judged when it is looked at (I3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// Nobody has it.
    Free,
    /// Somebody holds it until an instant, in milliseconds UTC of the server's clock.
    Held {
        /// The instant from which on it is free.
        until: Millis,
    },
    /// Somebody has bought it.
    Sold,
}

impl SeatState {
    /// What it is at `now`.
    #[must_use]
    pub fn at(self, now: Millis) -> Self {
        match self {
            Self::Held { until } if until <= now => Self::Free,
            state => state,
        }
    }
}

/// A seat as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SeatNow {
    /// The seat.
    pub id: SeatId,
    /// What it is.
    pub state: SeatState,
}

/// Where one sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = TicketPlace))]
pub struct Place {
    /// The part of the hall.
    pub section: String,
    /// The row, as it is written on it.
    pub row: String,
    /// The number in the row.
    pub number: i64,
    /// What the seat is like.
    pub kind: SeatKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_ends_at_its_instant() {
        let held = SeatState::Held { until: 1_000 };
        assert_eq!(held.at(999), held);
        assert_eq!(held.at(1_000), SeatState::Free);
        assert_eq!(SeatState::Sold.at(i64::MAX), SeatState::Sold);
        assert_eq!(SeatState::Free.at(0), SeatState::Free);
    }
}
