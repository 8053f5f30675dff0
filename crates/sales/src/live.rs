//! Live events of one's basket and orders, of promo codes, and how events apply to a seat map.

pub mod orders;
pub mod own;
pub mod promo;
pub mod seat_map;
