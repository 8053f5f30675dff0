//! The pages of events, the forms of their organisers, pictures, what an event becomes, and notices about it.

#![recursion_limit = "256"]

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
