//! What the pages of sales ask. Each command is a plain form, too.

pub mod desk;
pub mod orders;
pub mod promo;
pub mod seats;
