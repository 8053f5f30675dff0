//! A plan on the screen, kept up to date while one works beside it.

use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    api,
    live::PlanEvent,
    model::{Plan, change::Change, desk::Desk},
};
use plenum_core::{error::AppError, ids::EventId, live::Snapshot};
use plenum_events::live::seats::SeatsEvent;
use plenum_ui::{
    effect,
    page::{Followed, use_own_id},
};

/// The editor of one plan.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Of which event.
    pub event: EventId,
    /// As it is now.
    pub desk: RwSignal<Desk>,
    /// As it would be with what is being entered.
    pub draft: RwSignal<Option<Plan>>,
    /// Why nothing more is told.
    pub ended: RwSignal<Option<String>>,
    followed: Followed<Desk>,
}

impl Editor {
    /// Follows what `snapshot` shows.
    pub fn new(snapshot: Snapshot<Desk>) -> Self {
        let event = snapshot.state.event;
        let followed =
            Followed::new(snapshot, move || api::desk(event)).on::<SeatsEvent>(Signal::stored(Some(event))).on::<PlanEvent>(use_own_id());
        Self { event, desk: followed.shown, draft: RwSignal::new(None), ended: followed.ended, followed }
    }

    /// Reads the plan anew after `action` has succeeded. What was being entered is done then.
    pub fn after<S>(self, action: ServerAction<S>)
    where
        S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        let value = action.value();
        effect(move |_| {
            if value.with(|value| matches!(value, Some(Ok(_)))) {
                self.draft.set(None);
                self.followed.renew();
            }
        });
    }

    /// Draws what the plan would be with `change`, if it can be done.
    pub fn try_out(self, change: Result<Change, AppError>) {
        let after = change.and_then(|change| self.desk.with_untracked(|desk| desk.plan.after(&change)));
        self.draft.set(after.ok());
    }
}
