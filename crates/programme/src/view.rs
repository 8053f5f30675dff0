//! The pages of events, and the form of their organisers.

pub mod event;
pub mod event_form;
pub mod events;
