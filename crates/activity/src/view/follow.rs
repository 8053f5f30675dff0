//! A feed on the screen, kept up to date.
//!
//! What the logs hold comes by itself; of conversations that are followed by nudges a reconnect asks once.

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
    error::AppResult,
    ids::PersonId,
    live::{Live as _, LiveEvent, Snapshot},
};
use plenum_directory::live::OrganisationEvent;
use plenum_messages::live::PersonEvent;
use plenum_ui::{
    memo,
    page::{Follower, Logged, use_viewer},
    toast,
};

/// A feed on the screen.
#[derive(Clone, Copy)]
pub(super) struct Screen {
    /// As it is now.
    pub(super) feed: RwSignal<Feed>,
    /// Who looks.
    pub(super) viewer: PersonId,
    pub(super) follower: Follower,
    /// What came while it was asked: the answer may have been read before it.
    meanwhile: StoredValue<Vec<FeedEvent>>,
}

impl Screen {
    /// Shows `opened`, and follows it if it is `live`: an older page is not.
    pub(super) fn new(snapshot: Snapshot<Opened>, live: bool) -> Self {
        let Snapshot { state: Opened { feed, followed, .. }, cursors } = snapshot;
        let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map_or(PersonId(0), |viewer| viewer.card.id));
        let scope = feed.scope;
        let screen = Self { feed: RwSignal::new(feed), viewer, follower: Follower::new(cursors), meanwhile: StoredValue::default() };
        if live && followed {
            screen.follow(scope);
        }
        screen
    }

    fn follow(self, scope: Scope) {
        let viewer = use_viewer();
        let person = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)));
        let organisation = memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.organisation)));
        self.follower.fetch_with(move || self.fresh(), move |opened| self.absorb(opened));
        self.one::<OrganisationEvent>(organisation.into(), FeedEvent::People, Logged::All);
        match scope {
            Scope::Conversation(id) => self.one::<ConversationActivity>(Signal::stored(Some(id)), FeedEvent::Conversation, Logged::All),
            Scope::Today | Scope::Person(_) => {
                self.one::<OrganisationActivity>(organisation.into(), FeedEvent::Organisation, Logged::All);
                self.one::<PersonEvent>(person.into(), FeedEvent::Membership, Logged::All);
                self.one::<PersonActivity>(person.into(), FeedEvent::Person, Logged::Some);
            }
        }
    }

    fn one<E>(self, scope: Signal<Option<E::Scope>>, wrap: fn(E) -> FeedEvent, logged: Logged)
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        self.follower.follow::<E>(scope, logged, move |events| self.apply(events.into_iter().map(wrap).collect()));
    }

    fn apply(self, events: Vec<FeedEvent>) {
        let mut touched = FeedTouched::default();
        self.feed.maybe_update(|feed| {
            for event in &events {
                touched = touched.and(feed.apply(self.viewer, event));
            }
            touched.changed
        });
        if self.follower.is_requesting() {
            self.meanwhile.update_value(|meanwhile| meanwhile.extend(events));
        }
        if touched.ask {
            self.follower.renew();
        }
    }

    /// The feed as it is on the server, as far down as it is shown.
    fn fresh(self) -> impl Future<Output = AppResult<Snapshot<Opened>>> {
        self.meanwhile.set_value(Vec::new());
        let (scope, topic, floor) = self.feed.with_untracked(|feed| (feed.scope.to_string(), feed.topic, feed.floor));
        api::feed(scope, topic, None, Some(floor))
    }

    fn absorb(self, Opened { feed: fresh, .. }: Opened) {
        let meanwhile = self.meanwhile.try_update_value(std::mem::take).unwrap_or_default();
        let mut touched = FeedTouched::default();
        self.feed.update(|feed| touched = feed.absorb(self.viewer, fresh, &meanwhile));
        if touched.ask {
            self.follower.renew();
        }
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
