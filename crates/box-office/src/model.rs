//! What both sides know of events and their places, one file a matter.

pub mod best;
pub mod check_in;
pub mod desk;
pub mod event;
pub mod event_form;
pub mod events;
pub mod hold;
pub mod layout;
pub mod order;
pub mod orders;
pub mod plan;
pub mod promo;
pub mod seat;
pub mod seat_map;
pub mod ticket;
pub mod waiting;
