//! Messages: rooms, groups and direct conversations, live.

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod spaces;
pub mod view;
pub mod words;
