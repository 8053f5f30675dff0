//! What happens, as it applies to a feed on the screen.
//!
//! Several channels tell of it. What all may see comes on the organisation's, what concerns the viewer on their own; of conversations the
//! viewer's own channel carries nudges with the newest items, so that nobody subscribes to three hundred of them. Everyone on a channel
//! gets the same: what the viewer did themselves, and what is muted, is left out here. Each item is known by its id, so that none is shown
//! twice, in whatever order the channels come.

use super::model::{Feed, Scope};
use plenum_core::{
    activity::{
        Item,
        live::{ConversationActivity, Nudge, OrganisationActivity, PersonActivity},
    },
    ids::{ActivityId, ConversationId, PersonId},
    live::Live,
};
use plenum_directory::live::OrganisationEvent;
use plenum_messages::live::PersonEvent;

/// Something that changes a feed.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedEvent {
    /// In the conversation whose feed it is.
    Conversation(ConversationActivity),
    /// For all.
    Organisation(OrganisationActivity),
    /// For the viewer.
    Person(PersonActivity),
    /// A conversation of the viewer came, went, was muted.
    Membership(PersonEvent),
    /// Somebody is called otherwise.
    People(OrganisationEvent),
}

/// What an event did to a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedTouched {
    /// Something that is shown has changed.
    pub changed: bool,
    /// Items are missing that no event brings: the feed is to be asked for.
    pub ask: bool,
}

impl FeedTouched {
    fn changed(changed: bool) -> Self {
        Self { changed, ask: false }
    }

    const ASK: Self = Self { changed: false, ask: true };

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { changed: self.changed || other.changed, ask: self.ask || other.ask }
    }
}

impl Live<FeedEvent> for Feed {
    type Touched = FeedTouched;

    fn apply(&mut self, viewer: PersonId, event: &FeedEvent) -> FeedTouched {
        match event {
            FeedEvent::Conversation(ConversationActivity::Recorded(item))
            | FeedEvent::Organisation(OrganisationActivity::Recorded(item))
            | FeedEvent::Person(PersonActivity::Recorded(item)) => FeedTouched::changed(self.put(viewer, item)),
            FeedEvent::Person(PersonActivity::Moved(nudge)) => self.hear(viewer, nudge),
            FeedEvent::Membership(event) => self.belong(event),
            FeedEvent::People(event) => FeedTouched::changed(self.rename(event)),
        }
    }
}

impl Feed {
    /// Takes an item in its place; true if it is shown. What was there when the feed was read is not news.
    fn put(&mut self, viewer: PersonId, item: &Item) -> bool {
        if item.id <= self.head || !self.shows(viewer, item) {
            return false;
        }
        let place = self.items.partition_point(|known| known.id > item.id);
        if self.items.get(place).is_some_and(|known| known.id == item.id) {
            return false;
        }
        let mut item = item.clone();
        self.dress(&mut item);
        self.items.insert(place, item);
        true
    }

    /// Cards as they are now.
    fn dress(&self, item: &mut Item) {
        for card in item.cards() {
            if let Some(now) = self.renamed.get(&card.id) {
                card.clone_from(now);
            }
        }
    }

    /// The newest of a conversation; if it does not go on where one has heard of it last, something was missed.
    fn hear(&mut self, viewer: PersonId, nudge: &Nudge) -> FeedTouched {
        // A conversation's own feed follows its own channel.
        if matches!(self.scope, Scope::Conversation(_)) {
            return FeedTouched::default();
        }
        let known = self.heard.get(&nudge.conversation).copied().unwrap_or(ActivityId(0)).max(self.head);
        let missed = nudge.before.is_some_and(|before| before > known);
        let mut changed = false;
        for item in &nudge.items {
            changed |= self.put(viewer, item);
        }
        if let Some(newest) = nudge.items.first() {
            self.heard.insert(nudge.conversation, newest.id.max(known));
        }
        FeedTouched { changed, ask: missed }
    }

    fn belong(&mut self, event: &PersonEvent) -> FeedTouched {
        match (self.scope, event) {
            // Its channel is refused to who has left.
            (Scope::Conversation(_), _) => FeedTouched::default(),
            // What happened there before can be seen now.
            (_, PersonEvent::ConversationAdded(_)) => {
                self.turn += 1;
                FeedTouched::ASK
            }
            (_, PersonEvent::ConversationLeft(left)) => {
                // Whoever comes again has not muted it.
                self.muted.retain(|muted| *muted != left.conversation);
                FeedTouched::changed(self.forget(left.conversation))
            }
            (Scope::Today, PersonEvent::OwnChanged(change)) => match (change.own.muted, self.muted.contains(&change.conversation)) {
                (true, false) => {
                    self.muted.push(change.conversation);
                    FeedTouched::changed(self.forget(change.conversation))
                }
                (false, true) => {
                    self.muted.retain(|muted| *muted != change.conversation);
                    self.turn += 1;
                    FeedTouched::ASK
                }
                _ => FeedTouched::default(),
            },
            _ => FeedTouched::default(),
        }
    }

    /// Takes the items of a conversation away.
    fn forget(&mut self, conversation: ConversationId) -> bool {
        self.turn += 1;
        let before = self.items.len();
        self.items.retain(|item| !(item.is_of_conversation() && item.conversation == Some(conversation)));
        self.items.len() != before
    }

    fn rename(&mut self, event: &OrganisationEvent) -> bool {
        let OrganisationEvent::PersonChanged(card) = event else { return false };
        self.renamed.insert(card.id, card.clone());
        let mut changed = false;
        for known in self.items.iter_mut().flat_map(Item::cards).filter(|known| known.id == card.id && *known != card) {
            known.clone_from(card);
            changed = true;
        }
        changed
    }

    /// Adds the page of older ones that was asked for at `turn`. False if the viewer may see other things since: then it is to be asked for again.
    pub fn append(&mut self, turn: u32, older: Self) -> bool {
        if turn != self.turn {
            return false;
        }
        let floor = self.floor;
        for mut item in older.items.into_iter().filter(|item| item.id < floor) {
            self.dress(&mut item);
            self.items.push(item);
        }
        self.floor = older.floor;
        true
    }

    /// Takes a feed that was read anew, and what has been told since it was asked for.
    pub fn absorb(&mut self, viewer: PersonId, fresh: Self, meanwhile: &[FeedEvent]) -> FeedTouched {
        *self = Self { turn: self.turn + 1, ..fresh };
        meanwhile.iter().fold(FeedTouched::changed(true), |touched, event| touched.and(self.apply(viewer, event)))
    }
}
