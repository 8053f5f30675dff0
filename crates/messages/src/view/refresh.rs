//! A fresh list of conversations, and what of the old one stays.

use leptos::prelude::*;

use super::context::SidebarContext;
use crate::{api, model::Sidebar};
use plenum_core::{
    error::AppResult,
    live::{Live as _, Snapshot},
};

impl SidebarContext {
    /// The list as it is on the server.
    pub(super) fn fresh(self) -> impl Future<Output = AppResult<Snapshot<Sidebar>>> {
        self.meanwhile.set_value(Vec::new());
        api::sidebar()
    }

    /// Shows a fresh list, and what came since it was read; heads and read marks that are further
    /// here stay (I12).
    pub(super) fn absorb(self, fresh: Sidebar) {
        // Another person has signed in meanwhile, whose list is on its way.
        if self.begun.try_get_untracked() != Some(true) {
            return;
        }
        let viewer = self.viewer.get_untracked();
        self.state.update_value(|state| {
            let old = state.take().unwrap_or_default();
            let mut new = fresh;
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
    }
}
