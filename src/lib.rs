//! Plenum: the live place of an institution, in one program.
//!
//! The map:
//! - [`app`] is the document, the routes and the layout of every page.
//! - [`features`] holds what people do here, one folder each: its types, its live
//!   events, its server functions, its rules and SQL, its pages.
//! - [`realtime`] is the live layer: channels, log, socket, presence, and the
//!   browser's side of it. It names no feature.
//! - [`channels`] lists every channel and, on the server, who may join it.
//! - [`ui`] has components that know no feature; [`strings`] all words of the pages.
//! - `server` (server only) is what every feature needs there: the store,
//!   sign-ins, security, limits, jobs, telemetry.
//! - [`activity`] is the vocabulary of what happens, for feeds and the audit log.
//! - [`error`], [`ids`], [`wire`] and [`sorted`] (small maps) are shared by all.
//!
//! A message's way from the keyboard to the other screen is told in ARCHITECTURE.md.

#![recursion_limit = "256"]

pub mod activity;
pub mod app;
pub mod channels;
#[cfg(feature = "ssr")]
pub mod config;
pub mod error;
pub mod features;
pub mod ids;
pub mod realtime;
#[cfg(feature = "ssr")]
pub mod server;
pub mod sorted;
pub mod strings;
pub mod ui;
pub mod wire;

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
