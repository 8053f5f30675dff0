//! What both sides know of events and their places, one file a matter.

pub mod best;
pub mod event;
pub mod hold;
pub mod order;
pub mod plan;
pub mod seat;
pub mod seat_map;
pub mod waiting;
