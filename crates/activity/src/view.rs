//! The pages of what happens.
//!
//! - [`today`]: `/`, with what waits for whoever looks, and their feed.
//! - [`conversation`]: `/messages/{id}/activity`; [`person`]: on the page of a person.
//! - [`audit`] is `/admin/audit`.
//! - `feed` draws a feed, `follow` keeps it up to date.

mod audit;
mod conversation;
mod feed;
mod follow;
mod person;
mod today;

pub use audit::AuditPage;
pub use conversation::ConversationActivityPage;
pub use person::{PersonActivity, PersonFeed};
pub use today::TodayPage;
