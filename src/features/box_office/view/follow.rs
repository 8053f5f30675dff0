//! Something on the screen, kept up to date by one channel.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    app::use_viewer,
    error::AppError,
    realtime::{
        client::{Update, use_live},
        cursor::Cursor,
        live::{Live, LiveEvent, Snapshot},
    },
};

/// Asks for it anew.
pub(super) type Ask<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Snapshot<T>, AppError>>>>>;

/// What is shown, and whether more is told.
pub(super) struct Followed<T: 'static> {
    /// As it is now.
    pub(super) shown: RwSignal<T>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
}

/// Follows what `snapshot` shows on the channel of `scope`; after a gap it is asked for with `ask`.
pub(super) fn follow<E, T>(snapshot: Snapshot<T>, scope: Option<E::Scope>, ask: Ask<T>) -> Followed<T>
where
    E: LiveEvent,
    E::Scope: Send + Sync,
    T: Live<E, Touched = bool> + Send + Sync + 'static,
{
    let Snapshot { state, cursors } = snapshot;
    let (shown, ended) = (RwSignal::new(state), RwSignal::new(None));
    let cursor: StoredValue<Option<Cursor>> = StoredValue::new(cursors.into_iter().next().map(|(_, cursor)| cursor));
    let follows = RwSignal::new(true);
    let person = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    use_live::<E>(
        Signal::derive(move || if follows.get() { scope } else { None }),
        move |_| cursor.get_value(),
        move |update| match update {
            Update::Events(events) => {
                let Some(person) = person else { return };
                shown.maybe_update(|shown| {
                    let mut touched = false;
                    for event in &events {
                        touched |= shown.apply(person, event);
                    }
                    touched
                });
            }
            Update::Stale => {
                follows.set(false);
                let snapshot = ask();
                spawn_local(async move {
                    if let Ok(Snapshot { state, cursors }) = snapshot.await {
                        let _ = cursor.try_set_value(cursors.into_iter().next().map(|(_, cursor)| cursor));
                        let _ = shown.try_set(state);
                    }
                    let _ = follows.try_set(true);
                });
            }
            Update::Refused { reason, .. } => ended.set(Some(reason)),
            Update::Returned => ended.set(None),
        },
    );
    Followed { shown, ended }
}
