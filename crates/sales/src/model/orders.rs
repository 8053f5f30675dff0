//! Orders as people see them: what somebody buys, what it costs, and what was given back. Where an order can go from where it is, is
//! [`order`](plenum_events::model::order)'s.

use serde::{Deserialize, Serialize};

use super::{
    paying::Takes,
    promo::{Code, Off},
};
use plenum_core::{
    ids::{EventId, HoldId, Millis, OrderId, OrderLineId, SeatId, TicketId, TicketTypeId},
    people::PersonCard,
};
use plenum_events::model::{order::OrderState, seat::SeatKind};
use plenum_wallet::model::{Money, card::CardState};

/// Orders of one page of a list.
pub const PAGE: usize = 20;
/// Characters of a reason.
pub const REASON_CHARS: usize = 300;

/// The symbols of order numbers: none that is taken for another one when it is read out.
const SYMBOLS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The number of an order, `K7QD-2MXB`, made of 40 random bits: short enough to be read out, and nobody guesses another's.
pub fn number(random: u64) -> String {
    let symbol = |place: u32| char::from(SYMBOLS[usize::try_from((random >> (5 * place)) & 31).unwrap_or_default()]);
    (0..8).flat_map(|place| (place == 4).then_some('-').into_iter().chain([symbol(place)])).collect()
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum LineState {
    /// It is not paid.
    Open,
    /// It is paid, and its place is somebody's.
    Sold,
    /// It was given back.
    Refunded,
    /// Its order ended before it was paid.
    Void,
}

/// What happens to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum LineAction {
    /// Its order is paid.
    Pay,
    /// Its money is given back.
    Refund,
    /// Its order ends before it was paid.
    End,
}

impl LineState {
    /// What a line becomes by `action`; none if that cannot happen to it.
    pub fn after(self, action: LineAction) -> Option<Self> {
        match (self, action) {
            (Self::Open, LineAction::Pay) => Some(Self::Sold),
            (Self::Open, LineAction::End) => Some(Self::Void),
            (Self::Sold, LineAction::Refund) => Some(Self::Refunded),
            _ => None,
        }
    }
}

/// Which seat a line is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LineSeat {
    /// The seat.
    pub id: SeatId,
    /// The part of the hall.
    pub section: String,
    /// Its row, as it is written on it.
    pub row: String,
    /// Its number in the row.
    pub number: i64,
    /// What it is like.
    pub kind: SeatKind,
}

/// One place of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = OrderLine))]
pub struct Line {
    /// The line.
    pub id: OrderLineId,
    /// As what it is sold.
    pub ticket_type_id: TicketTypeId,
    /// What that is called.
    pub ticket_type: String,
    /// Its seat; none: one stands.
    pub seat: Option<LineSeat>,
    /// What the place costs.
    pub price: Money,
    /// What is taken off.
    pub discount: Money,
    /// What has become of it.
    pub state: LineState,
    /// Its ticket, once it is paid.
    pub ticket_id: Option<TicketId>,
}

impl Line {
    /// What is paid for it.
    pub fn total(&self) -> Money {
        Money::new(self.price.amount - self.discount.amount, self.price.currency)
    }
}

/// Which event an order is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OrderEventHead {
    /// The event.
    pub id: EventId,
    /// What it is called.
    pub title: String,
    /// Where it takes place; empty: nowhere but online.
    pub venue: String,
    /// When it begins, in milliseconds UTC.
    pub starts_at: Millis,
    /// The same in words, in its own time zone, which is named.
    pub starts: String,
}

/// The code that an order uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UsedPromo {
    /// What was entered.
    pub code: Code,
    /// How much it takes off.
    pub off: Off,
}

/// Something that was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Refund {
    /// How much.
    pub money: Money,
    /// Of which lines.
    pub lines: Vec<OrderLineId>,
    /// Why.
    pub reason: String,
    /// By whom; none: Plenum itself, because the event was cancelled.
    pub by: Option<PersonCard>,
    /// When, in milliseconds UTC.
    pub at: Millis,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// What it is called.
    pub number: String,
    /// Of which event.
    pub event: OrderEventHead,
    /// Whose it is.
    pub buyer: PersonCard,
    /// Where it is on its way.
    pub state: OrderState,
    /// The hold that it was made of.
    pub hold_id: HoldId,
    /// While it is not paid: until when its places are held, in milliseconds UTC. From then on it has expired.
    pub until: Option<Millis>,
    /// Its places.
    pub lines: Vec<Line>,
    /// What they cost.
    pub subtotal: Money,
    /// What is taken off.
    pub discount: Money,
    /// What is to be paid, or was.
    pub total: Money,
    /// What was given back of it.
    pub refunded: Money,
    /// The code that it uses.
    pub promo: Option<UsedPromo>,
    /// What was given back, in order.
    pub refunds: Vec<Refund>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was paid.
    pub paid_at: Option<Millis>,
    /// When it was cancelled, expired or wholly given back.
    pub ended_at: Option<Millis>,
    /// How its last payment by card is, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardState>,
}

