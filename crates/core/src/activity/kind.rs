//! How records are sorted: who sees one, what it is about, and the kind of what it was done to.

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use super::record::Verb;

/// Who sees in a feed that something has happened. Admins see all of it in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All people of the organisation.
    Everyone,
    /// Those who are in the conversation that it belongs to.
    Members,
    /// The person whom it is about.
    Concerned,
    /// Those whom it is for, where these are everyone or a conversation.
    Addressees,
    /// Nobody: it is for the audit log.
    Admins,
}

/// What a verb is about: the chips of a feed, the filter of the audit log.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Conversations, and who is in them.
    Conversations,
    /// People, their roles and invitations.
    People,
    /// What the institution tells its people.
    Announcements,
    /// Events and their changes of state.
    Events,
    /// Wallets: money on its way in and out.
    Money,
    /// Sign-ins, passwords, tokens.
    Security,
    /// The organisation itself and its external applications.
    Organisation,
}

impl Topic {
    /// Those that a feed is filtered by.
    pub const OF_FEEDS: [Self; 4] = [Self::Conversations, Self::People, Self::Announcements, Self::Events];

    /// The verbs of it.
    pub fn verbs(self) -> impl Iterator<Item = Verb> {
        Verb::VARIANTS.iter().copied().filter(move |verb| verb.topic() == self)
    }
}

/// The kind of what something is done to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A room, a group or a direct conversation.
    Conversation,
    /// A message.
    Message,
    /// A person.
    Person,
    /// An invitation.
    Invitation,
    /// The organisation.
    Organisation,
    /// A browser that somebody is signed in with.
    SignIn,
    /// A program's token.
    Token,
    /// An external application.
    Application,
    /// Something that the institution tells its people.
    Broadcast,
    /// Something that it tells them again and again.
    Series,
    /// What is written once and sent often.
    Template,
    /// An event of the box office.
    Event,
    /// A threshold of the operations board.
    Alarm,
    /// A job that failed too often.
    Job,
    /// Money on its way into a wallet.
    Deposit,
    /// Money on its way out of one.
    Withdrawal,
    /// What the organisation's bank is to pay.
    PaymentFile,
    /// What somebody buys.
    Order,
    /// A code that lowers a price.
    PromoCode,
    /// What admits to an event.
    Ticket,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_topics_and_subjects_read_back() {
        for &topic in Topic::VARIANTS {
            assert_eq!(topic.into_str().parse(), Ok(topic));
        }
        for &kind in SubjectKind::VARIANTS {
            assert_eq!(kind.into_str().parse(), Ok(kind));
        }
        assert!("gossip".parse::<Topic>().is_err() && "".parse::<SubjectKind>().is_err());
    }
}
