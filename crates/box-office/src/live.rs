//! What those who look at an event, at a seat map or at an order are told, one file a channel.

pub mod desk;
pub mod event;
pub mod orders;
pub mod own;
pub mod plans;
pub mod promo;
pub mod seats;
pub mod tickets;
