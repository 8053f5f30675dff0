//! What happens in the house: the feeds, the page "Today", and the audit log (S0-09, S0-21, I32).
//!
//! What is recorded, and for whom, says the catalogue in [`plenum_core::activity`]; rows are written by the features in which it happens.
//!
//! - [`model`]: feeds and how their items become lines; the audit log's rows and filter.
//! - [`live`]: what happens, and how it applies to a feed on the screen.
//! - [`server`]: reading both, the nudges that a feed is followed by, the export.
//! - [`api`], [`public`]: what pages and programs ask.
//! - [`view`]: `/`, the feeds of conversations and people, `/admin/audit`.

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
