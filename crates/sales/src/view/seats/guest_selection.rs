//! What a visitor has picked: kept in this browser's tab over the way to the door and back, and held when they have signed in.

use plenum_core::ids::{EventId, SeatId};
use plenum_ui::browser::session;

fn key(event: EventId) -> String {
    format!("plenum.picks.{event}")
}

/// What was picked.
pub fn kept(event: EventId) -> Vec<SeatId> {
    session::get(&key(event)).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Keeps what is picked.
pub fn keep(event: EventId, seats: &[SeatId]) {
    if seats.is_empty() {
        session::remove(&key(event));
    } else if let Ok(text) = serde_json::to_string(seats) {
        session::set(&key(event), &text);
    }
}
