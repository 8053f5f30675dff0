//! Words of the seat map, of orders, promo codes and figures.

pub mod desk;
pub mod orders;
pub mod promo;
pub mod seats;
