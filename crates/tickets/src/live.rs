//! Live events of one's tickets and of an entrance.

pub mod door;
pub mod tickets;