/// What an order that was left in `state`, its places held until `until`, is at `now`: nothing has to be swept for it to expire.
pub fn state_at(state: OrderState, until: Option<Millis>, now: Millis) -> OrderState {
    match (state, until) {
        (OrderState::Draft | OrderState::AwaitingPayment, Some(until)) if until <= now => OrderState::Expired,
        _ => state,
    }
}

impl Order {
    /// The order as it is at `now`.
    #[must_use]
    pub fn at(mut self, now: Millis) -> Self {
        let state = state_at(self.state, self.until, now);
        if state != self.state {
            self.ended_at = self.until;
            self.until = None;
            self.state = state;
            for line in &mut self.lines {
                line.state = LineState::Void;
            }
        }
        self
    }

    /// Its lines that can be given back.
    pub fn sold(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.state == LineState::Sold)
    }
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderHead {
    /// The order.
    pub id: OrderId,
    /// What it is called.
    pub number: String,
    /// Of which event.
    pub event: OrderEventHead,
    /// Where it is on its way.
    pub state: OrderState,
    /// While it is not paid: until when its places are held.
    pub until: Option<Millis>,
    /// How many places.
    pub places: usize,
    /// What is to be paid, or was.
    pub total: Money,
    /// What was given back of it.
    pub refunded: Money,
    /// When it was made.
    pub created_at: Millis,
}

impl From<&Order> for OrderHead {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id,
            number: order.number.clone(),
            event: order.event.clone(),
            state: order.state,
            until: order.until,
            places: order.lines.len(),
            total: order.total,
            refunded: order.refunded,
            created_at: order.created_at,
        }
    }
}

/// Which orders are shown.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Those that wait to be paid.
    Open,
    /// Those that are paid, some of it given back perhaps.
    Paid,
    /// Those that are over: given back, cancelled, expired.
    Ended,
}

impl Show {
    /// True if an order in `state` is shown.
    pub fn holds(self, state: OrderState) -> bool {
        match self {
            Self::All => true,
            Self::Open => matches!(state, OrderState::Draft | OrderState::AwaitingPayment),
            Self::Paid => matches!(state, OrderState::Paid | OrderState::PartlyRefunded),
            Self::Ended => state.is_end(),
        }
    }
}

/// One's own orders, the newest first, down to some id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// Which are shown.
    pub show: Show,
    /// The orders.
    pub orders: Vec<OrderHead>,
    /// There are no others from this id on; 0: there are no more.
    pub floor: i64,
}

/// The page of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// The order.
    pub order: Order,
    /// It is the viewer's own.
    pub own: bool,
    /// The viewer may give some of it back.
    pub may_refund: bool,
    /// What its owner has to spend; none for others.
    pub available: Option<Money>,
    /// How it can be paid.
    pub takes: Takes,
    /// Where its owner goes on to pay by card, while that is open.
    pub checkout_url: Option<String>,
    /// A key for the page's command: each has one effect.
    pub key: String,
}

/// A basket with its price, before it is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The hold.
    pub hold_id: HoldId,
    /// When it ends.
    pub until: Millis,
    /// Of which event.
    pub event: OrderEventHead,
    /// Its order, if it has one.
    pub order: Option<OrderId>,
    /// Its places; they have no ids yet.
    pub lines: Vec<Line>,
    /// What they cost.
    pub subtotal: Money,
    /// What is taken off.
    pub discount: Money,
    /// What is to be paid.
    pub total: Money,
    /// The code that it uses.
    pub promo: Option<UsedPromo>,
    /// Why the code that was asked for cannot be used.
    pub refused: Option<String>,
    /// What there is to spend.
    pub available: Money,
    /// How it can be paid.
    pub takes: Takes,
    /// A key for the payment.
    pub key: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    proptest! {
        /// A number says which 40 bits it was made of, in symbols that are read as they are meant.
        #[test]
        fn a_number_is_readable_and_no_others(random in any::<u64>(), other in any::<u64>()) {
            let made = number(random);
            prop_assert_eq!(made.len(), 9);
            prop_assert!(made.chars().all(|symbol| symbol == '-' || (symbol.is_ascii_alphanumeric() && !"O0I1".contains(symbol))));
            prop_assert_eq!(made == number(other), random & 0xff_ffff_ffff == other & 0xff_ffff_ffff);
        }
    }

    #[test]
    fn an_order_expires_with_its_hold() {
        use OrderState::*;
        for (state, then) in [(Draft, Expired), (AwaitingPayment, Expired), (Paid, Paid), (Refunded, Refunded), (Cancelled, Cancelled)] {
            assert_eq!(state_at(state, Some(1_000), 999), state);
            assert_eq!(state_at(state, Some(1_000), 1_000), then);
            assert_eq!(state_at(state, None, 1_000), state);
        }
    }

    /// Each state is in one of the tabs besides "all".
    #[test]
    fn the_tabs_divide_the_orders() {
        for &state in OrderState::VARIANTS {
            assert_eq!(Show::VARIANTS.iter().copied().filter(|show| *show != Show::All && show.holds(state)).count(), 1, "{state:?}");
        }
    }
}
