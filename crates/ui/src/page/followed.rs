//! A snapshot on the screen, kept up to date by the live events of its channels. After a gap it is taken anew, and what did not come is
//! asked for again; while there is no line it is asked for now and then.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use super::context::use_viewer;
use crate::{
    client::{Connection, LiveHandle, Update, use_connection, use_live},
    effect,
};
use plenum_core::{
    cursor::Cursor,
    error::AppError,
    ids::PersonId,
    live::{Drawn, Live, LiveEvent, Snapshot},
};

/// What was asked for and did not come is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(3);
/// While there is no line all is asked for so often (S4-43).
const REFRESH: Duration = Duration::from_secs(30);

type Asked<T> = Pin<Box<dyn Future<Output = Result<Snapshot<T>, AppError>>>>;
type Ask<T> = Arc<dyn Fn() -> Asked<T> + Send + Sync>;

/// Something on the screen that live events change. Copies are the same.
pub struct Followed<T: 'static> {
    /// As it is now.
    pub shown: RwSignal<T>,
    /// Why nothing more is told.
    pub ended: RwSignal<Option<String>>,
    viewer: PersonId,
    way: StoredValue<Way<T>>,
}

/// How it is had anew.
struct Way<T> {
    ask: Ask<T>,
    cursors: Vec<(String, Cursor)>,
    handles: Vec<(Signal<Option<String>>, LiveHandle)>,
    asking: bool,
    /// There was a reason to ask while it was asked already: the answer may be older than the reason.
    again: bool,
}

impl<T> Way<T> {
    fn cursor(&self, channel: &str) -> Option<Cursor> {
        self.cursors.iter().find(|(of, _)| of == channel).map(|(_, cursor)| cursor.clone())
    }

    fn follows_any(&self) -> bool {
        self.handles.iter().any(|(name, _)| matches!(name.try_get_untracked(), Some(Some(_))))
    }
}

impl<T: 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Followed<T> {}

impl<T: Send + Sync + 'static> Followed<T> {
    /// Shows `snapshot`; [`on`](Self::on) follows it, and `ask` is how it is had anew.
    pub fn new<F>(snapshot: Snapshot<T>, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Snapshot<T>, AppError>> + 'static,
    {
        let Snapshot { state, cursors } = snapshot;
        let ask: Ask<T> = Arc::new(move || Box::pin(ask()));
        let followed = Self {
            shown: RwSignal::new(state),
            ended: RwSignal::new(None),
            viewer: use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id)),
            way: StoredValue::new(Way { ask, cursors, handles: Vec::new(), asking: false, again: false }),
        };
        followed.refresh();
        followed
    }

    /// Follows the channel of `scope`, all of whose events are logged.
    #[must_use]
    pub fn on<E>(self, scope: impl Into<Signal<Option<E::Scope>>>) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        let ended = self.ended;
        self.tell::<E>(scope.into(), false, move |reason| ended.set(Some(reason)))
    }

    /// Follows the channel of `scope`, some of whose events are not logged: whoever comes back takes all anew.
    #[must_use]
    pub fn on_unlogged<E>(self, scope: impl Into<Signal<Option<E::Scope>>>) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        let ended = self.ended;
        self.tell::<E>(scope.into(), true, move |reason| ended.set(Some(reason)))
    }

    /// Follows the channel of `scope`, where losing the right to it ends only a part of what is shown: `refused` takes that away.
    #[must_use]
    pub fn on_part<E>(self, scope: impl Into<Signal<Option<E::Scope>>>, refused: impl Fn(&mut T) + 'static) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        self.tell::<E>(scope.into(), false, move |_| self.shown.update(&refused))
    }

    fn tell<E>(self, scope: Signal<Option<E::Scope>>, anew_on_return: bool, refused: impl Fn(String) + 'static) -> Self
    where
        E: LiveEvent,
        E::Scope: Sync,
        T: Live<E, Touched: Into<Drawn>>,
    {
        let handle = use_live::<E>(
            scope,
            move |channel| self.way.with_value(|way| way.cursor(&channel.to_string())),
            move |update| match update {
                Update::Events(events) => self.apply(&events),
                Update::Stale => self.renew(),
                Update::Refused { reason, .. } => refused(reason),
                Update::Returned => {
                    self.ended.set(None);
                    if anew_on_return {
                        self.renew();
                    }
                }
            },
        );
        let name = Signal::derive(move || scope.get().map(|scope| E::channel(scope).to_string()));
        self.way.update_value(|way| way.handles.push((name, handle)));
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

    /// Takes it anew: after a gap, and when only the server knows what is to be shown.
    pub fn renew(self) {
        let ask = self.way.try_update_value(|way| {
            way.again = way.asking;
            (!std::mem::replace(&mut way.asking, true)).then(|| (way.ask)())
        });
        let Some(Some(snapshot)) = ask else { return };
        spawn_local(async move {
            let outcome = snapshot.await;
            let again = self.way.try_update_value(|way| {
                way.asking = false;
                std::mem::take(&mut way.again)
            });
            // The page may be gone by now.
            let Some(again) = again else { return };
            match outcome {
                Ok(snapshot) => self.take(snapshot),
                Err(error) if error.is_transient() => return set_timeout(move || self.renew(), AGAIN),
                Err(error) => drop(self.ended.try_set(Some(error.message))),
            }
            if again {
                self.renew();
            }
        });
    }

    fn take(self, Snapshot { state, cursors }: Snapshot<T>) {
        if self.shown.try_set(state).is_some() {
            return;
        }
        self.ended.try_set(None);
        let resumed = self.way.try_update_value(|way| {
            way.cursors = cursors;
            let resumed = way.handles.iter().filter_map(|(name, handle)| Some((*handle, way.cursor(&name.try_get_untracked()??)?)));
            resumed.collect::<Vec<_>>()
        });
        // What happened since is told from within, so nothing may be borrowed.
        for (handle, cursor) in resumed.unwrap_or_default() {
            handle.resume(cursor);
        }
    }

    fn refresh(self) {
        let connection = use_connection();
        effect(move |_| {
            let cut_off = move || {
                connection.try_with_untracked(Connection::is_connecting) == Some(true)
                    && self.way.try_with_value(Way::follows_any) == Some(true)
            };
            let ask = move || {
                if cut_off() {
                    self.renew();
                }
            };
            let every = set_interval_with_handle(ask, REFRESH);
            on_cleanup(move || {
                if let Ok(every) = every {
                    every.clear();
                }
            });
        });
    }
}
