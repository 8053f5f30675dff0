//! Every channel of Plenum's own, with its one spelling on the wire.
//!
//! To add a channel: a variant here, its name in its `Display` and [`FromStr`],
//! its line in [`Channel::CATALOGUE`], and its rule in `channels/rules.rs`; each of
//! the matches is exhaustive, so that forgetting one does not compile.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::ids::{ApplicationId, ConversationId, EventId, OrderId, OrganisationId, PersonId, SpaceId};

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
    /// `private-space.{id}`
    Space(SpaceId),
    /// `presence-space.{id}`
    SpacePresence(SpaceId),
    /// `private-space.{id}.staff`
    SpaceStaff(SpaceId),
    /// `event.{id}`
    Event(EventId),
    /// `seats.{id}`
    Seats(EventId),
    /// `private-order.{id}`
    Order(OrderId),
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
            carries: "heads of conversations, own read pointers, own settings, notifications, activity, wallet, holds and waiting, orders, tickets, imports",
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
            carries: "figures, live channels and jobs, once a second; alarms; test events; withdrawals; that the audit log has a new row",
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
        ChannelEntry { pattern: "private-space.{id}", who: "its members", carries: "state and activity" },
        ChannelEntry { pattern: "presence-space.{id}", who: "its members, while inside", carries: "who is in it now" },
        ChannelEntry { pattern: "private-space.{id}.staff", who: "its staff, admins", carries: "sales, promo codes, check-ins" },
        ChannelEntry { pattern: "event.{id}", who: "anyone, once published", carries: "availability, status, countdown base" },
        ChannelEntry {
            pattern: "seats.{id}",
            who: "anyone, once published",
            carries: "the state of an event's seats, no identities; the number of watchers",
        },
        ChannelEntry { pattern: "private-order.{id}", who: "its owner, agents, admins, the event's staff", carries: "its states" },
    ];

    /// True if joining it shows one to the others.
    pub fn is_presence(&self) -> bool {
        matches!(self, Self::ConversationPresence(_) | Self::SpacePresence(_))
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
            Self::Space(_) => 8,
            Self::SpacePresence(_) => 9,
            Self::SpaceStaff(_) => 10,
            Self::Event(_) => 11,
            Self::Seats(_) => 12,
            Self::Order(_) => 13,
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
            Self::Space(id) => write!(f, "private-space.{id}"),
            Self::SpacePresence(id) => write!(f, "presence-space.{id}"),
            Self::SpaceStaff(id) => write!(f, "private-space.{id}.staff"),
            Self::Event(id) => write!(f, "event.{id}"),
            Self::Seats(id) => write!(f, "seats.{id}"),
            Self::Order(id) => write!(f, "private-order.{id}"),
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
            "private-space" => match id.strip_suffix(".staff") {
                Some(id) => typed(id).map(Self::SpaceStaff),
                None => typed(id).map(Self::Space),
            },
            "presence-space" => typed(id).map(Self::SpacePresence),
            "event" => typed(id).map(Self::Event),
            "seats" => typed(id).map(Self::Seats),
            "private-order" => typed(id).map(Self::Order),
            _ => Err(UnknownChannel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_channel() -> impl Strategy<Value = Channel> {
        (0..14, 1..=i64::MAX).prop_map(|(kind, id)| match kind {
            0 => Channel::Person(PersonId(id)),
            1 => Channel::Conversation(ConversationId(id)),
            2 => Channel::ConversationPresence(ConversationId(id)),
            3 => Channel::OrganisationPublic(OrganisationId(id)),
            4 => Channel::Organisation(OrganisationId(id)),
            5 => Channel::Ops(OrganisationId(id)),
            6 => Channel::Application(ApplicationId(id)),
            7 => Channel::Broadcasts(OrganisationId(id)),
            8 => Channel::Space(SpaceId(id)),
            9 => Channel::SpacePresence(SpaceId(id)),
            10 => Channel::SpaceStaff(SpaceId(id)),
            11 => Channel::Event(EventId(id)),
            12 => Channel::Seats(EventId(id)),
            _ => Channel::Order(OrderId(id)),
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
        fn a_channel_has_one_spelling(name in "(private-|presence-|)(person|conversation|organisation|ops|application|broadcasts|space|event|seats|order)\\.[-+0-9 .]{0,4}(\\.staff)?") {
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
            "private-space.1.staff.staff",
            "private-space..staff",
            "presence-space.1.staff",
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
            (Channel::Space(SpaceId(1)), 8),
            (Channel::SpacePresence(SpaceId(1)), 9),
            (Channel::SpaceStaff(SpaceId(1)), 10),
            (Channel::Event(EventId(1)), 11),
            (Channel::Seats(EventId(1)), 12),
            (Channel::Order(OrderId(1)), 13),
        ] {
            assert_eq!(channel.entry().pattern, Channel::CATALOGUE[entry].pattern);
            assert_eq!(channel.entry().pattern.replace("{id}", "1").replace("{organisation}", "1"), channel.to_string());
        }
    }
}
