//! What both sides know of events and their places, one file a matter.

pub mod event;
pub mod hold;
pub mod order;
pub mod plan;
pub mod seat;
