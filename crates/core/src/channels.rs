//! Every channel of Plenum's own, with its one spelling on the wire.
//!
//! To add a channel: a row in the table below, its rule in `src/rules.rs` and its events in
//! `src/catalogue.rs`; both are exhaustive matches, so that forgetting one does not compile.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{
    ids::{ApplicationId, ConversationId, EventId, OrderId, OrganisationId, PersonId, SpaceId},
    people::Scope,
};

/// One channel's description in `docs/channels.md`.
#[derive(Debug, Clone, Copy)]
pub struct ChannelEntry {
    /// The name's pattern.
    pub pattern: &'static str,
    /// Who may join.
    pub who: &'static str,
    /// What it carries.
    pub carries: &'static str,
}

/// Makes the enum, the names, their parser, the scopes and the descriptions from one table.
macro_rules! channels {
    ($($variant:ident($id:ident) = $before:literal $placeholder:literal $after:literal, $scope:expr, $who:literal, $carries:literal;)+) => {
        /// A channel of Plenum's own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Channel {
            $(#[doc = concat!("`", $before, $placeholder, $after, "`")] $variant($id),)+
        }

        impl Channel {
            /// One channel of each kind, all with the same id: for the documentation and for tests.
            pub fn one_of_each(id: i64) -> Vec<Self> {
                vec![$(Self::$variant($id(id)),)+]
            }

            /// What a token must be good for to follow it; nothing where anyone may.
            pub fn scope(&self) -> Option<Scope> {
                match self {
                    $(Self::$variant(_) => $scope,)+
                }
            }

            /// How the documentation describes it.
            pub fn entry(&self) -> ChannelEntry {
                match self {
                    $(Self::$variant(_) => ChannelEntry { pattern: concat!($before, $placeholder, $after), who: $who, carries: $carries },)+
                }
            }
        }

        impl fmt::Display for Channel {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(id) => write!(f, concat!($before, "{}", $after), id),)+
                }
            }
        }

        impl FromStr for Channel {
            type Err = UnknownChannel;

            fn from_str(name: &str) -> Result<Self, UnknownChannel> {
                // An id is digits only, so that no name fits two rows.
                $(if let Some(id) = name.strip_prefix($before).and_then(|rest| rest.strip_suffix($after)).and_then(|id| id.parse().ok()) {
                    return Ok(Self::$variant(id));
                })+
                Err(UnknownChannel)
            }
        }
    };
}

channels! {
    Person(PersonId) = "private-person." "{id}" "", Some(Scope::Read),
        "that person",
        "heads of conversations, own read pointers, own settings, notifications, activity, wallet, holds and waiting, orders, tickets, imports";
    Conversation(ConversationId) = "private-conversation." "{id}" "", Some(Scope::Read),
        "its members",
        "messages, reactions, pointers, members, typing, activity";
    ConversationPresence(ConversationId) = "presence-conversation." "{id}" "", Some(Scope::Read),
        "its members, while it is on their screen",
        "who is in it now";
    OrganisationPublic(OrganisationId) = "organisation." "{id}" "", None,
        "anyone",
        "its name and looks, for those who are not signed in";
    Organisation(OrganisationId) = "private-organisation." "{id}" "", Some(Scope::Read),
        "its people",
        "changed profiles and settings, activity";
    Ops(OrganisationId) = "private-ops." "{organisation}" "", Some(Scope::Admin),
        "its admins",
        "figures, live channels and jobs, once a second; alarms; test events; withdrawals; that a message was reported; that the audit log has a new row, or that settings of an organisation changed";
    Application(ApplicationId) = "private-application." "{id}" "", Some(Scope::Admin),
        "the admins of its organisation",
        "live channels of an external application, and what passes on them";
    Broadcasts(OrganisationId) = "private-broadcasts." "{organisation}" "", Some(Scope::Read),
        "its admins and managers",
        "what is told to its people, and how far that has come";
    Space(SpaceId) = "private-space." "{id}" "", Some(Scope::Read),
        "its members",
        "state and activity";
    SpacePresence(SpaceId) = "presence-space." "{id}" "", Some(Scope::Read),
        "its members, while inside",
        "who is in it now";
    SpaceStaff(SpaceId) = "private-space." "{id}" ".staff", Some(Scope::Read),
        "its staff, admins",
        "drafts, sales, promo codes";
    Event(EventId) = "event." "{id}" "", None,
        "anyone, once published",
        "availability, status, countdown base";
    EventDoor(EventId) = "private-event." "{id}" ".door", Some(Scope::Read),
        "its staff and ushers, admins",
        "check-ins, no sales";
    Seats(EventId) = "seats." "{id}" "", None,
        "anyone, once published",
        "the state of an event's seats, no identities; the number of watchers";
    Order(OrderId) = "private-order." "{id}" "", Some(Scope::Read),
        "its owner, agents, admins, the event's staff",
        "its states";
}

impl Channel {
    /// True if joining it shows one to the others.
    pub fn is_presence(&self) -> bool {
        matches!(self, Self::ConversationPresence(_) | Self::SpacePresence(_))
    }
}

/// The name is not that of a channel of Plenum's own.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no such channel")]
pub struct UnknownChannel;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_channel() -> impl Strategy<Value = Channel> {
        (0..Channel::one_of_each(1).len(), 1..=i64::MAX).prop_map(|(kind, id)| Channel::one_of_each(id)[kind])
    }

    proptest! {
        /// parse ∘ print = identity
        #[test]
        fn a_name_reads_back(channel in any_channel()) {
            prop_assert_eq!(channel.to_string().parse::<Channel>(), Ok(channel));
        }

        /// print ∘ parse = identity: no second spelling of a channel is ever accepted (I24).
        #[test]
        fn a_channel_has_one_spelling(name in "(private-|presence-|)(person|conversation|organisation|ops|application|broadcasts|space|event|seats|order)\\.[-+0-9 .]{0,4}(\\.staff|\\.door)?") {
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

    /// A token for nothing but sockets follows only what anyone may (A13).
    #[test]
    fn what_is_not_public_asks_for_a_scope() {
        for channel in Channel::one_of_each(1) {
            let name = channel.to_string();
            assert_eq!(channel.scope().is_some(), name.starts_with("private-") || name.starts_with("presence-"), "{name}");
            assert!(!matches!(channel.scope(), Some(Scope::Connect | Scope::Write)), "{name}");
        }
    }

    #[test]
    fn every_channel_is_described() {
        for channel in Channel::one_of_each(1) {
            assert_eq!(channel.entry().pattern.replace("{id}", "1").replace("{organisation}", "1"), channel.to_string());
        }
    }
}
