//! The box office: events, their seats, and who has them. No seat is sold twice, and nobody pays without one (I1 to I6).
//!
//! - [`api`], [`public`]: what pages and programs ask; [`view`]: the pages.
//! - [`model`]: events, seats, holds, orders; what they become is one function each.
//! - [`live`]: what those who look at an event, a seat map or an order are told.
//! - [`server`]: the rules and the SQL.

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
