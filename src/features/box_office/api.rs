//! What the pages of the box office ask, one file a matter.

pub mod events;
pub mod organising;
