//! Watching over the place: which channels are live, what passes on them, and a console for those of
//! external applications (S4-120).
//!
//! - [`model`]: channels, frames, and the test event with its checks.
//! - [`live`]: both once a second or faster while somebody looks, and how they apply.
//! - [`api`]: what a page asks; [`server`]: who may, and the task that tells those who look.
//! - [`view`] is the page `/admin/channels`.

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
