//! People: who they are, how they sign in, what they may do.

#![recursion_limit = "256"]

pub mod api;
pub mod applications;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
