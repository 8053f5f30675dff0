//! What both sides know of events: their state, what is left, seats, entries, and the states of orders.

pub mod check_in;
pub mod desk;
#[cfg(test)]
mod enum_words;
pub mod event;
pub mod events;
pub mod online;
pub mod order;
pub mod sale;
pub mod seat;
