//! The rows of events, who sees and runs them, and what is left of them.

pub mod access;
pub mod availability;
pub mod events;
mod sale;
