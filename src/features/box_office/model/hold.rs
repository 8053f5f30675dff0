//! A hold: somebody's expiring claim on places of an event.

use serde::{Deserialize, Serialize};

use crate::ids::{EventId, HoldId, Millis, SeatId, TicketTypeId};

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

    /// How many places it claims.
    pub fn places(&self) -> i64 {
        i64::try_from(self.seats.len()).unwrap_or(i64::MAX) + self.standing.iter().map(|places| places.quantity).sum::<i64>()
    }
}
