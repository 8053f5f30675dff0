//! Feeds and how their items become lines; [`audit`] has the rows of the audit log and its filter.

pub mod audit;
mod lines;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use plenum_core::{
    activity::{Item, Topic},
    ids::{ActivityId, ConversationId, IdError, PersonId, parse_id},
    people::PersonCard,
    sorted::SortedMap,
};

pub use lines::{Day, Line, days, lines};

/// Items of one page.
pub const PAGE: usize = 40;

/// Whose feed it is. A kind of place that has members is one more of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// All that the viewer may see and has not done themselves.
    Today,
    /// What happened in a conversation.
    Conversation(ConversationId),
    /// What a person did, as far as the viewer may see it.
    Person(PersonId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("today"),
            Self::Conversation(id) => write!(f, "conversation:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            None if text == "today" => Ok(Self::Today),
            Some(("conversation", id)) => id.parse().map(Self::Conversation),
            Some(("person", id)) => id.parse().map(Self::Person),
            _ => Err(IdError),
        }
    }
}

/// The newest of what happened, down to some item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Whose.
    pub scope: Scope,
    /// Only of this topic.
    pub topic: Option<Topic>,
    /// The newest first.
    pub items: Vec<Item>,
    /// All that it shows from this one on is here; 0: there is nothing older.
    pub floor: ActivityId,
    /// The newest of the whole record when this was read: what is not newer and not here is not shown.
    pub head: ActivityId,
    /// Conversations that the viewer has muted: the page "Today" passes over them.
    pub muted: Vec<ConversationId>,
    /// How often what the viewer may see has changed since. Never sent by the server.
    #[serde(skip)]
    pub turn: u32,
    /// How far nudges have told of a conversation since. Never sent by the server.
    #[serde(skip)]
    pub(super) heard: SortedMap<ConversationId, ActivityId>,
    /// Cards that changed since: an event of another channel may still bring the older one.
    #[serde(skip)]
    pub(super) renamed: SortedMap<PersonId, PersonCard>,
}

impl Feed {
    /// A feed as it was read.
    pub fn new(
        scope: Scope,
        topic: Option<Topic>,
        items: Vec<Item>,
        floor: ActivityId,
        head: ActivityId,
        muted: Vec<ConversationId>,
    ) -> Self {
        Self { scope, topic, items, floor, head, muted, turn: 0, heard: SortedMap::default(), renamed: SortedMap::default() }
    }

    /// True if it shows `item` to `viewer`, who may see it.
    pub fn shows(&self, viewer: PersonId, item: &Item) -> bool {
        let fits = self.topic.is_none_or(|topic| topic == item.topic());
        let belongs = match self.scope {
            Scope::Today => {
                !item.is_of(viewer) && !(item.is_of_conversation() && item.conversation.is_some_and(|id| self.muted.contains(&id)))
            }
            Scope::Conversation(id) => item.is_of_conversation() && item.conversation == Some(id),
            Scope::Person(person) => item.actor.as_ref().is_some_and(|card| card.id == person),
        };
        fits && belongs
    }
}

/// A feed with what its page says around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What happened.
    pub feed: Feed,
    /// The name of the conversation, if it is of one that has a name.
    pub name: String,
    /// It can be followed: not the feed of an open room that one has only come to look at.
    pub followed: bool,
}

/// The id in an address, as `?before=`.
pub fn parse_activity(text: &str) -> Option<ActivityId> {
    parse_id(text).ok().map(ActivityId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_back() {
        for scope in [Scope::Today, Scope::Conversation(ConversationId(4)), Scope::Person(PersonId(7))] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for wrong in ["", "Today", "conversation", "conversation:", "conversation:04", "person:-1", "space:1"] {
            assert_eq!(wrong.parse::<Scope>(), Err(IdError), "{wrong}");
        }
    }
}
