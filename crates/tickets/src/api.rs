//! What the pages of tickets and entrances ask.

pub mod address;
pub mod check_in;
pub mod tickets;
