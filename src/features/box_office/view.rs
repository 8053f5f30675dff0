//! The pages of the box office, one file a matter.

pub mod plan_preview;
pub mod plans;
