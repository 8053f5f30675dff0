//! What is new pops up: a note on the screen for whoever looks at Plenum, the browser's own for whoever does not.
//! Never what is in front of them anyway, and nothing in their quiet hours but what keeps their account safe.

use super::{context::InboxContext, desktop, way::followed_send};
use crate::{
    live::InboxEvent,
    model::{Notification, Way},
    words,
};
use leptos::prelude::*;
use plenum_core::ids::Millis;
use plenum_ui::{
    browser,
    toast::{self, Toast},
};

/// What comes within so long of the note before it is told with it.
const SOON: Millis = 8_000;

/// Notes that came one soon after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Burst {
    /// When the last one came.
    at: Millis,
    /// How many notifications they told of.
    count: usize,
}

impl Burst {
    /// `new` more came at `at`.
    fn with(self, new: usize, at: Millis) -> Self {
        let before = if (0..SOON).contains(&(at - self.at)) { self.count } else { 0 };
        Self { at, count: before + new }
    }
}

/// Tells what is new of `events`, which came at once.
pub(super) fn toasts_show(context: InboxContext, events: &[InboxEvent]) {
    let quiet = context.is_quiet();
    let here = browser::path();
    let new: Vec<&Notification> = events
        .iter()
        .filter_map(|event| match event {
            InboxEvent::NotificationCreated(changed) => Some(&changed.notification),
            _ => None,
        })
        .filter(|notification| !notification.seen && !notification.read)
        .filter(|notification| !quiet || notification.category.is_locked())
        .filter(|notification| !(browser::is_watched() && is_shown_by(&here, &notification.link)))
        .collect();
    if new.is_empty() {
        return;
    }
    let preferences = context.preferences.get_untracked();
    if !browser::is_watched() {
        for notification in new.iter().filter(|notification| preferences.wants(notification.category, Way::Browser)) {
            desktop::show(notification);
        }
    }
    if preferences.sound {
        desktop::sound();
    }
    // On the pages of the inbox they stand at the top of the list already.
    if browser::is_visible() && !matches!(path_of(&here), "/inbox" | "/inbox/away") {
        let now = browser::now();
        if let Some(burst) = context.burst.try_update_value(|burst| {
            *burst = burst.with(new.len(), now);
            *burst
        }) {
            show(&new, burst.count);
        }
    }
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// True if the page at `here` shows what `link` leads to.
fn is_shown_by(here: &str, link: &str) -> bool {
    path_of(here) == path_of(link) && path_of(link) != "/settings"
}

/// One note for all that came soon after another.
fn show(new: &[&Notification], count: usize) {
    let note = match new {
        [one] if count == 1 => {
            let text = if one.text.is_empty() { one.title.clone() } else { format!("{}: {}", one.title, one.text) };
            let (id, link) = (one.id, one.link.clone());
            let open = move || {
                followed_send(id);
                browser::go(&link);
            };
            Toast::new(text).action(words::OPEN, open)
        }
        _ => Toast::new(words::burst(count)).action(words::OPEN, || browser::go("/inbox")),
    };
    toast::show_toast(note.group("inbox"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_soon_is_told_together() {
        let first = Burst::default().with(1, 1_000_000);
        assert_eq!(first.count, 1);
        let second = first.with(2, 1_000_000 + SOON - 1);
        assert_eq!(second.count, 3);
        assert_eq!(second.with(1, second.at + SOON - 1).count, 4, "a burst goes on as long as more comes");
        assert_eq!(second.with(1, second.at + SOON).count, 1);
        assert_eq!(second.with(1, second.at - 1).count, 1, "a clock that was set back ends it");
    }

    #[test]
    fn what_is_in_front_of_one_is_not_told() {
        assert!(is_shown_by("/messages/4", "/messages/4?m=7"));
        assert!(is_shown_by("/messages/4?m=1", "/messages/4?m=7"));
        assert!(!is_shown_by("/messages/41", "/messages/4?m=7"));
        assert!(!is_shown_by("/settings", "/settings"), "a new sign-in is told there too");
    }
}
