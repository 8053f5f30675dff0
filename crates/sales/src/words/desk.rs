//! The words of the desk of those who run an event.

use plenum_events::model::{
    desk::{Conversion, Span},
    event::EventState,
    order::OrderState,
};

/// The page.
pub const DESK: &str = "Desk";
/// Leads to the doors.
pub const CHECK_IN: &str = "Check-in";
/// Leads to the event.
pub const EVENT: &str = "Event page";
/// The figures.
pub const NOW: &str = "Now";
/// A figure.
pub const REVENUE: &str = "Revenue";
/// A figure.
pub const REFUNDED: &str = "Given back";
/// A figure.
pub const ORDERS_PAID: &str = "Orders paid";
/// A figure.
pub const SOLD: &str = "Sold";
/// A figure.
pub const HELD: &str = "Held";
/// A figure.
pub const FREE: &str = "Free";
/// A figure.
pub const COME_IN: &str = "Came in";
/// A figure.
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
/// Sold, held and free of each ticket type.
pub const BY_TYPE: &str = "By ticket type";
/// A column.
pub const TYPE: &str = "Ticket";
/// A column.
pub const PRICE: &str = "Price";
/// A column.
pub const OF: &str = "In all";
/// The bar of a ticket type.
pub fn shares(name: &str, sold: i64, held: i64, capacity: i64) -> String {
    format!("{name}: {sold} sold and {held} held of {capacity}")
}
/// The chart.
pub const OVER_TIME: &str = "Places sold over time";
/// Its choice.
pub const SPANS: &str = "How far back";
/// How far back.
pub fn span(span: Span) -> &'static str {
    match span {
        Span::Day => "A day",
        Span::Week => "A week",
        Span::All => "All",
    }
}
/// The chart's lines.
pub const LINES: &str = "Ticket types";
/// The chart's slider.
pub const POINT_IN_TIME: &str = "Point in time";
/// The chart's table.
pub const TABLE: &str = "Show as table";
/// Its first column.
pub const TIME: &str = "From";
/// Nothing was sold.
pub const NOTHING_SOLD: &str = "Nothing was sold in this time.";
/// The list.
pub const ORDERS: &str = "Orders";
/// The list, for screen readers.
pub const ORDERS_TABLE: &str = "Orders, the newest first";
/// Its field.
pub const SEARCH: &str = "Number, name or e-mail";
/// Its field.
pub const STATE: &str = "State";
/// Nothing chosen.
pub const ANY_STATE: &str = "Any";
/// Applies it.
pub const SHOW: &str = "Show";
/// Takes it away.
pub const CLEAR: &str = "Clear";
/// A column.
pub const NUMBER: &str = "Number";
/// A column.
pub const WHO: &str = "Who";
/// A column.
pub const PLACES: &str = "Places";
/// A column.
pub const TOTAL: &str = "Total";
/// A column.
pub const WHEN: &str = "When";
/// There are none.
pub const NO_ORDERS: &str = "No orders";
/// Why.
pub const NO_ORDERS_TEXT: &str = "What is bought stands here at once. If you have filtered, clear that to see all.";
/// The next page.
pub const OLDER: &str = "Older";
/// The first page.
pub const NEWEST: &str = "Newest";
/// The links between pages.
pub const PAGES: &str = "Pages";
/// What came since the list was read.
pub fn new_orders(count: u32) -> String {
    if count == 1 { "1 new order".to_owned() } else { format!("{count} new orders") }
}
/// A part of a total that was given back.
pub fn refunded(money: &str) -> String {
    format!("{money} given back")
}
/// A file.
pub const EXPORT_ORDERS: &str = "Orders as CSV";
/// A file.
pub const EXPORT_ATTENDEES: &str = "Attendees as CSV";
/// The form to all attendees.
pub const WRITE: &str = "Write to all attendees";
/// What it does.
pub const WRITE_TEXT: &str = "Everyone with a valid ticket is told in their inbox, once; who has switched announcements off is not.";
/// A field.
pub const TITLE: &str = "Title";
/// A field.
pub const TEXT: &str = "Text";
/// Sends it.
pub const SEND: &str = "Send";
/// It was.
pub const SENT: &str = "It is on its way.";
/// Nothing more comes.
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
