//! A feed on the screen, kept up to date.
//!
//! What the logs hold comes by itself; of conversations that are followed by nudges a reconnect asks once. While the socket is down the
//! feed is asked for every 30 s.

use std::time::Duration;

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use crate::{
    api,
    live::{FeedEvent, FeedTouched},
    model::{Feed, Opened, Scope},
};
use plenum_core::{
    activity::live::{ConversationActivity, OrganisationActivity, PersonActivity},
    channels::Channel,
    cursor::Cursor,
    ids::PersonId,
    live::{Live as _, LiveEvent, Snapshot},
};
use plenum_directory::live::OrganisationEvent;
use plenum_messages::live::PersonEvent;
use plenum_ui::{
    client::{ConnectionState, LiveHandle, SubscriptionStatus, Update, use_connection, use_live},
    effect, memo,
    page::use_viewer,
    toast,
};

/// While the socket is down, the feed is asked for so often.
const REFRESH: Duration = Duration::from_secs(30);
/// A feed that is needed and did not come is asked for again after so long.
const ASK_AGAIN: Duration = Duration::from_secs(3);

/// What the names of the channels begin with.
const ORGANISATION: &str = "private-organisation.";
const PERSON: &str = "private-person.";
const CONVERSATION: &str = "private-conversation.";

/// A feed on the screen.
#[derive(Clone, Copy)]
pub(super) struct Screen {
    /// As it is now.
    pub(super) feed: RwSignal<Feed>,
    /// Why nothing more is told.
    pub(super) ended: RwSignal<Option<String>>,
    /// Who looks.
    pub(super) viewer: PersonId,
    cursors: StoredValue<Vec<(String, Cursor)>>,
    /// Each with what its channel's name begins with.
    handles: StoredValue<Vec<(&'static str, LiveHandle)>>,
    asking: StoredValue<bool>,
    /// There was a reason to ask while it was asked already.
    again: StoredValue<bool>,
    /// What came while it was asked: the answer may have been read before it.
    meanwhile: StoredValue<Vec<FeedEvent>>,
}

/// How a channel's events are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// The log has all of them.
    All,
    /// Some are not logged: after the line was away the feed is asked for.
    Some,
}

