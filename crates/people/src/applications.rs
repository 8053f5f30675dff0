//! External applications: what an admin sets for the teams whose clients and backends connect here.
//!
//! The rows are here; the running applications are the live layer's
//! ([`pusher`](plenum_live::pusher)), which reads them anew after each change.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod settings;
pub mod view;
pub mod words;
