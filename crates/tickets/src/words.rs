//! Words of tickets and of entrances.

pub mod address;
pub mod check_in;
pub mod tickets;
