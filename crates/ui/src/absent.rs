//! The twin of `browser` on the server: no clock, no storage, nothing to focus.

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    web_sys::{Element, HtmlDialogElement},
};

use super::toast::Toasts;
use plenum_core::ids::Millis;

/// No clock here: pages are made with the time of their request.
pub fn now() -> Millis {
    0
}

/// The answer is being made.
pub fn since_response() -> Millis {
    0
}

/// No chance here.
pub fn chance() -> f64 {
    0.0
}

/// Keys are made in the browser.
pub fn fresh_key() -> String {
    String::new()
}

/// A page is printed in the browser.
pub fn print() {}

/// Nobody looks at a page that is being made.
pub fn is_visible() -> bool {
    false
}

/// Nobody looks at a page that is being made.
pub fn is_watched() -> bool {
    false
}

/// Addresses are relative on the server.
pub fn origin() -> String {
    String::new()
}

/// The router knows it.
pub fn path() -> String {
    String::new()
}

/// See [`redirect`](super::redirect::redirect).
pub fn load(_path: &str) {}

/// See [`redirect`](super::redirect::redirect).
pub fn go(_path: &str) {}

/// Nothing is entered while a page is made.
pub fn entered(_selector: &str) -> Option<String> {
    None
}

/// Nothing is ticked while a page is made.
pub fn boxes(_selector: &str) -> Vec<(String, bool)> {
    Vec::new()
}

/// The document names it.
pub fn set_icon(_path: &str) {}

/// Nothing to load.
pub fn reload() {}

/// The response carries redirects.
pub fn follow_redirects(_signed_in: bool) {}

/// Nothing is remembered between requests.
pub fn remember_navigate(_navigate: impl Fn(&str) + 'static) {}

/// Nothing is remembered between requests.
pub fn remember_toasts(_toasts: Toasts) {}

/// Nothing pops up.
pub fn toasts() -> Option<Toasts> {
    None
}

/// Dialogs are closed when a page is made.
pub fn show_dialog(_dialog: &HtmlDialogElement, _open: bool) {}

/// There are no events.
pub fn is_target(_event: &MouseEvent, _dialog: &HtmlDialogElement) -> bool {
    false
}

/// There are no events.
pub fn across(_event: &MouseEvent) -> Option<f64> {
    None
}

/// There are no events.
pub fn is_typing(_event: &KeyboardEvent) -> bool {
    false
}

/// Dialogs are closed when a page is made.
pub fn has_dialog() -> bool {
    false
}

/// Nothing has the focus.
pub fn focus(_id: &str) {}

/// Nothing has the focus.
pub fn focus_page() {}

/// Nothing scrolls.
pub fn show(_id: &str) {}

/// There is no clipboard.
pub fn copy(_text: &str) -> bool {
    false
}

/// Nothing has a size.
pub fn watch_size(_element: &Element, _changed: impl Fn() + 'static) -> Option<SizeWatch> {
    None
}

pub struct SizeWatch;

/// Responses set cookies.
pub fn set_cookie(_name: &str, _value: &str) {}

/// The document is rendered with its attributes.
pub fn set_root_attribute(_name: &str, _value: Option<&str>) {}

/// The document is rendered with its `<meta>` elements.
pub fn set_meta(_name: &str, _contents: [&str; 2]) {}

/// Nothing runs.
pub fn exclusively<W>(_name: &str, _work: W) -> bool
where
    W: Future<Output = ()> + 'static,
{
    true
}

/// Nothing is stored.
pub mod storage {
    /// Nothing.
    pub fn get(_key: &str) -> Option<String> {
        None
    }

    /// Not stored.
    pub fn set(_key: &str, _text: &str) -> bool {
        false
    }

    /// Nothing to forget.
    pub fn remove(_key: &str) {}

    /// Nothing.
    pub fn entries(_prefix: &str) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Nothing is stored.
pub mod session {
    /// Nothing.
    pub fn get(_key: &str) -> Option<String> {
        None
    }

    /// Not stored.
    pub fn set(_key: &str, _text: &str) -> bool {
        false
    }

    /// Nothing to forget.
    pub fn remove(_key: &str) {}
}
