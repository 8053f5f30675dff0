//! The words of the activity record: what can happen, who sees it, and the items that feeds are made of.
//!
//! - [`verb`]: the catalogue. Each verb has its name, its topic, the kind of what it is done to, and its audience; its sentence is
//!   in the words of the feature `activity`. A verb without one of these does not compile.
//! - [`live`]: an item, and the live events that carry it.
//!
//! Rows are written by `Tx::record` (`store/activity.rs`), in the transaction of what happened (I32). Feeds and the audit log are the
//! feature `activity`.

pub mod live;
pub mod verb;

pub use live::{Item, Subject};
pub use verb::{Audience, SubjectKind, Topic, Verb};
