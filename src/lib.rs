//! Plenum: the live place of an institution, in one program. This is its composition root: it names every feature,
//! and no feature names it.
//!
//! - [`app`]: the document, the table of pages, layout, navigation, palette.
//! - `config`: all settings, composed of each crate's own. `run` starts what they say, `router` serves it, `status` says how it is.
//! - `rules`: who may join which channel, and other hooks that lower layers are given.
//! - `seed`: the believable institution. `testing`: what a test may do to the server that it runs.
//!
//! The crates below it, from the bottom up, are in `crates/`; ARCHITECTURE.md has the map, and the way of a message from the
//! keyboard to the other screen.

#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
mod api_page;
#[cfg(feature = "ssr")]
pub mod api_words;
pub mod app;
#[cfg(test)]
mod catalogue;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
mod housekeeping;
#[cfg(feature = "ssr")]
pub mod router;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod run;
#[cfg(feature = "ssr")]
pub mod seed;
#[cfg(feature = "ssr")]
pub mod status;
#[cfg(feature = "ssr")]
pub mod telemetry;
#[cfg(feature = "ssr")]
pub mod testing;

/// The shape of all events together. Raise it whenever the JSON of an event
/// changes (a snapshot test sees to it); pages of another schema reload.
pub const LIVE_SCHEMA: u32 = 6;

/// The browser's entry: attaches the application to the page that the server rendered, as
/// soon as that page's code is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        if app::ready().await {
            leptos::mount::hydrate_body(app::App);
        }
    });
}
