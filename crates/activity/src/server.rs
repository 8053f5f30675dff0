//! The server's side of feeds and of the audit log.
//!
//! - [`reading`]: feeds, for whom they are.
//! - [`audit`]: the audit log, its filter, its pages; [`export`]: all of it that a filter shows, as CSV.
//! - [`nudges`]: what those are told who follow conversations without subscribing to them.
//!
//! Rows are written by `Tx::record`, in the transactions of the features in which things happen.

pub mod audit;
pub mod export;
mod nudges;
pub mod reading;

pub use nudges::Nudges;
pub use reading::{Part, open};
