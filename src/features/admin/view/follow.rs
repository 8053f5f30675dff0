//! The board or the alarms on the screen, kept up to date.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    app::use_viewer,
    error::AppError,
    features::admin::live::OpsEvent,
    ids::PersonId,
    realtime::{
        client::{LiveHandle, Update, use_live},
        cursor::Cursor,
        live::{Live, Snapshot},
    },
    ui::{effect, memo},
};

/// Asks for it anew.
pub(super) type Ask<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Snapshot<T>, AppError>>>>>;

/// Something on the screen that the events of an organisation's operation change.
pub(super) struct Followed<T: 'static> {
    /// As it is shown.
    pub(super) shown: RwSignal<T>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    /// As it is: what is shown stands still while it is paused.
    newest: StoredValue<T>,
    paused: Signal<bool>,
    cursor: StoredValue<Option<Cursor>>,
    handle: StoredValue<Option<LiveHandle>>,
}

impl<T: 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Followed<T> {}

impl<T> Followed<T>
where
    T: Live<OpsEvent, Touched = bool> + Clone + PartialEq + Send + Sync + 'static,
{
    /// Follows what `snapshot` shows; what may have been missed is asked for with `ask`.
    pub(super) fn new(snapshot: Snapshot<T>, paused: Signal<bool>, ask: Ask<T>) -> Self {
        let Snapshot { state, cursors } = snapshot;
        let followed = Self {
            shown: RwSignal::new(state.clone()),
            ended: RwSignal::new(None),
            newest: StoredValue::new(state),
            paused,
            cursor: StoredValue::new(first(cursors)),
            handle: StoredValue::new(None),
        };
        followed.follow(ask);
        effect(move |_| {
            if !paused.get() {
                followed.show();
            }
        });
        followed
    }

    fn show(self) {
        let Some(newest) = self.newest.try_get_value() else { return };
        self.shown.maybe_update(|shown| {
            let touched = *shown != newest;
            *shown = newest;
            touched
        });
    }

    fn follow(self, ask: Ask<T>) {
        let viewer = use_viewer();
        let organisation = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.organisation)));
        let person = viewer.with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
        let handle = use_live::<OpsEvent>(
            organisation.into(),
            move |_| self.cursor.get_value(),
            move |update| match update {
                Update::Events(events) => self.apply(person, &events),
                // Figures are not in the log: whoever comes back reads what they have missed.
                Update::Stale | Update::Returned => {
                    self.ended.set(None);
                    let snapshot = ask();
                    spawn_local(async move {
                        if let Ok(snapshot) = snapshot.await {
                            self.take(snapshot);
                        }
                    });
                }
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
            },
        );
        self.handle.set_value(Some(handle));
    }

    fn apply(self, person: Option<PersonId>, events: &[OpsEvent]) {
        let Some(person) = person else { return };
        let touched =
            self.newest.try_update_value(|newest| events.iter().fold(false, |touched, event| newest.apply(person, event) | touched));
        if touched == Some(true) && !self.paused.get_untracked() {
            self.show();
        }
    }

    fn take(self, Snapshot { state, cursors }: Snapshot<T>) {
        let cursor = first(cursors);
        // The page may be gone by now.
        let gone = self.newest.try_set_value(state).is_some() || self.cursor.try_set_value(cursor.clone()).is_some();
        if gone {
            return;
        }
        if let (Some(handle), Some(cursor)) = (self.handle.get_value(), cursor) {
            handle.resume(cursor);
        }
        if !self.paused.get_untracked() {
            self.show();
        }
    }
}

fn first(cursors: Vec<(String, Cursor)>) -> Option<Cursor> {
    cursors.into_iter().next().map(|(_, cursor)| cursor)
}
