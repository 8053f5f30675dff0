//! Spaces: what people join. A space has members, presence, a room and activity; what it is besides (an event, later a course, a clinic,
//! a campaign) is another feature's.
//!
//! - [`server`]: who is in one, and who runs it.

#[cfg(feature = "ssr")]
pub mod server;
