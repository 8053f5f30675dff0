//! Events: their state, who runs them, what is left of them; live events and rows that plans, tickets and sales share.

#![recursion_limit = "256"]

pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
