//! When places of an event are sold: one rule for holds, orders, waiting lists, pages and figures.

use serde::{Deserialize, Serialize};

use super::event::EventState;
use plenum_core::ids::Millis;

/// When places of an event are sold. In SQL it is `event_sells!` of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct SaleWindow {
    /// The state of the event.
    pub state: EventState,
    /// From when on, in milliseconds UTC.
    pub sales_from: Millis,
    /// To before this instant.
    pub sales_until: Millis,
}

/// How a sale stands at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sale {
    /// It begins at this instant.
    Coming(Millis),
    /// Places can be held and bought until this instant.
    On(Millis),
    /// Its time has passed.
    Over,
    /// The event does not sell in its state.
    Stopped,
}

impl SaleWindow {
    /// How the sale stands at `now`.
    pub fn sale(self, now: Millis) -> Sale {
        if !self.state.sells() {
            Sale::Stopped
        } else if now >= self.sales_until {
            Sale::Over
        } else if now < self.sales_from {
            Sale::Coming(self.sales_from)
        } else {
            Sale::On(self.sales_until)
        }
    }
}

impl Sale {
    /// Places can be held and bought.
    pub fn is_on(self) -> bool {
        matches!(self, Self::On(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(state: EventState) -> SaleWindow {
        SaleWindow { state, sales_from: 10, sales_until: 100 }
    }

    #[test]
    fn places_are_sold_within_the_window_while_it_sells() {
        assert_eq!(
            [0, 9, 10, 99, 100].map(|now| window(EventState::Published).sale(now)),
            [Sale::Coming(10), Sale::Coming(10), Sale::On(100), Sale::On(100), Sale::Over]
        );
        for state in [EventState::Draft, EventState::Ended, EventState::Postponed, EventState::Cancelled] {
            assert_eq!(window(state).sale(50), Sale::Stopped, "{state:?}");
        }
    }
}
