//! What those who run an event see of its sales.

use serde::{Deserialize, Serialize};

use super::{
    check_in::{CheckIns, Head},
    event::Availability,
    order::OrderState,
};
use plenum_core::{
    ids::{Millis, OrderId, TicketTypeId},
    people::PersonCard,
};
use plenum_wallet::model::Money;

/// Orders of one page.
pub const ORDERS: usize = 50;
const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// What was sold of a ticket type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSales {
    /// The ticket type.
    pub id: TicketTypeId,
    /// What is paid for its places and was not given back.
    pub revenue: Money,
}

/// What was sold of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// What was paid.
    pub paid: Money,
    /// What of it was given back.
    pub refunded: Money,
    /// Orders that were paid.
    pub orders: u32,
    /// By ticket type, in their order.
    pub by_type: Vec<TypeSales>,
}

impl Sales {
    /// What is left.
    pub fn revenue(&self) -> Money {
        Money::new(self.paid.amount - self.refunded.amount, self.paid.currency)
    }
}

/// What became of the holds of an event that have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conversion {
    /// They were bought.
    pub bought: u32,
    /// Their owners let them go, or their time passed.
    pub given_up: u32,
}

impl Conversion {
    /// How many of a hundred were bought; none if none has ended.
    pub fn percent(self) -> Option<u32> {
        let all = self.bought + self.given_up;
        (all > 0).then(|| (self.bought * 100 + all / 2) / all)
    }
}

/// The desk as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Of which event.
    pub head: Head,
    /// What was sold.
    pub sales: Sales,
    /// What is left.
    pub availability: Availability,
    /// Who is in.
    pub check_ins: CheckIns,
    /// The key under which what is written to the attendees is sent once.
    pub key: String,
}

/// How far back sales are shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// 24 hours.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// From the first sale on.
    All,
}

impl Span {
    /// From when on, and in stretches of what length, it shows sales of which the first was at `first`.
    pub fn stretches(self, first: Option<Millis>, now: Millis) -> (Millis, Millis) {
        let first = first.unwrap_or(now);
        let (from, step) = match self {
            Self::Day => (now - DAY, HOUR),
            Self::Week => (now - 7 * DAY, 6 * HOUR),
            Self::All if now - first <= 2 * DAY => (first, HOUR),
            Self::All if now - first <= 30 * DAY => (first, 6 * HOUR),
            Self::All => (first, DAY.max((now - first) / 200 / DAY * DAY)),
        };
        (from - from.rem_euclid(step), step)
    }
}

/// What was sold in a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When the stretch begins.
    pub at: Millis,
    /// Places by ticket type, in the order of the desk's.
    pub places: Vec<u32>,
}

/// Sales over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverTime {
    /// How far back.
    pub span: Span,
    /// When the first stretch begins.
    pub from: Millis,
    /// When it was read.
    pub to: Millis,
    /// How long each is.
    pub step: Millis,
    /// The ticket types.
    pub names: Vec<String>,
    /// The stretches in which something was sold, by time.
    pub moments: Vec<Moment>,
    /// What became of holds.
    pub conversion: Conversion,
}

/// What is asked of the list of orders.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrdersAsked {
    /// A number, a name or an e-mail address, or a part of it.
    #[serde(default)]
    pub text: String,
    /// A state, or empty.
    #[serde(default)]
    pub state: String,
    /// Only older ones.
    #[serde(default)]
    pub before: Option<OrderId>,
}

/// An order in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// How it stands with it.
    pub state: OrderState,
    /// Whose it is.
    pub person: PersonCard,
    /// Their address.
    pub email: String,
    /// How many places.
    pub places: u32,
    /// What it cost.
    pub total: Money,
    /// What of it was given back.
    pub refunded: Money,
    /// When it was made.
    pub created_at: Millis,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Orders {
    /// The newest first.
    pub rows: Vec<OrderRow>,
    /// The next page is below this one; none: this is the last.
    pub floor: Option<OrderId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn words_read_back() {
        for &span in Span::VARIANTS {
            assert_eq!(span.into_str().parse(), Ok(span));
        }
        for &state in OrderState::VARIANTS {
            assert_eq!(state.into_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.into_str());
        }
        assert!("year".parse::<Span>().is_err() && "".parse::<OrderState>().is_err());
    }

    /// However long a sale lasts, it is some tens of points, and they begin before the first sale.
    #[test]
    fn stretches_are_few() {
        let now = 1_795_102_860_000;
        for days in [0, 1, 2, 3, 29, 31, 365, 2_000] {
            let first = now - days * DAY;
            for &span in Span::VARIANTS {
                let (from, step) = span.stretches(Some(first), now);
                assert!(from % step == 0 && (now - from) / step <= 400, "{span:?} over {days} days: {}", (now - from) / step);
                assert!(span != Span::All || from <= first);
            }
        }
        assert_eq!(Span::All.stretches(None, now).1, HOUR);
    }

    #[test]
    fn holds_are_counted_when_they_have_ended() {
        assert_eq!(Conversion::default().percent(), None);
        assert_eq!(Conversion { bought: 2, given_up: 1 }.percent(), Some(67));
        assert_eq!(Conversion { bought: 0, given_up: 7 }.percent(), Some(0));
    }
}
