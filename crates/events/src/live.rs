//! Live events of events, of their seats, and of their staff.

pub mod desk;
pub mod event;
pub mod seats;
