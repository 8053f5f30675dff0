//! The words of the box office, one file a matter.

pub mod check_in;
pub mod desk;
pub mod events;
pub mod orders;
pub mod organising;
pub mod plans;
pub mod promo;
pub mod seats;
pub mod tickets;
