//! What the browser provides: clocks, dice, timers, visibility, storage, the way out.

use std::time::Duration;

use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
};
use web_sys::{CustomEvent, Storage};

use crate::client::reload::Reload;
use plenum_core::ids::{Millis, PersonId};

/// Where the last reload for the sake of a schema is remembered.
const RELOAD_KEY: &str = "plenum.reload";
/// Told to the window before the page is loaded again, so that what is half written is kept.
const RELOAD_EVENT: &str = "plenum:reload";
/// A moment for those who listen.
const RELOAD_NOTICE_MS: u32 = 100;
/// Without storage a loop cannot be seen; it is at least a slow one.
const RELOAD_BLIND_MS: u32 = 10_000;

/// The browser's clock, in milliseconds since 1970.
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds are meant")]
pub(super) fn now_ms() -> Millis {
    js_sys::Date::now() as Millis
}

/// A clock that is never set, in milliseconds since some instant.
pub(super) fn steady_ms() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// In `0.0..1.0`.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}

/// The tab cannot be seen: no animation frames there.
pub(super) fn is_hidden() -> bool {
    document().hidden()
}

/// The browser believes in a network.
pub(super) fn is_online() -> bool {
    window().navigator().on_line()
}

/// A timer of which there is one at a time.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<TimeoutHandle>);

impl Timer {
    /// Calls `then` after `ms`, and whatever was set before not.
    pub(super) fn set(&mut self, ms: u32, then: impl FnOnce() + 'static) {
        self.clear();
        self.0 = set_timeout_with_handle(then, Duration::from_millis(ms.into())).ok();
    }

    /// Nothing will be called.
    pub(super) fn clear(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.clear();
        }
    }
}

/// The address of the socket at `path` of this page's own server.
pub(super) fn socket_url(path: &str, person: Option<PersonId>) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    let person = person.map(|person| format!("&person={person}")).unwrap_or_default();
    Some(format!("{scheme}://{}{path}?protocol=7&client=plenum{person}", location.host().ok()?))
}

/// Loads the page again, soon; see [`Reload`] for how soon.
pub(super) fn load_again() {
    if let Ok(event) = CustomEvent::new(RELOAD_EVENT) {
        let _ = window().dispatch_event(&event);
    }
    let storage = window().session_storage().ok().flatten();
    let last = storage.as_ref().and_then(|storage| storage.get_item(RELOAD_KEY).ok().flatten());
    let (wait, reload) = Reload::next(last.as_deref().and_then(Reload::parse), now_ms());
    let remembered = storage.is_some_and(|storage: Storage| storage.set_item(RELOAD_KEY, &reload.to_string()).is_ok());
    let wait = if remembered { wait.max(RELOAD_NOTICE_MS) } else { wait.max(RELOAD_BLIND_MS) };
    set_timeout(
        || {
            let _ = window().location().reload();
        },
        Duration::from_millis(wait.into()),
    );
}
