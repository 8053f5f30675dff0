//! The pages of the inbox, and what of it is on every page.
//!
//! - [`context`]: the viewer's counts, newest notifications and preferences, alive on every page; it shows [`notes`]
//!   and what the browser shows (`desktop`).
//! - [`bell`]: the newest of them at hand.
//! - [`page`]: `/inbox`, with [`row`] for each notification; [`mod@away`]: what came while one was away.
//! - [`settings`]: how one wants to be told; [`unsubscribe`]: the end of the daily mail, for whoever is not signed in.
//! - [`waiting`]: what of it the page "Today" shows.
//! - `way`: from a notification to where it leads.

mod away;
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
mod unsubscribe;
mod waiting;
mod way;

#[cfg(not(feature = "hydrate"))]
use no_desktop as desktop;

pub use away::AwayPage;
pub use bell::Bell;
pub use context::{InboxContext, provide_inbox};
pub use page::InboxPage;
pub use settings::NotificationSettingsPage;
pub use unsubscribe::UnsubscribePage;
pub use waiting::WaitingNotifications;
