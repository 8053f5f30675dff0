//! Tickets, their codes, and the page of an entrance.

pub mod address;
pub mod door;
#[cfg(test)]
mod enum_words;
pub mod ticket;
