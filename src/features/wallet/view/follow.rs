//! A wallet, a deposit or the withdrawals of an organisation on the screen, kept up to date.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    app::use_viewer,
    error::AppError,
    features::people::model::Viewer,
    realtime::{
        client::{Update, use_live},
        cursor::Cursor,
        live::{Live, LiveEvent, Snapshot},
    },
    ui::memo,
};

/// Asks for it anew.
pub(super) type Ask<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Snapshot<T>, AppError>>>>>;

/// Something on the screen that live events change.
pub(super) struct Followed<T: 'static> {
    /// As it is now.
    pub(super) shown: RwSignal<T>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
}

/// Follows what `snapshot` shows on the channel that `scope` names for whoever looks; after a gap it is asked for with `ask`.
pub(super) fn follow<T, E>(snapshot: Snapshot<T>, scope: fn(&Viewer) -> E::Scope, ask: Ask<T>) -> Followed<T>
where
    T: Live<E, Touched = bool> + Send + Sync + 'static,
    E: LiveEvent,
    E::Scope: PartialEq + Send + Sync,
{
    let Snapshot { state, cursors } = snapshot;
    let (shown, ended) = (RwSignal::new(state), RwSignal::new(None));
    let cursor = StoredValue::new(cursors.into_iter().next().map(|(_, cursor)| cursor) as Option<Cursor>);
    let follows = RwSignal::new(true);
    let viewer = use_viewer();
    let channel = memo(move || viewer.with(|viewer| viewer.as_ref().map(scope)));
    let person = viewer.with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    use_live::<E>(
        Signal::derive(move || if follows.get() { channel.get() } else { None }),
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
