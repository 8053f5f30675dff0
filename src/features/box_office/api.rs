//! What the pages of the box office ask, one file a matter. Each command is a plain form, too.

pub mod plans;
