//! The server's twin of `desktop`: nothing is shown there.

use crate::{live::InboxEvent, model::Notification};

/// What the browser lets Plenum do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It shows notifications.
    Granted,
    /// It has not been asked.
    Unasked,
    /// It refuses.
    Denied,
    /// It cannot.
    None,
}

/// What the browser lets Plenum do.
pub(super) fn permission() -> Permission {
    Permission::None
}

/// Asks for it, after a click that wants it.
pub(super) fn ask(_: impl Fn(Permission) + 'static) {
    // All that can be answered is reachable on this side, too.
    let _ = [Permission::Granted, Permission::Unasked, Permission::Denied];
}

/// Shows a notification.
pub(super) fn show(_: &Notification) {}

/// Takes back what was read or is gone.
pub(super) fn take_back(_: &[InboxEvent]) {}

/// A short tone.
pub(super) fn sound() {}
