//! The pages of the inbox, and what of it is on every page.
//!
//! - [`context`]: the viewer's counts, newest notifications and preferences, alive on every page; it shows [`notes`]
//!   and what the browser shows (`desktop`).
//! - [`bell`]: the newest of them at hand.
//! - [`page`]: `/inbox`, with [`row`] for each notification; [`settings`]: how one wants to be told.
//! - `way`: from a notification to where it leads.

mod bell;
mod context;
#[cfg(feature = "hydrate")]
mod desktop;
#[cfg(not(feature = "hydrate"))]
mod no_desktop;
mod notes;
mod page;
mod row;
mod settings;
mod way;

#[cfg(not(feature = "hydrate"))]
use no_desktop as desktop;

pub use bell::Bell;
pub use context::{InboxContext, provide_inbox};
pub use page::InboxPage;
pub use settings::NotificationSettingsPage;
