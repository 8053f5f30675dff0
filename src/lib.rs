//! Plenum: the live place of an institution, in one program.
//!
//! Each folder is a layer and uses those above it in this list only; `tests/architecture.rs`
//! holds that.
//!
//! - [`core`]: ids, errors, time, people's shared types, channels, verbs, live events. Both sides, pure.
//! - `store`: the database, the live log, jobs, idempotency, the activity record.
//! - `live`: the live layer: hub, connection, presence, dispatcher, external applications.
//! - `web`: sign-ins, security, rates, requests, the kit of `/api/v1`, mail.
//! - [`ui`]: components, charts, the browser's live client, what every page has around it.
//! - [`directory`]: cards, roles and search of people, the organisation's events.
//! - The features, from the bottom up: [`inbox`], [`activity`], [`messages`] with [`spaces`], [`broadcasts`],
//!   [`wallet`], [`people`], [`box_office`], [`admin`].
//! - The composition root: [`app`], `run`, `router`, `rules`, `seed`: it names every feature, and no feature names it.
//!
//! A message's way from the keyboard to the other screen is told in ARCHITECTURE.md.

#![recursion_limit = "256"]

pub mod activity;
pub mod admin;
#[cfg(feature = "ssr")]
mod api_page;
#[cfg(feature = "ssr")]
pub mod api_words;
pub mod app;
pub mod box_office;
pub mod broadcasts;
#[cfg(test)]
mod catalogue;
#[cfg(feature = "ssr")]
pub mod config;
pub mod core;
pub mod directory;
#[cfg(feature = "ssr")]
mod housekeeping;
pub mod inbox;
#[cfg(feature = "ssr")]
pub mod live;
pub mod messages;
pub mod people;
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
pub mod store;
#[cfg(feature = "ssr")]
pub mod telemetry;
#[cfg(feature = "ssr")]
pub mod testing;
pub mod ui;
pub mod wallet;
#[cfg(feature = "ssr")]
pub mod web;

/// The shape of all events together. Raise it whenever the JSON of an event
/// changes (a snapshot test sees to it); pages of another schema reload.
pub const LIVE_SCHEMA: u32 = 3;

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
