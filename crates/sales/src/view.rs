//! The seat map with its basket, the check-out, orders, promo codes, and the figures of organisers.

mod desk;
pub mod orders;
pub mod promo;
pub mod seats;

pub use desk::DeskPage;
