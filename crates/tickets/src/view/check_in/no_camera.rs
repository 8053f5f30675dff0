//! The server's twin of `camera`: it sees nothing.

use leptos::web_sys::HtmlVideoElement;

/// A camera that reads codes.
#[derive(Clone)]
pub struct Scanning;

impl Scanning {
    /// Ends it.
    pub fn stop(&self) {}
}

/// Whether this browser reads codes with its camera.
pub fn can_scan() -> bool {
    false
}

/// Reads codes from the camera.
pub fn scan(_: &HtmlVideoElement, _: impl Fn(String) + 'static, _: impl Fn() + 'static) -> Scanning {
    Scanning
}

/// A tone.
pub fn signal(_: bool) {}
