//! Something on the screen that live events change, of one channel or of several.

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

/// What has to be done after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Drawn {
    /// Nothing.
    Nothing,
    /// What is shown has changed.
    Shown,
    /// Only the server knows what is to be shown.
    Anew,
}

impl From<bool> for Drawn {
    fn from(touched: bool) -> Self {
        if touched { Self::Shown } else { Self::Nothing }
    }
}

/// Something on the screen.
pub(super) struct Followed<T: 'static> {
    /// As it is now.
    pub(super) shown: RwSignal<T>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    cursors: StoredValue<Vec<(String, Cursor)>>,
    follows: RwSignal<bool>,
}

impl<T: 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Followed<T> {}

impl<T: Send + Sync + 'static> Followed<T> {
    /// What `snapshot` shows; [`on`](Self::on) follows it.
    pub(super) fn new(snapshot: Snapshot<T>) -> Self {
        let Snapshot { state, cursors } = snapshot;
        Self { shown: RwSignal::new(state), ended: RwSignal::new(None), cursors: StoredValue::new(cursors), follows: RwSignal::new(true) }
    }

    /// Follows the channel of `scope`; after a gap, all of it is asked for with `ask`.
    pub(super) fn on<E>(self, scope: E::Scope, ask: Ask<T>, drawn: fn(<T as Live<E>>::Touched) -> Drawn)
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E>,
    {
        let Some(person) = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)) else { return };
        let channel = E::channel(scope).to_string();
        let cursor =
            move || self.cursors.with_value(|cursors| cursors.iter().find(|(of, _)| *of == channel).map(|(_, cursor)| cursor.clone()));
        use_live::<E>(
            Signal::derive(move || self.follows.get().then_some(scope)),
            move |_| cursor(),
            move |update| match update {
                Update::Events(events) => {
                    let mut most = Drawn::Nothing;
                    self.shown.maybe_update(|shown| {
                        for event in &events {
                            most = most.max(drawn(shown.apply(person, event)));
                        }
                        most != Drawn::Nothing
                    });
                    if most == Drawn::Anew {
                        self.renew(&ask);
                    }
                }
                Update::Stale => self.renew(&ask),
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
                Update::Returned => self.ended.set(None),
            },
        );
    }

    fn renew(self, ask: &Ask<T>) {
        self.follows.set(false);
        let snapshot = ask();
        spawn_local(async move {
            if let Ok(Snapshot { state, cursors }) = snapshot.await {
                let _ = self.cursors.try_set_value(cursors);
                let _ = self.shown.try_set(state);
            }
            let _ = self.follows.try_set(true);
        });
    }
}

/// Follows what `snapshot` shows on the channel of `scope`; after a gap it is asked for with `ask`.
pub(super) fn follow<E, T>(snapshot: Snapshot<T>, scope: Option<E::Scope>, ask: Ask<T>) -> Followed<T>
where
    E: LiveEvent,
    E::Scope: Sync,
    T: Live<E, Touched = bool> + Send + Sync + 'static,
{
    let followed = Followed::new(snapshot);
    if let Some(scope) = scope {
        followed.on::<E>(scope, ask, Drawn::from);
    }
    followed
}
