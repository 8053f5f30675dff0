//! The words of the desk of those who run an event.

use plenum_events::model::{
    desk::{Conversion, Span},
    event::EventState,
    order::OrderState,
};

pub const DESK: &str = "Desk";
pub const CHECK_IN: &str = "Check-in";
pub const EVENT: &str = "Event page";
pub const NOW: &str = "Now";
pub const REVENUE: &str = "Revenue";
pub const REFUNDED: &str = "Given back";
pub const ORDERS_PAID: &str = "Orders paid";
pub const SOLD: &str = "Sold";
pub const HELD: &str = "Held";
pub const FREE: &str = "Free";
pub const COME_IN: &str = "Came in";
pub const CONVERSION: &str = "Baskets bought";
/// What it says.
pub fn conversion(of: Conversion) -> String {
    match of.percent() {
        Some(percent) => format!("{percent} %"),
        None => "–".to_owned(),
    }
}
/// Beside it.
pub fn conversion_text(of: Conversion) -> String {
    format!("{} of {} baskets that have ended were bought", of.bought, of.bought + of.given_up)
}
pub const BY_TYPE: &str = "By ticket type";
pub const TYPE: &str = "Ticket";
pub const PRICE: &str = "Price";
pub const OF: &str = "In all";
/// The bar of a ticket type.
pub fn shares(name: &str, sold: i64, held: i64, capacity: i64) -> String {
    format!("{name}: {sold} sold and {held} held of {capacity}")
}
pub const OVER_TIME: &str = "Places sold over time";
pub const SPANS: &str = "How far back";
/// How far back.
pub fn span(span: Span) -> &'static str {
    match span {
        Span::Day => "A day",
        Span::Week => "A week",
        Span::All => "All",
    }
}
pub const LINES: &str = "Ticket types";
pub const POINT_IN_TIME: &str = "Point in time";
pub const TABLE: &str = "Show as table";
pub const TIME: &str = "From";
pub const NOTHING_SOLD: &str = "Nothing was sold in this time.";
pub const ORDERS: &str = "Orders";
pub const ORDERS_TABLE: &str = "Orders, the newest first";
pub const SEARCH: &str = "Number, name or e-mail";
pub const STATE: &str = "State";
pub const ANY_STATE: &str = "Any";
pub const SHOW: &str = "Show";
pub const CLEAR: &str = "Clear";
pub const NUMBER: &str = "Number";
pub const WHO: &str = "Who";
pub const PLACES: &str = "Places";
pub const TOTAL: &str = "Total";
pub const WHEN: &str = "When";
pub const NO_ORDERS: &str = "No orders";
pub const NO_ORDERS_TEXT: &str = "What is bought stands here at once. If you have filtered, clear that to see all.";
pub const PAGES: &str = "Pages";
/// What came since the list was read.
pub fn new_orders(count: u32) -> String {
    if count == 1 { "1 new order".to_owned() } else { format!("{count} new orders") }
}
/// A part of a total that was given back.
pub fn refunded(money: &str) -> String {
    format!("{money} given back")
}
pub const EXPORT_ORDERS: &str = "Orders as CSV";
pub const EXPORT_ATTENDEES: &str = "Attendees as CSV";
pub const WRITE: &str = "Write to all attendees";
pub const WRITE_TEXT: &str = "Everyone with a valid ticket is told in their inbox, once; who has switched announcements off is not.";
pub const TITLE: &str = "Title";
pub const TEXT: &str = "Text";
pub const SEND: &str = "Send";
pub const SENT: &str = "It is on its way.";
pub const ENDED: &str = "This page is no longer told what is sold.";

/// How it stands with an event.
pub fn event_state(state: EventState) -> &'static str {
    match state {
        EventState::Draft => "Draft",
        EventState::Published => "Published",
        EventState::Live => "Live now",
        EventState::Ended => "Ended",
        EventState::Postponed => "Postponed",
        EventState::Cancelled => "Cancelled",
    }
}

/// How it stands with an order.
pub fn order_state(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "Draft",
        OrderState::AwaitingPayment => "Awaiting payment",
        OrderState::Paid => "Paid",
        OrderState::PartlyRefunded => "Partly refunded",
        OrderState::Refunded => "Refunded",
        OrderState::Cancelled => "Cancelled",
        OrderState::Expired => "Expired",
    }
}
