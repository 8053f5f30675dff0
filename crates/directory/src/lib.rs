//! Who is in an organisation, for every feature that shows people: cards, roles, search, when they
//! were last here, and the organisation's own live events.

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
