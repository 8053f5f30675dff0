//! The words of the activity record: what can happen, who sees it, and the items that feeds are made of.
//!
//! - [`record`]: the catalogue. Each record has its details, the name of its verb, its topic, the kind of what it is done to, and its
//!   audience; its sentence is in the words of the feature `activity`. A record without one of these does not compile.
//! - [`detail`]: the types of details; [`kind`]: those of topic, subject and audience.
//! - [`live`]: an item, and the live events that carry it.
//!
//! Rows are written by `Tx::record` (`store/activity.rs`), in the transaction of what happened (I32). Feeds and the audit log are the
//! feature `activity`.

pub mod detail;
pub mod kind;
pub mod live;
pub mod record;

pub use detail::{ConversationSort, Registration};
pub use kind::{Audience, SubjectKind, Topic};
pub use live::{Item, Subject};
pub use record::{Details, Record, Verb};
