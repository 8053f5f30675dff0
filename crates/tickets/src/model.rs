//! Tickets, their codes, and the page of an entrance.

pub mod door;
pub mod ticket;
