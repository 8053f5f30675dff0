//! What the pages of the box office ask, one file a matter. Each command is a plain form, too.

pub mod check_in;
pub mod desk;
pub mod events;
pub mod orders;
pub mod organising;
pub mod plans;
pub mod promo;
pub mod seats;
pub mod tickets;
