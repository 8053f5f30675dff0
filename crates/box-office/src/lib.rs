//! The box office: events, their seats, and who has them. No seat is sold twice, and nobody pays without one (I1 to I6).
//!
//! - [`model`]: events, seats, holds, orders, tickets; what they become is one function each.
//! - [`live`]: what those who look at an event, a seat map, an order or a desk are told.
//! - [`api`]: what the pages ask; `public`: what programs ask.
//! - [`server`]: the rules and the SQL.
//! - [`view`]: the pages.

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
