//! A snapshot on the screen as one signal, kept up to date by the live events of its channels: a [`Follower`] and what it follows for.

use std::future::Future;

use leptos::prelude::{Update as _, *};

use super::{
    context::use_viewer,
    follower::{Follower, Logged},
};
use plenum_core::{
    error::AppError,
    ids::PersonId,
    live::{Drawn, Live, LiveEvent, Snapshot},
};

/// Something on the screen that live events change. Copies are the same.
pub struct Followed<T: 'static> {
    /// As it is now.
    pub shown: RwSignal<T>,
    /// Why no more events come.
    pub ended: RwSignal<Option<String>>,
    viewer: PersonId,
    follower: Follower,
}

impl<T: 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Followed<T> {}

impl<T: Send + Sync + 'static> Followed<T> {
    /// Shows `snapshot`; [`on`](Self::on) subscribes to its channels, and `request` fetches a new one.
    pub fn new<F>(snapshot: Snapshot<T>, request: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Snapshot<T>, AppError>> + 'static,
    {
        let Snapshot { state, cursors } = snapshot;
        let shown = RwSignal::new(state);
        let follower = Follower::new(cursors);
        follower.fetch_with(request, move |state| drop(shown.try_set(state)));
        let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id));
        Self { shown, ended: follower.ended, viewer, follower }
    }

    /// Subscribes to the channel of `scope`, all of whose events are logged.
    #[must_use]
    pub fn on<E>(self, scope: impl Into<Signal<Option<E::Scope>>>) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        self.follower.follow::<E>(scope, Logged::All, move |events| self.apply(&events));
        self
    }

    /// Subscribes to the channel of `scope`, some of whose events are not logged: a reconnect is followed by a new snapshot.
    #[must_use]
    pub fn on_unlogged<E>(self, scope: impl Into<Signal<Option<E::Scope>>>) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        self.follower.follow::<E>(scope, Logged::Some, move |events| self.apply(&events));
        self
    }

    /// Subscribes to the channel of `scope`, where losing the right to it ends only a part of what is shown: `refused` takes that away.
    #[must_use]
    pub fn on_part<E>(self, scope: impl Into<Signal<Option<E::Scope>>>, refused: impl Fn(&mut T) + 'static) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        let refused = move |_| self.shown.update(&refused);
        self.follower.follow_part::<E>(scope, Logged::All, move |events| self.apply(&events), refused);
        self
    }

    fn apply<E>(self, events: &[E])
    where
        T: Live<E, Touched: Into<Drawn>>,
    {
        let mut most = Drawn::Nothing;
        self.shown.maybe_update(|shown| {
            for event in events {
                most = most.max(shown.apply(self.viewer, event).into());
            }
            most != Drawn::Nothing
        });
        if most == Drawn::Anew {
            self.renew();
        }
    }

    /// Requests a new snapshot: when only the server knows what to show.
    pub fn renew(self) {
        self.follower.renew();
    }
}
