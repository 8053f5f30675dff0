//! What both sides know of events and their places, one file a matter.

pub mod event;
pub mod event_form;
pub mod events;
pub mod hold;
pub mod order;
pub mod seat;
