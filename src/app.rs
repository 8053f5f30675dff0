//! The document, the routes and the frame of every page.
//!
//! - [`App`] is the root on both sides; on the server `shell` writes the document around it.
//! - [`pages`] is the table of pages, [`admission`] who may open them, [`layout`] what stands around them:
//!   [`navigation`], [`palette`], [`key_help`]. What pages ask of the frame is in [`ui::page`](plenum_ui::page).

mod admission;
#[cfg(feature = "ssr")]
mod document;
mod follow;
pub mod key_help;
mod layout;
mod navigation;
mod overlays;
mod pages;
pub mod palette;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

#[cfg(feature = "ssr")]
pub use document::shell;
pub use pages::ready;

use crate::LIVE_SCHEMA;
use plenum_ui::{
    browser,
    client::{LiveSettings, provide_live},
    effect,
    keys::provide_keys,
    menu::watch_menus,
    page::{InboxCounts, UnreadTotal, context, provide_tabs},
    redirect::follow_redirects,
    toast::provide_toasts,
    view, words,
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
    provide_tabs(navigation::sections);
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
