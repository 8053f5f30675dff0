//! Watching over the place: which channels are live, what passes on them, and a console for those of
//! external applications (S4-120).
//!
//! - [`model`]: channels, frames, and the test event with its checks.
//! - [`live`]: both once a second or faster while somebody looks, and how they apply.
//! - [`api`]: what a page asks; [`server`]: who may, and the task that tells those who look.
//! - [`view`] is the page `/admin/channels`.
//!
//! Beside it, for those who run the place: jobs and dead letters (`…/jobs.rs`, `/admin/jobs`), and "Is it well?" (`…/health.rs`,
//! `/admin/health`, for programs in `public`), of which other organisations' admins see what is theirs; and an organisation's mail
//! (`…/mail.rs`, `/admin/mail`).

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
