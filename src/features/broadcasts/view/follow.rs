//! A list or a broadcast on the screen, kept up to date.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    app::use_viewer,
    error::AppError,
    features::broadcasts::live::BroadcastEvent,
    realtime::{
        client::{Update, use_live},
        cursor::Cursor,
        live::{Live, Snapshot},
    },
    ui::memo,
};

/// Asks for it anew.
pub(super) type Ask<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Snapshot<T>, AppError>>>>>;

/// Something on the screen that broadcasts change.
pub(super) struct Followed<T: 'static> {
    /// As it is now.
    pub(super) shown: RwSignal<T>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    cursor: StoredValue<Option<Cursor>>,
    follows: RwSignal<bool>,
}

impl<T: 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Followed<T> {}

impl<T> Followed<T>
where
    T: Live<BroadcastEvent, Touched = bool> + Send + Sync + 'static,
{
    /// Follows what `snapshot` shows; after a gap it is asked for with `ask`.
    pub(super) fn new(snapshot: Snapshot<T>, ask: Ask<T>) -> Self {
        let Snapshot { state, cursors } = snapshot;
        let followed = Self {
            shown: RwSignal::new(state),
            ended: RwSignal::new(None),
            cursor: StoredValue::new(cursors.into_iter().next().map(|(_, cursor)| cursor)),
            follows: RwSignal::new(true),
        };
        followed.follow(ask);
        followed
    }

    fn follow(self, ask: Ask<T>) {
        let viewer = use_viewer();
        let organisation = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.organisation)));
        let person = viewer.with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
        use_live::<BroadcastEvent>(
            Signal::derive(move || if self.follows.get() { organisation.get() } else { None }),
            move |_| self.cursor.get_value(),
            move |update| match update {
                Update::Events(events) => {
                    let Some(person) = person else { return };
                    self.shown.maybe_update(|shown| {
                        let mut touched = false;
                        for event in &events {
                            touched |= shown.apply(person, event);
                        }
                        touched
                    });
                }
                Update::Stale => {
                    self.follows.set(false);
                    let snapshot = ask();
                    spawn_local(async move {
                        if let Ok(Snapshot { state, cursors }) = snapshot.await {
                            let _ = self.cursor.try_set_value(cursors.into_iter().next().map(|(_, cursor)| cursor));
                            let _ = self.shown.try_set(state);
                        }
                        let _ = self.follows.try_set(true);
                    });
                }
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
                Update::Returned => self.ended.set(None),
            },
        );
    }
}
