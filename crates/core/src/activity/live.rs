//! An item of a feed, and the live events that carry it.

use serde::{Deserialize, Serialize};

use super::{
    kind::{Audience, Topic},
    record::{Record, Verb},
};
use crate::{
    ids::{ActivityId, ConversationId, Millis, OrganisationId, PersonId},
    live_events,
    people::PersonCard,
};

/// Characters of a name that are kept.
const NAME_CHARS: usize = 120;

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Subject {
    /// Its id; the verb says of what kind it is.
    pub id: i64,
    /// What it was called when it happened; empty if it has no name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

impl Subject {
    /// What is called `name` when it happens; only so much of it is kept as fits into a line.
    pub fn named(id: i64, name: &str) -> Self {
        Self { id, name: name.chars().take(NAME_CHARS).collect() }
    }

    /// What has no name.
    pub fn unnamed(id: i64) -> Self {
        Self { id, name: String::new() }
    }
}

/// Something that happened, as those who may see it get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Item {
    /// Its place in the record: what happened later has a higher one.
    pub id: ActivityId,
    /// When.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    #[cfg_attr(feature = "ssr", schema(value_type = super::record::Named))]
    pub record: Record,
    /// Who did it; none for Plenum itself.
    pub actor: Option<PersonCard>,
    /// Whom it is about, if that is somebody else or the actor is Plenum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<PersonCard>,
    /// What it was done to.
    pub subject: Subject,
    /// The conversation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}

impl Item {
    /// What happened, by its name.
    pub fn verb(&self) -> Verb {
        self.record.verb()
    }

    /// What it is about.
    pub fn topic(&self) -> Topic {
        self.verb().topic()
    }

    /// As feeds show it, without what only the audit log does.
    #[must_use]
    pub fn for_feeds(self) -> Self {
        Self { record: self.record.for_feeds(), ..self }
    }

    /// It is for the members of its conversation: it goes when one leaves it, and is not shown while it is muted.
    pub fn is_of_conversation(&self) -> bool {
        self.conversation.is_some() && matches!(self.verb().audience(), Audience::Members | Audience::Addressees)
    }

    /// `person` did it themselves; a broadcast is its sender's, though Plenum sends it.
    pub fn is_of(&self, person: PersonId) -> bool {
        let by = if self.verb() == Verb::BroadcastStarted { self.actor.as_ref().or(self.about.as_ref()) } else { self.actor.as_ref() };
        by.is_some_and(|card| card.id == person)
    }

    /// The people in it.
    pub fn cards(&mut self) -> impl Iterator<Item = &mut PersonCard> {
        self.actor.iter_mut().chain(&mut self.about)
    }
}

/// The newest that happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// Where.
    pub conversation: ConversationId,
    /// The newest items, the newest first; a few.
    pub items: Vec<Item>,
    /// The item before these, if there is one: whoever does not know it has missed something and asks.
    pub before: Option<ActivityId>,
}

/// How far the record of an organisation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHead {
    /// Its newest row.
    pub id: ActivityId,
}

live_events! {
    /// What goes into the feed of a conversation.
    pub enum ConversationActivity on Channel::Conversation(ConversationId) {
        #[doc = "Something happened that the members see in its feed: somebody joined, left, renamed it."]
        Recorded(Item) = "activity.recorded", fact;
    }
}

live_events! {
    /// What goes into the feeds of all people of an organisation.
    pub enum OrganisationActivity on Channel::Organisation(OrganisationId) {
        #[doc = "Something happened that all see in their feeds: somebody is new, everyone was told something."]
        Recorded(Item) = "activity.recorded", fact;
    }
}

live_events! {
    /// What goes into one person's feed.
    pub enum PersonActivity on Channel::Person(PersonId) {
        #[doc = "Something happened that concerns the person: a role, a sign-in, a message of theirs deleted by another."]
        Recorded(Item) = "activity.recorded", fact;
        #[doc = "The newest of the feed of a conversation that the person is in."]
        Moved(Nudge) = "activity.moved", ephemeral(|nudge| nudge.conversation.to_string());
    }
}

live_events! {
    /// What the audit log is told.
    pub enum AuditEvent on Channel::Ops(OrganisationId) {
        #[doc = "The audit log has a new row."]
        Moved(RecordHead) = "audit.moved", state(|_| "audit".to_owned());
    }
}
