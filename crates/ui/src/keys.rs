//! Shortcuts for the whole page, and the list of them.
//!
//! Keys with Ctrl (or Cmd) always work. Single keys do not while one types or a dialog is
//! open, and can be switched off altogether (WCAG 2.1.4).

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use super::{browser, effect};

const STORED: &str = "plenum:single-keys";

/// Whether single keys are shortcuts in this browser.
#[derive(Debug, Clone, Copy)]
pub struct SingleKeys(RwSignal<bool>);

impl SingleKeys {
    /// Follows it.
    pub fn are_on(self) -> bool {
        self.0.get()
    }

    /// Switches them on or off, for all tabs to come.
    pub fn switch(self, on: bool) {
        self.0.set(on);
        if on {
            browser::storage::remove(STORED);
        } else {
            browser::storage::set(STORED, "off");
        }
    }
}

/// Some keys and what they do, for the keyboard help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySection {
    /// Where they work.
    pub title: String,
    /// What each does, and the keys that are pressed together.
    pub keys: Vec<(String, Vec<&'static str>)>,
}

/// The sections of the keyboard help that belong to what is on the screen.
#[derive(Debug, Clone, Copy)]
pub struct KeyHelp(RwSignal<Vec<KeySection>>);

impl KeyHelp {
    /// All of them; follows them.
    pub fn sections(self) -> Vec<KeySection> {
        self.0.get()
    }
}

/// Prepares shortcuts; called once, by the application's root.
pub fn provide_keys() {
    let single = SingleKeys(RwSignal::new(true));
    provide_context(single);
    provide_context(KeyHelp(RwSignal::default()));
    effect(move |_| single.0.set(browser::storage::get(STORED).is_none()));
}

/// Shows these keys in the keyboard help for as long as the component is on the screen.
pub fn describe_keys(section: KeySection) {
    let Some(KeyHelp(sections)) = use_context() else { return };
    effect(move |_| {
        let section = section.clone();
        sections.update(|sections| {
            if !sections.contains(&section) {
                sections.push(section.clone());
            }
        });
        on_cleanup(move || {
            // When the whole application goes, the list may have gone first.
            sections.try_update(|sections| sections.retain(|other| *other != section));
        });
    });
}

/// Calls `act` when Ctrl (or Cmd) and `key` are pressed, for as long as the component is on the screen.
pub fn on_control_key(key: &'static str, act: impl Fn() + 'static) {
    on_keydown(move |event| {
        if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case(key) {
            event.prevent_default();
            act();
        }
    });
}

/// Calls `act` when `key` alone is pressed and no field has the focus, for as long as the
/// component is on the screen.
pub fn on_single_key(key: &'static str, act: impl Fn() + 'static) {
    let single = use_context::<SingleKeys>();
    on_keydown(move |event| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && event.key() == key;
        let on = single.is_none_or(|single| single.0.try_get_untracked().unwrap_or_default());
        if plain && on && !browser::is_typing(&event) && !browser::has_dialog() {
            event.prevent_default();
            act();
        }
    });
}

fn on_keydown(act: impl Fn(KeyboardEvent) + 'static) {
    let listener = window_event_listener(ev::keydown, move |event| {
        // Keys that compose a character are the input method's.
        if !event.default_prevented() && !event.is_composing() {
            act(event);
        }
    });
    on_cleanup(move || listener.remove());
}
