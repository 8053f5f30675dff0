//! The inbox: what concerns a person, told once and in every tab, and nothing else (S0-01, S0-06, S4-33..S4-47).
//!
//! - [`model`]: notifications and their states, filters, counts, preferences.
//! - [`live`]: what happens to them, and how it applies to a page of them.
//! - [`server`]: other features' transactions call [`notify`](server::notify) and its kin; the rest are the person's own acts.
//! - [`api`], [`public`]: what pages and programs ask.
//! - [`view`]: the bell, notes on the screen, the page `/inbox`, the settings.

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
