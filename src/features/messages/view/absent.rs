//! The twin of `browser.rs` on the server: no clock, no storage, nothing kept.

use crate::ids::Millis;

/// No clock here: pages are made with the server's own.
pub fn now() -> Millis {
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

/// Nobody looks at a page that is being made.
pub fn is_watched() -> bool {
    false
}

/// There is no clipboard.
pub fn copy(_text: &str) -> bool {
    false
}

/// Addresses are relative on the server.
pub fn origin() -> String {
    String::new()
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

/// Nothing runs.
pub fn exclusively<W>(_name: &str, _work: W) -> bool
where
    W: Future<Output = ()> + 'static,
{
    true
}
