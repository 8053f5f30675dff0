//! Organisations. The operator (an admin of the first one) makes, limits, suspends and resumes them; each has its own colour, logo,
//! imprint and privacy text.
//!
//! - [`model`]: what both pages show, and what was entered for a limit.
//! - [`live`]: how the pages follow changes; the events are those of `directory`, because others announce them, too.
//! - [`api`]: what the pages ask; [`server`]: who may, and the SQL.
//! - [`view`]: `/admin/organisations`, `/admin/organisation`, `/imprint` and `/privacy`.
//!
//! What follows from a suspension stands where it is asked: pages in `web` (`security/suspended.rs`), sign-ins in `web`
//! (`sign_ins.rs`), sockets in `live` (`hub/rights.rs`), external applications in `live` (`pusher/registry.rs`), jobs in `store`
//! (`organisations.rs`).

#![recursion_limit = "256"]

pub mod api;
pub mod live;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;
pub mod words;
