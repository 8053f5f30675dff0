//! What pages ask of the box office, one file a matter.

pub mod seats;
