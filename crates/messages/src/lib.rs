//! Messages: rooms, groups and direct conversations, live.

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod spaces;
#[cfg(all(feature = "ssr", any(test, feature = "testing")))]
pub mod testing;
pub mod view;
pub mod words;
