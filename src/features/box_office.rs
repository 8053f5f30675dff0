//! The box office: events, their seats, and who has them. No seat is sold twice, and nobody pays without one (I1 to I6).
//!
//! - [`model`]: events, seats, holds, orders; what they become is one function each.
//! - [`api`], [`public`]: what pages and programs ask.
//! - [`live`]: what those who look at an event, a seat map or an order are told.
//! - [`server`]: the rules and the SQL; [`view`]: the pages.

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