impl Screen {
    /// Shows `opened`, and follows it if it is `live`: an older page is not.
    pub(super) fn new(snapshot: Snapshot<Opened>, live: bool) -> Self {
        let Snapshot { state: Opened { feed, followed, .. }, cursors } = snapshot;
        let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id));
        let scope = feed.scope;
        let screen = Self {
            feed: RwSignal::new(feed),
            ended: RwSignal::new(None),
            viewer,
            cursors: StoredValue::new(cursors),
            handles: StoredValue::default(),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
            meanwhile: StoredValue::default(),
        };
        if live && followed {
            screen.follow(scope);
        }
        screen
    }

    fn follow(self, scope: Scope) {
        let viewer = use_viewer();
        let person = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)));
        let organisation = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.organisation)));
        let mut handles = vec![(ORGANISATION, self.one::<OrganisationEvent>(organisation.into(), FeedEvent::People, Holds::All))];
        match scope {
            Scope::Conversation(id) => {
                let own = self.one::<ConversationActivity>(Signal::stored(Some(id)), FeedEvent::Conversation, Holds::All);
                handles.push((CONVERSATION, own));
            }
            Scope::Today | Scope::Person(_) => handles.extend([
                (ORGANISATION, self.one::<OrganisationActivity>(organisation.into(), FeedEvent::Organisation, Holds::All)),
                (PERSON, self.one::<PersonEvent>(person.into(), FeedEvent::Membership, Holds::All)),
                (PERSON, self.one::<PersonActivity>(person.into(), FeedEvent::Person, Holds::Some)),
            ]),
        }
        self.handles.set_value(handles);
        let connection = use_connection();
        effect(move |_| {
            let every = set_interval_with_handle(
                move || {
                    if connection.get_untracked().state != ConnectionState::Connected {
                        self.ask();
                    }
                },
                REFRESH,
            );
            on_cleanup(move || {
                if let Ok(every) = every {
                    every.clear();
                }
            });
        });
    }

    fn one<E>(self, scope: Signal<Option<E::Scope>>, wrap: fn(E) -> FeedEvent, holds: Holds) -> LiveHandle
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        let cursor = move |channel: &Channel| {
            let name = channel.to_string();
            self.cursors.with_value(|cursors| cursors.iter().find(|(of, _)| *of == name).map(|(_, cursor)| cursor.clone()))
        };
        use_live::<E>(scope, cursor, move |update| match update {
            Update::Events(events) => self.apply(events.into_iter().map(wrap).collect()),
            Update::Stale => self.ask(),
            Update::Returned => {
                self.ended.set(None);
                if holds == Holds::Some {
                    self.ask();
                }
            }
            Update::Refused { reason, .. } => self.ended.set(Some(reason)),
        })
    }

    fn apply(self, events: Vec<FeedEvent>) {
        let mut touched = FeedTouched::default();
        self.feed.maybe_update(|feed| {
            for event in &events {
                touched = touched.and(feed.apply(self.viewer, event));
            }
            touched.changed
        });
        if self.asking.get_value() {
            self.meanwhile.update_value(|meanwhile| meanwhile.extend(events));
        }
        if touched.ask {
            self.ask();
        }
    }

    /// Takes the feed anew, as far down as it is shown.
    pub(super) fn ask(self) {
        if self.asking.try_get_value().unwrap_or(true) {
            let _ = self.again.try_set_value(true);
            return;
        }
        self.asking.set_value(true);
        self.meanwhile.set_value(Vec::new());
        let (scope, topic, floor) = self.feed.with_untracked(|feed| (feed.scope.to_string(), feed.topic, feed.floor));
        spawn_local(async move {
            let fresh = api::feed(scope, topic, None, Some(floor)).await;
            // The page may be gone.
            if self.asking.try_set_value(false).is_some() {
                return;
            }
            match fresh {
                Ok(fresh) => self.absorb(fresh),
                Err(error) if error.is_transient() && self.has_stopped() => set_timeout(move || self.ask(), ASK_AGAIN),
                Err(_) => {}
            }
            if self.again.try_get_value() == Some(true) {
                self.again.set_value(false);
                self.ask();
            }
        });
    }

    fn absorb(self, fresh: Snapshot<Opened>) {
        let Snapshot { state: Opened { feed: fresh, .. }, cursors } = fresh;
        let meanwhile = self.meanwhile.try_update_value(std::mem::take).unwrap_or_default();
        let mut touched = FeedTouched::default();
        self.feed.update(|feed| touched = feed.absorb(self.viewer, fresh, &meanwhile));
        for (kind, handle) in self.handles.get_value().into_iter().filter(|(_, handle)| has_stopped(*handle)) {
            if let Some((_, cursor)) = cursors.iter().find(|(name, _)| name.starts_with(kind)) {
                handle.resume(cursor.clone());
            }
        }
        self.cursors.set_value(cursors);
        if touched.ask {
            self.ask();
        }
    }

    fn has_stopped(self) -> bool {
        self.handles.try_get_value().unwrap_or_default().into_iter().any(|(_, handle)| has_stopped(handle))
    }

    /// The page of older ones, added below.
    pub(super) fn older(self) {
        let (scope, topic, floor, turn) = self.feed.with_untracked(|feed| (feed.scope.to_string(), feed.topic, feed.floor, feed.turn));
        spawn_local(async move {
            match api::feed(scope, topic, Some(floor), None).await {
                Ok(older) => {
                    if self.feed.try_update(|feed| feed.append(turn, older.state.feed)) == Some(false) {
                        self.older();
                    }
                }
                Err(error) => toast::show_error(error.message),
            }
        });
    }
}

fn has_stopped(handle: LiveHandle) -> bool {
    matches!(handle.status().try_get_untracked(), Some(SubscriptionStatus::Stale | SubscriptionStatus::Refused { .. }))
}
