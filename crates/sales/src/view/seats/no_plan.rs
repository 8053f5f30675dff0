//! The server's twin of `plan`: the plan is a picture there, and nothing is painted.

use leptos::{ev::WheelEvent, html::Div, prelude::NodeRef, web_sys::Event};

use super::{map::Look, screen::Screen};
use plenum_core::ids::SeatId;

/// The seats are buttons in browsers only.
pub fn draw(_: NodeRef<Div>, _: Screen) {}

/// Nothing to paint.
pub fn paint(_: SeatId, _: Look, _: &str) {}

/// There are no events.
pub fn seat_of(_: &Event) -> Option<SeatId> {
    None
}

/// Nothing has the focus.
pub fn focus(_: SeatId) {}

/// There are no events.
pub fn wheel(_: &WheelEvent) -> Option<f64> {
    None
}

/// There are no fingers.
pub fn spread(_: &Event) -> Option<f64> {
    None
}

/// Nothing is ticked.
pub fn ticked(_: &Event) -> Vec<SeatId> {
    Vec::new()
}

/// Nothing is written.
pub fn field(_: &Event, _: &str) -> String {
    String::new()
}
