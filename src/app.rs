//! The document, the routes and the frame of every page.
//!
//! - [`App`] is the root on both sides; on the server `shell` writes the document around it.
//! - The server hands over who looks at what ([`use_shell`], [`use_viewer`]) with the page;
//!   the browser starts from exactly that.
//! - [`routes`] says which page is where, [`layout`] what stands around it: navigation,
//!   [`banner`] of the connection, [`palette`], [`key_help`], notes.
//! - [`faults`] are the pages for what is not there, not allowed or broken.
//!
//! The application is the one place that knows all features; they know of it only what
//! this module exports.

pub mod admin_page;
mod banner;
mod context;
#[cfg(feature = "ssr")]
mod document;
pub mod faults;
mod follow;
mod followed;
pub mod key_help;
mod layout;
mod navigation;
mod overlays;
mod pages;
pub mod palette;
mod routes;
pub mod theme;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

pub use admin_page::AdminPage;
pub use banner::LiveLine;
pub use context::{
    Build, InboxCounts, NewAtFirst, UnreadAtFirst, UnreadTotal, Waiting, use_clock, use_now, use_organisation, use_own_id, use_role,
    use_seconds, use_shell, use_viewer, use_viewer_update, use_zone,
};
#[cfg(feature = "ssr")]
pub use document::shell;
pub use faults::{Fault, FaultWithin, NotFound};
pub use followed::Followed;
pub use navigation::{EventTabs, SettingsTabs};
pub use pages::ready;

use crate::{
    realtime::{
        client::{LiveSettings, provide_live},
        live::LIVE_SCHEMA,
    },
    strings::shell as words,
    ui::{browser, effect, keys::provide_keys, menu::watch_menus, redirect::follow_redirects, toast::provide_toasts, view},
};

/// Where the socket is.
const LIVE_PATH: &str = "/app/plenum";

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The first thing of all, so that its place in what the server hands over never moves.
    let start = SharedValue::new(context::Start::of_request).into_inner();
    let person = start.shell.viewer.as_ref().map(|viewer| viewer.card.id);
    provide_live(LiveSettings { path: LIVE_PATH.to_owned(), build: start.build.clone(), live_schema: LIVE_SCHEMA, person });
    let context = context::provide(start);
    follow::follow_viewer(context);
    follow_redirects(person.is_some());
    provide_keys();
    palette::provide_palette();
    let toasts = provide_toasts();
    watch_menus();

    // The server asks for the title when the page's arena is gone: no `RwSignal` in here.
    let unread = use_context::<UnreadTotal>().map(|unread| ArcRwSignal::from(unread.0)).unwrap_or_default();
    let new = use_context::<InboxCounts>().map(|counts| ArcRwSignal::from(counts.0)).unwrap_or_default();
    let waiting = move || unread.get() + u64::from(new.get().beside);
    effect({
        let waiting = waiting.clone();
        move |_| browser::set_icon(if waiting() > 0 { "/favicon-new.svg" } else { "/favicon.svg" })
    });
    let formatter = move |title: String| words::page_title(&title, waiting());
    view! {
        <Title formatter/>
        <Router>
            <layout::Layout toasts/>
        </Router>
    }
}
