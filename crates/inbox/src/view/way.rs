//! The way from a notification to where it leads. Its address goes over the server, which writes down that it was followed: that works
//! without scripts and in a new tab. A plain click goes there directly, and tells.

use leptos::{ev::MouseEvent, task::spawn_local};

use crate::{api, model::Act};
use plenum_core::ids::NotificationId;
use plenum_ui::toast;

/// The address that leads over the server.
pub(super) fn through(id: NotificationId) -> String {
    format!("/inbox/{id}/open")
}

/// True for a plain click, which is then the page's own; with a key held or another button it is the browser's.
pub(super) fn follows(event: &MouseEvent) -> bool {
    let plain = event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    if plain {
        event.prevent_default();
    }
    plain
}

/// Tells that it was followed.
pub(super) fn followed_send(id: NotificationId) {
    spawn_local(async move {
        if let Err(error) = api::act(id, Act::Follow.into_str().to_owned()).await {
            toast::show_error(error.message);
        }
    });
}
