//! The words of the box office, one file a matter.

pub mod plans;
