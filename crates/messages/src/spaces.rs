//! Spaces: what people join. A space has members, presence, a room and activity; what it is besides (an event, later a course, a clinic,
//! a campaign) is another feature's.
//!
//! - [`model`]: its members; [`live`]: who joins and leaves, and how that applies to a list of them.
//! - [`server`]: who is in one, and who runs it.

pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
