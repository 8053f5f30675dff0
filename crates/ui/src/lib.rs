//! Components that know nothing of any feature, and the glue to the browser.
//!
//! - What is shown: [`icon`], [`avatar`], [`field`], [`forms`], [`notice`], [`time_text`], [`dialog`],
//!   [`toast`], [`copy_line`], [`page_title`].
//! - [`chart`]: lines over time, with axes, a readout and a table.
//! - What is pressed: [`keys`] (shortcuts and their help), [`composition`] (keys of input methods), [`menu`] (every
//!   `details.dropdown`).
//! - Where it goes: [`redirect`] (one wrapper for server and browser), [`response`] (the
//!   page's status, on the server).
//! - [`browser`] is what Leptos does not give of the browser; on the server a twin of it
//!   does nothing, so that components are written once.
//! - Lists: [`table`], [`search`] and [`pager`] around them; [`list`] is Leptos' `For`, compiled once for all lists.
//! - [`part`] is for parts of a page whose code is fetched when they are wanted.
//! - [`reactive`] makes effects and memos, and says whether scripts run; [`mod@view`] is Leptos' `view!` with one type for all views.
//! - [`client`] is the browser's live client; [`page`] what every page has around it: who looks, when, faults, what is followed.

#![recursion_limit = "256"]

#[cfg(not(feature = "hydrate"))]
pub mod absent;
pub mod avatar;
#[cfg(feature = "hydrate")]
pub mod browser;
pub mod chart;
pub mod client;
pub mod composition;
pub mod copy_line;
pub mod dialog;
pub mod field;
pub mod forms;
pub mod icon;
pub mod keys;
pub mod list;
pub mod menu;
#[cfg(not(feature = "ssr"))]
pub mod no_response;
pub mod notice;
pub mod page;
pub mod page_title;
pub mod pager;
pub mod part;
pub mod qr;
pub mod query;
pub mod reactive;
pub mod redirect;
#[cfg(feature = "ssr")]
pub mod response;
pub mod search;
pub mod table;
pub mod time_text;
pub mod toast;
pub mod view;
pub mod words;

#[cfg(not(feature = "hydrate"))]
pub use absent as browser;
#[cfg(not(feature = "ssr"))]
pub use no_response as response;

pub use avatar::Avatar;
pub use copy_line::CopyLine;
pub use dialog::{Confirm, Dialog};
pub use field::Field;
pub use icon::Icon;
pub use list::Each;
pub use menu::RowMenu;
pub use notice::{EmptyState, Notice, Spinner};
pub use page_title::PageTitle;
pub use pager::{OlderPager, Pager};
pub use qr::QrCode;
pub use query::{Query, use_query};
pub use reactive::{effect, memo, use_hydrated};
pub use search::Search;
pub use table::{Column, Table};
pub use time_text::{TimeText, When, time_left};
pub use view::dynamic;
