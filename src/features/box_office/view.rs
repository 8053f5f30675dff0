//! The pages of the box office, one file a matter.

pub mod event;
pub mod event_form;
pub mod events;
