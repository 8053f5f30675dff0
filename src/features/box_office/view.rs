//! The pages of the box office, one file a matter.

mod follow;
pub mod orders;
pub mod promo;
