//! Every channel of Plenum's own, with its one spelling on the wire.
//!
//! To add a channel: a variant here, its name in its `Display` and [`FromStr`],
//! its line in [`Channel::CATALOGUE`], and its rule in `channels/rules.rs`; each of
//! the matches is exhaustive, so that forgetting one does not compile.

#[cfg(test)]
mod catalogue;
#[cfg(feature = "ssr")]
pub mod rules;

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::ids::{ApplicationId, ConversationId, OrganisationId, PersonId};

/// A channel of Plenum's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// `private-person.{id}`
    Person(PersonId),
    /// `private-conversation.{id}`
    Conversation(ConversationId),
    /// `presence-conversation.{id}`
    ConversationPresence(ConversationId),
    /// `organisation.{id}`
    OrganisationPublic(OrganisationId),
    /// `private-organisation.{id}`
    Organisation(OrganisationId),
    /// `private-ops.{organisation}`
    Ops(OrganisationId),
    /// `private-application.{id}`
    Application(ApplicationId),
    /// `private-broadcasts.{organisation}`
    Broadcasts(OrganisationId),
}

/// One line of the catalogue in `docs/channels.md`.
#[derive(Debug, Clone, Copy)]
pub struct ChannelEntry {
    /// The name's pattern.
    pub pattern: &'static str,
    /// Who may join.
    pub who: &'static str,
    /// What it carries.
    pub carries: &'static str,
}

impl Channel {
    /// All kinds of channels, for the documentation.
    pub const CATALOGUE: &'static [ChannelEntry] = &[
        ChannelEntry {
            pattern: "private-person.{id}",
            who: "that person",
            carries: "heads of conversations, own read pointers, own settings, notifications, activity",
        },
        ChannelEntry {
            pattern: "private-conversation.{id}",
            who: "its members",
            carries: "messages, reactions, pointers, members, typing, activity",
        },
        ChannelEntry {
            pattern: "presence-conversation.{id}",
            who: "its members, while it is on their screen",
            carries: "who is in it now",
        },
        ChannelEntry { pattern: "organisation.{id}", who: "anyone", carries: "public announcements" },
        ChannelEntry { pattern: "private-organisation.{id}", who: "its people", carries: "changed profiles and settings, activity" },
        ChannelEntry {
            pattern: "private-ops.{organisation}",
            who: "its admins",
            carries: "figures, live channels and jobs, once a second; alarms; test events; that the audit log has a new row",
        },
        ChannelEntry {
            pattern: "private-application.{id}",
            who: "the admins of its organisation",
            carries: "live channels of an external application, and what passes on them",
        },
        ChannelEntry {
            pattern: "private-broadcasts.{organisation}",
            who: "its admins and managers",
            carries: "what is told to its people, and how far that has come",
        },
    ];

    /// True if joining it shows one to the others.
    pub fn is_presence(&self) -> bool {
        matches!(self, Self::ConversationPresence(_))
    }

    /// True if anyone may join it.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::OrganisationPublic(_))
    }

    /// The line of [`Channel::CATALOGUE`] that describes it.
    pub fn entry(&self) -> &'static ChannelEntry {
        let index = match self {
            Self::Person(_) => 0,
            Self::Conversation(_) => 1,
            Self::ConversationPresence(_) => 2,
            Self::OrganisationPublic(_) => 3,
            Self::Organisation(_) => 4,
            Self::Ops(_) => 5,
            Self::Application(_) => 6,
            Self::Broadcasts(_) => 7,
        };
        &Self::CATALOGUE[index]
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "private-person.{id}"),
            Self::Conversation(id) => write!(f, "private-conversation.{id}"),
            Self::ConversationPresence(id) => write!(f, "presence-conversation.{id}"),
            Self::OrganisationPublic(id) => write!(f, "organisation.{id}"),
            Self::Organisation(id) => write!(f, "private-organisation.{id}"),
            Self::Ops(id) => write!(f, "private-ops.{id}"),
            Self::Application(id) => write!(f, "private-application.{id}"),
            Self::Broadcasts(id) => write!(f, "private-broadcasts.{id}"),
        }
    }
}

/// The name is not that of a channel of Plenum's own.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no such channel")]
pub struct UnknownChannel;

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, UnknownChannel> {
        let (kind, id) = name.split_once('.').ok_or(UnknownChannel)?;
        fn typed<T: FromStr>(id: &str) -> Result<T, UnknownChannel> {
            id.parse().map_err(|_| UnknownChannel)
        }
        match kind {
            "private-person" => typed(id).map(Self::Person),
            "private-conversation" => typed(id).map(Self::Conversation),
            "presence-conversation" => typed(id).map(Self::ConversationPresence),
            "organisation" => typed(id).map(Self::OrganisationPublic),
            "private-organisation" => typed(id).map(Self::Organisation),
            "private-ops" => typed(id).map(Self::Ops),
            "private-application" => typed(id).map(Self::Application),
            "private-broadcasts" => typed(id).map(Self::Broadcasts),
            _ => Err(UnknownChannel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_channel() -> impl Strategy<Value = Channel> {
        (0..8, 1..=i64::MAX).prop_map(|(kind, id)| match kind {
            0 => Channel::Person(PersonId(id)),
            1 => Channel::Conversation(ConversationId(id)),
            2 => Channel::ConversationPresence(ConversationId(id)),
            3 => Channel::OrganisationPublic(OrganisationId(id)),
            4 => Channel::Organisation(OrganisationId(id)),
            5 => Channel::Ops(OrganisationId(id)),
            6 => Channel::Application(ApplicationId(id)),
            _ => Channel::Broadcasts(OrganisationId(id)),
        })
    }

    proptest! {
        /// parse ∘ print = identity
        #[test]
        fn a_name_reads_back(channel in any_channel()) {
            prop_assert_eq!(channel.to_string().parse::<Channel>(), Ok(channel));
        }

        /// print ∘ parse = identity: no second spelling of a channel is ever accepted (I24).
        #[test]
        fn a_channel_has_one_spelling(name in "(private-|presence-|)(person|conversation|organisation|ops|application|broadcasts)\\.[-+0-9 .]{0,4}") {
            if let Ok(channel) = name.parse::<Channel>() {
                prop_assert_eq!(channel.to_string(), name);
            }
        }
    }

    /// 1 and 12 are never confused, and nothing hides behind a longer name (I24).
    #[test]
    fn prefixes_are_other_channels() {
        assert_ne!("private-conversation.1".parse::<Channel>(), "private-conversation.12".parse());
        for wrong in [
            "private-conversation.1.staff",
            "private-conversation",
            "private-conversation.",
            "private-conversation.01",
            "Private-conversation.1",
        ] {
            assert_eq!(wrong.parse::<Channel>(), Err(UnknownChannel), "{wrong}");
        }
    }

    #[test]
    fn every_channel_is_described() {
        for (channel, entry) in [
            (Channel::Person(PersonId(1)), 0),
            (Channel::Conversation(ConversationId(1)), 1),
            (Channel::ConversationPresence(ConversationId(1)), 2),
            (Channel::OrganisationPublic(OrganisationId(1)), 3),
            (Channel::Organisation(OrganisationId(1)), 4),
            (Channel::Ops(OrganisationId(1)), 5),
            (Channel::Application(ApplicationId(1)), 6),
            (Channel::Broadcasts(OrganisationId(1)), 7),
        ] {
            assert_eq!(channel.entry().pattern, Channel::CATALOGUE[entry].pattern);
            assert_eq!(channel.entry().pattern.replace("{id}", "1").replace("{organisation}", "1"), channel.to_string());
        }
    }
}
