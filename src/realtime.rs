//! The live layer: what is committed shows in every open browser, without a gap.
//!
//! Shared and pure: [`protocol`] (the frames), [`cursor`] (epoch and number),
//! [`live`] (events as types). `server` holds the hub, the connections, the log and
//! presence; [`client`] the browser's socket and its signals. Nothing here names a
//! feature: features register what the layer must know of them.

pub mod client;
pub mod cursor;
pub mod live;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod server;
