//! Broadcasts: what the institution tells its people, now, at a time or again and again, in one to four variants, each once (I26;
//! S0-65, S4-83, S4-89 to S4-94).
//!
//! - [`model`]: a broadcast, its audience, its states and their one [`transition`](model::transition), and how far it has come.
//! - [`live`]: what those who send are told, and how it applies to a list and to one of them.
//! - [`server`]: who may send, how often, the job that sends, and what becomes of it at the recipients.
//! - [`api`], [`public`]: what pages and programs ask.
//! - [`view`]: `/admin/broadcasts`, for admins and managers.
//!
//! It is built upon the inbox: a broadcast is a notification for each of its recipients. The inbox knows nothing of it; what becomes of
//! its notifications (seen, read, followed) is read from marks that a trigger leaves.

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
