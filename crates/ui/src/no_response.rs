//! The twin of `response` where no response is being made.

/// Pages in the browser have no status.
pub fn set_status(_status: u16) {}

/// The browser is redirected by the router.
pub fn redirect(_path: &str) {}

/// Scripts know their cookies otherwise; what the page was made with came with it.
pub fn cookie(_name: &str) -> Option<String> {
    None
}

/// The browser knows its address.
pub fn address() -> Option<String> {
    None
}
