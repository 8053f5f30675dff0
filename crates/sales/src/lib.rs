//! Holds, waiting lists, orders, promo codes, the seat map, and the figures of organisers (I1 to I6).

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod settings;
pub mod view;
pub mod words;
