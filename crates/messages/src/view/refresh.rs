//! A fresh list of conversations: after a gap, after the line was away, and every 30 s while
//! it is.

use leptos::{prelude::*, task::spawn_local};

use super::{alarm::pause, context::SidebarContext};
use crate::{api, model::Sidebar};
use plenum_core::live::{Live as _, Snapshot};
use plenum_ui::client::{LiveHandle, SubscriptionStatus};

/// A snapshot that is needed and did not come is asked for again after so long, in milliseconds.
pub(super) const ASK_AGAIN: u32 = 3_000;

impl SidebarContext {
    /// Takes a fresh list. A subscription that has stopped goes on from there.
    pub(super) fn ask_again(self) {
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        self.meanwhile.set_value(Vec::new());
        spawn_local(async move {
            let fresh = loop {
                match api::sidebar().await {
                    Ok(fresh) => break Some(fresh),
                    Err(error) if error.is_transient() && self.has_stopped() => pause(ASK_AGAIN).await,
                    Err(_) => break None,
                }
            };
            if self.asking.try_set_value(false).is_none()
                && let Some(fresh) = fresh
            {
                self.absorb(fresh);
            }
        });
    }

    /// Nothing comes until there is a fresh list.
    fn has_stopped(&self) -> bool {
        self.handles.try_get_value().flatten().is_some_and(|(own, house)| has_stopped(own) || has_stopped(house))
    }

    /// A fresh list, and what came since it was read; heads and read marks that are further
    /// here stay (I12).
    fn absorb(&self, fresh: Snapshot<Sidebar>) {
        let viewer = self.viewer.get_untracked();
        self.state.update_value(|state| {
            let old = state.take().unwrap_or_default();
            let mut new = fresh.state;
            for (id, line) in new.lines.iter_mut() {
                let Some(known) = old.lines.get(id) else { continue };
                line.own.read = line.own.read.max(known.own.read);
                if known.head > line.head {
                    line.head = known.head;
                    line.last.clone_from(&known.last);
                }
            }
            if let (Some(viewer), Some(events)) = (viewer, self.meanwhile.try_update_value(std::mem::take)) {
                for event in &events {
                    new.apply(viewer, event);
                }
            }
            *state = Some(new);
        });
        self.redraw_all();
        self.receive_all();
        let resume = |handle: LiveHandle, kind: &str| {
            if let Some((_, cursor)) = fresh.cursors.iter().find(|(name, _)| name.starts_with(kind) && has_stopped(handle)) {
                handle.resume(cursor.clone());
            }
        };
        if let Some((own, house)) = self.handles.try_get_value().flatten() {
            resume(own, "private-person.");
            resume(house, "private-organisation.");
        }
        self.cursors.set_value(fresh.cursors);
        self.refused.set(None);
    }
}

/// A fresh snapshot is needed, or the subscription was refused.
pub(super) fn has_stopped(handle: LiveHandle) -> bool {
    matches!(handle.status().try_get_untracked(), Some(SubscriptionStatus::Stale | SubscriptionStatus::Refused { .. }))
}
