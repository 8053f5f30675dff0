//! The board or the alarms on the screen, kept up to date.

use std::{future::Future, pin::Pin, rc::Rc, time::Duration};

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
        client::{Connection, LiveHandle, Update, use_connection, use_live},
        cursor::Cursor,
        live::{Live, Snapshot},
    },
    ui::{effect, memo},
};

/// What was asked for and did not come is asked for again after this.
const AGAIN: Duration = Duration::from_secs(3);
/// While there is no socket it is asked for at each so manieth of these: every 30 s.
const REFRESH: u32 = 10;

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
    /// A new snapshot is needed.
    wanted: StoredValue<bool>,
    /// One is on its way.
    asking: StoredValue<bool>,
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
            wanted: StoredValue::new(false),
            asking: StoredValue::new(false),
        };
        followed.follow(Rc::clone(&ask));
        followed.refresh(ask);
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
                    self.ask(&ask);
                }
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
            },
        );
        self.handle.set_value(Some(handle));
    }

    fn ask(self, ask: &Ask<T>) {
        self.wanted.set_value(true);
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        let snapshot = ask();
        spawn_local(async move {
            let outcome = snapshot.await;
            // The page may be gone by now.
            if self.asking.try_set_value(false).is_none()
                && let Ok(snapshot) = outcome
            {
                self.wanted.set_value(false);
                self.take(snapshot);
            }
        });
    }

    /// Asks again for what did not come; and every 30 s while there is no socket.
    fn refresh(self, ask: Ask<T>) {
        let connection = use_connection();
        let ticks = StoredValue::new(0_u32);
        effect(move |_| {
            let ask = Rc::clone(&ask);
            let every = set_interval_with_handle(
                move || {
                    ticks.update_value(|ticks| *ticks = ticks.wrapping_add(1));
                    let due = ticks.get_value().is_multiple_of(REFRESH) && !connection.with_untracked(Connection::is_connected);
                    if due || self.wanted.get_value() {
                        self.ask(&ask);
                    }
                },
                AGAIN,
            );
            on_cleanup(move || {
                if let Ok(every) = every {
                    every.clear();
                }
            });
        });
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
        self.newest.set_value(state);
        self.cursor.set_value(cursor.clone());
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
