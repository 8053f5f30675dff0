//! The pages of messages.
//!
//! The map, from the data to the screen:
//! - [`context`]: the viewer's conversations, alive on every page; [`order`], [`refresh`], [`marks`], [`drafts`],
//!   [`outbox`] belong to it.
//! - [`store`], [`follow`] and [`fetch`]: one conversation alive on the screen; [`rows`] are its lines.
//! - [`screen`]: what the parts of a thread share; [`scroll`] where it stands.
//! - [`page`]: the pages and their layout; [`sidebar`] the list, [`thread`] the conversation
//!   with [`message`], [`tools`], [`receipts`], [`typing`], [`composer`], [`completion`],
//!   [`members`], [`about`] and [`blocking`]; [`search`], [`rooms`], [`new_conversation`] the others.
//! - [`report_dialog`] reports a message, [`reports`] is the admins' page about it.
//! - [`alarm`] waits; `here` is the browser ([`plenum_ui::browser`]), or its twin on the server.

mod about;
mod alarm;
mod blocking;
mod completion;
mod composer;
pub mod context;
pub mod drafts;
mod fetch;
mod follow;
mod marks;
mod members;
mod message;
pub mod new_conversation;
pub mod order;
pub mod outbox;
pub mod page;
mod parts;
mod receipts;
mod refresh;
mod report_dialog;
pub mod reports;
pub mod rooms;
mod rows;
mod screen;
mod scroll;
pub mod search;
mod sidebar;
mod store;
mod thread;
mod tools;
mod typing;
mod unread;

use plenum_ui::browser as here;

pub use blocking::{BlockPerson, BlockedPeople};
pub use context::{SidebarContext, provide_sidebar, use_sidebar};
pub use new_conversation::NewConversationPage;
pub use page::{ConversationPage, MessagesLayout, MessagesPage};
pub use reports::ReportsPage;
pub use rooms::RoomsPage;
pub use search::SearchPage;
pub use thread::ready;
pub use unread::UnreadConversations;
