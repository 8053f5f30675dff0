//! What the pages of events ask. Each command is a plain form, too.

pub mod events;
pub mod organising;
