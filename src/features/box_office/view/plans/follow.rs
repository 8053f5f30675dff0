//! A plan on the screen, kept up to date while one works beside it.

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};
use server_fn::ServerFn;

use crate::{
    app::use_viewer,
    channels::Channel,
    error::AppError,
    features::box_office::{
        api::plans as api,
        live::{plans::PlanEvent, seats::SeatsEvent},
        model::plan::{
            Plan,
            change::Change,
            desk::Desk,
            import::{ImportState, Progress},
        },
    },
    ids::EventId,
    realtime::{
        client::{Update, use_live},
        cursor::Cursor,
        live::Snapshot,
    },
    ui::{effect, memo},
};

/// The editor of one plan.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    /// Of which event.
    pub(super) event: EventId,
    /// As it is now.
    pub(super) desk: RwSignal<Desk>,
    /// As it would be with what is being entered.
    pub(super) draft: RwSignal<Option<Plan>>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    cursors: StoredValue<Vec<(String, Cursor)>>,
    follows: RwSignal<bool>,
}

impl Editor {
    /// Follows what `snapshot` shows.
    pub(super) fn new(snapshot: Snapshot<Desk>) -> Self {
        let Snapshot { state, cursors } = snapshot;
        let editor = Self {
            event: state.event,
            desk: RwSignal::new(state),
            draft: RwSignal::new(None),
            ended: RwSignal::new(None),
            cursors: StoredValue::new(cursors),
            follows: RwSignal::new(true),
        };
        editor.follow();
        editor
    }

    /// Reads the plan anew after `action` has succeeded. What was being entered is done then.
    pub(super) fn after<S>(self, action: ServerAction<S>)
    where
        S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        let value = action.value();
        effect(move |_| {
            if value.with(|value| matches!(value, Some(Ok(_)))) {
                self.draft.set(None);
                self.read();
            }
        });
    }

    /// Draws what the plan would be with `change`, if it can be done.
    pub(super) fn try_out(self, change: Result<Change, AppError>) {
        let after = change.and_then(|change| self.desk.with_untracked(|desk| desk.plan.after(&change)));
        self.draft.set(after.ok());
    }

    fn cursor(self, channel: &Channel) -> Option<Cursor> {
        let name = channel.to_string();
        self.cursors.with_value(|cursors| cursors.iter().find(|(of, _)| *of == name).map(|(_, cursor)| cursor.clone()))
    }

    fn read(self) {
        let asked = api::desk(self.event);
        spawn_local(async move {
            if let Ok(Snapshot { state, .. }) = asked.await {
                let _ = self.desk.try_set(state);
            }
        });
    }

    /// After a gap: what is shown and where it goes on are read together.
    fn read_anew(self) {
        self.follows.set(false);
        let asked = api::desk(self.event);
        spawn_local(async move {
            if let Ok(Snapshot { state, cursors }) = asked.await {
                let _ = self.cursors.try_set_value(cursors);
                let _ = self.desk.try_set(state);
            }
            let _ = self.follows.try_set(true);
        });
    }

    fn follow(self) {
        use_live::<SeatsEvent>(
            Signal::derive(move || self.follows.get().then_some(self.event)),
            move |channel| self.cursor(channel),
            move |update| match update {
                Update::Events(events) => {
                    if events.iter().any(|event| matches!(event, SeatsEvent::PlanChanged(_))) {
                        self.read();
                    }
                }
                Update::Stale => self.read_anew(),
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
                Update::Returned => self.ended.set(None),
            },
        );
        let viewer = use_viewer();
        let person = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)));
        use_live::<PlanEvent>(
            Signal::derive(move || if self.follows.get() { person.get() } else { None }),
            move |channel| self.cursor(channel),
            move |update| match update {
                Update::Events(events) => {
                    for PlanEvent::ImportChanged(progress) in events {
                        if progress.event_id == self.event {
                            self.told(progress);
                        }
                    }
                }
                Update::Stale => self.read_anew(),
                Update::Refused { .. } | Update::Returned => {}
            },
        );
    }

    /// How far an import is. One that is new here, or over, has changed more than its bar.
    fn told(self, progress: Progress) {
        let known = self.desk.with_untracked(|desk| desk.import.as_ref().map(|import| import.progress.clone()));
        if known.as_ref().is_none_or(|known| known.id < progress.id) || progress.state != ImportState::Running {
            self.read();
        } else if known.is_some_and(|known| known.id == progress.id && known.written <= progress.written) {
            self.desk.update(|desk| {
                if let Some(import) = &mut desk.import {
                    import.progress = progress;
                }
            });
        }
    }
}
