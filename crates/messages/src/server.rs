//! The server's side of messages: rules and SQL, no page. What is here takes a transaction and typed arguments; what needs more than
//! one, or works outside the writer, takes the store.
//!
//! - `conversations`: who may see what, and the lines of the list;
//! - `reading`: snapshots and pages; `stored`: messages as rows;
//! - `sending`, `reactions`, `markdown`: what is said;
//! - `pointers`, `pacing`: how far people have got;
//! - `blocking`: what follows when one has blocked another;
//! - `members`, `rooms`, [`spaces`]: who is where; `news`: whom a message concerns;
//! - [`reports`]: what is reported to the admins;
//! - `search`, `heads`, `seed`.
//!
//! Membership is always asked inside the transaction that uses it (I24).

pub(crate) mod blocking;
mod conversations;
mod heads;
mod markdown;
pub(crate) mod members;
mod news;
pub(crate) mod pacing;
pub(crate) mod pointers;
pub(crate) mod reactions;
pub(crate) mod reading;
pub mod reports;
pub(crate) mod rooms;
pub(crate) mod search;
mod seed;
pub(crate) mod sending;
pub mod spaces;
mod stored;
#[cfg(test)]
pub mod tests;

pub use conversations::{may_join_channel, member_ids, readable_by};
pub use heads::ConversationHeads;
pub use members::{end_next, owned_alone, pass_on_next, welcome};
pub use reactions::take_back_next;
pub use reading::unread;
pub use seed::{seed_conversations, seed_large, seed_notifications};
