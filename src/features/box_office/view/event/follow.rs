//! The page of an event on the screen, kept up to date: what everyone is told of it, what its members are told, and whether one still is one.

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    app::use_viewer,
    channels::Channel,
    features::{
        box_office::{
            api::events as api,
            live::{event::EventEvent, own::OwnEvent},
            model::events::EventPage,
        },
        spaces::live::SpaceEvent,
    },
    ids::PersonId,
    realtime::{
        client::{Update, use_live},
        cursor::Cursor,
        live::{Live as _, Snapshot},
    },
    ui::memo,
};

/// What is on the screen. Copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Followed {
    /// As it is now.
    pub(super) shown: RwSignal<EventPage>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    cursors: StoredValue<Vec<(String, Cursor)>>,
    follows: RwSignal<bool>,
}

impl Followed {
    /// Follows what `snapshot` shows.
    pub(super) fn new(snapshot: Snapshot<EventPage>) -> Self {
        let Snapshot { state, cursors } = snapshot;
        let followed = Self {
            shown: RwSignal::new(state),
            ended: RwSignal::new(None),
            cursors: StoredValue::new(cursors),
            follows: RwSignal::new(true),
        };
        followed.follow_event();
        followed.follow_space();
        followed.follow_own();
        followed
    }

    /// Takes it anew: after a gap, and when what one may see of it has changed.
    pub(super) fn ask(self) {
        if !self.follows.get_untracked() {
            return;
        }
        self.follows.set(false);
        let id = self.shown.with_untracked(|shown| shown.event.id);
        spawn_local(async move {
            match api::page(id).await {
                Ok(Snapshot { state, cursors }) => {
                    let _ = self.cursors.try_set_value(cursors);
                    let _ = self.shown.try_set(state);
                }
                Err(error) => {
                    let _ = self.ended.try_set(Some(error.message));
                }
            }
            let _ = self.follows.try_set(true);
        });
    }

    fn cursor(self, channel: &Channel) -> Option<Cursor> {
        let name = channel.to_string();
        self.cursors.with_value(|cursors| cursors.iter().find(|(of, _)| *of == name).map(|(_, cursor)| cursor.clone()))
    }

    fn follow_event(self) {
        let id = self.shown.with_untracked(|shown| shown.event.id);
        let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id));
        use_live::<EventEvent>(
            Signal::derive(move || self.follows.get().then_some(id)),
            move |channel| self.cursor(channel),
            move |update| match update {
                Update::Events(events) => self.shown.maybe_update(|shown| {
                    let mut touched = false;
                    for event in &events {
                        touched |= shown.apply(viewer, event);
                    }
                    touched
                }),
                Update::Stale => self.ask(),
                Update::Refused { reason, .. } => self.ended.set(Some(reason)),
                Update::Returned => self.ended.set(None),
            },
        );
    }

    fn follow_space(self) {
        let shown = self.shown;
        let space = memo(move || shown.with(|shown| shown.inside.is_some().then_some(shown.event.space_id)));
        let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id));
        use_live::<SpaceEvent>(
            Signal::derive(move || if self.follows.get() { space.get() } else { None }),
            move |channel| self.cursor(channel),
            move |update| match update {
                Update::Events(events) => shown.maybe_update(|shown| {
                    let Some(inside) = &mut shown.inside else { return false };
                    let mut touched = false;
                    for event in &events {
                        touched |= inside.roll.apply(viewer, event);
                    }
                    touched
                }),
                // One is a member no longer: what members see goes at once.
                Update::Refused { .. } => {
                    shown.update(|shown| shown.inside = None);
                    self.ask();
                }
                Update::Stale => self.ask(),
                Update::Returned => {}
            },
        );
    }

    /// Whoever has bought is a member now.
    fn follow_own(self) {
        let viewer = use_viewer();
        let person = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)));
        let id = self.shown.with_untracked(|shown| shown.event.id);
        use_live::<OwnEvent>(
            Signal::derive(move || person.get()),
            |_| None,
            move |update| {
                let Update::Events(events) = update else { return };
                let gone =
                    |event: &OwnEvent| matches!(event, OwnEvent::HoldChanged(changed) if changed.event_id == id && changed.hold.is_none());
                if events.iter().any(gone) && self.shown.with_untracked(|shown| shown.inside.is_none()) {
                    self.ask();
                }
            },
        );
    }
}
