//! The twin of `browser` on the server.

/// Only the browser knows its zone.
pub(super) fn time_zone() -> Option<String> {
    None
}
