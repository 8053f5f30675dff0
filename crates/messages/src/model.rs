//! Conversations and messages as both sides see them, and the two states that
//! live events change: the [`Sidebar`] and the [`Thread`].

mod input;
pub mod reports;
mod rights;

use serde::{Deserialize, Serialize};

pub use input::{check_author, is_of_somebody_else, parse_room_name, parse_text};
pub use rights::Rights;

use plenum_core::{
    ids::{ConversationId, MessageId, Millis, PersonId},
    people::PersonCard,
    sorted::SortedMap,
};

/// The longest message, in characters (DESIGN "Limits").
pub const MAX_MESSAGE_CHARS: usize = 8_000;
/// Above this many members there are no delivered pointers, and read pointers go to their owner only.
pub const POINTER_MEMBERS: i64 = 50;
/// Of so many of a conversation's last messages it is known in lists which are deleted; what is unread further back counts whole.
pub const GONE: u64 = 100;
/// Messages of one page of history.
pub const PAGE: u64 = 50;
/// Hits of one page of a search.
pub const HITS: usize = 50;
/// Reactions that are offered at once.
pub const REACTIONS: [&str; 8] = ["👍", "❤️", "😄", "🎉", "🙏", "👀", "✅", "😮"];

/// What is usual is not written: a list of three hundred conversations is a third shorter for it.
fn is_false(value: &bool) -> bool {
    !value
}

/// What sort of conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
pub enum ConversationKind {
    /// Has a name; open to the organisation, or private by invitation.
    Room,
    /// A few people, without a name of its own unless given.
    Group,
    /// Two people; one per pair.
    Direct,
}

/// Who may join a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
pub enum Access {
    /// Everyone in the organisation may join.
    Open,
    /// By invitation only. Groups and direct conversations always are.
    Private,
}

/// A conversation's own properties; the same for every viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// What sort.
    pub kind: ConversationKind,
    /// Who may join.
    pub access: Access,
    /// The general room, with everyone in it; it cannot be left.
    #[serde(default, skip_serializing_if = "is_false")]
    pub general: bool,
    /// The name; empty for direct conversations and unnamed groups.
    pub name: String,
    /// What it is about; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
}

/// The last message, as the list of conversations shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Preview {
    /// Its number.
    pub number: u64,
    /// Who wrote it.
    pub author: PersonCard,
    /// The first characters of its text, without markup; empty if it was deleted.
    pub text: String,
    /// When it was sent.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub at: Millis,
}

/// What is the viewer's own about a conversation: pointer, unread mark, mute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Own {
    /// The number of the last message read; never moves back (I12).
    pub read: u64,
    /// Marked unread from this number on, until it is read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_from: Option<u64>,
    /// Muted: does not count in the total.
    #[serde(default, skip_serializing_if = "is_false")]
    pub muted: bool,
}

impl Own {
    /// Unread messages if the last one is number `head`.
    pub fn unread(&self, head: u64) -> u64 {
        let from = self.unread_from.map_or(self.read, |from| self.read.min(from.saturating_sub(1)));
        head.saturating_sub(from)
    }

    /// The first unread message, if any.
    pub fn first_unread(&self, head: u64) -> Option<u64> {
        let unread = self.unread(head);
        (unread > 0).then(|| head - unread + 1)
    }
}

/// One line of the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Line {
    /// The conversation.
    pub conversation: Conversation,
    /// The other people, for direct conversations (one) and unnamed groups (up to four); never the viewer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<PersonCard>,
    /// The number of the last message; 0 while it is empty.
    pub head: u64,
    /// The last message.
    pub last: Option<Preview>,
    /// Of the last hundred messages, those that are deleted: nobody has to read them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<u64>,
    /// What is the viewer's own.
    pub own: Own,
}

impl Line {
    /// The name to show.
    pub fn title(&self) -> String {
        title(&self.conversation, &self.others)
    }

    /// Unread messages that are not deleted.
    pub fn unread(&self) -> u64 {
        let unread = self.own.unread(self.head);
        let gone = self.gone.iter().filter(|number| (self.head - unread + 1..=self.head).contains(number)).count();
        unread.saturating_sub(u64::try_from(gone).unwrap_or(u64::MAX))
    }
}

/// The name of a conversation as one of its members sees it.
pub fn title(conversation: &Conversation, others: &[PersonCard]) -> String {
    if !conversation.name.is_empty() {
        return conversation.name.clone();
    }
    match others {
        [] => "Just you".to_owned(),
        people => people.iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// The list of one person's conversations. In no order; the view sorts by section and last message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sidebar {
    /// By conversation.
    #[serde(with = "lines")]
    pub lines: SortedMap<ConversationId, Line>,
    /// Whom the viewer has blocked, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<PersonId>,
    /// Cards that changed since the snapshot: an event of another channel may still bring the older one.
    #[serde(skip)]
    pub renamed: SortedMap<PersonId, PersonCard>,
}

/// JSON objects have text keys: the lines travel as a list.
mod lines {
    use super::{ConversationId, Line, SortedMap};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(lines: &SortedMap<ConversationId, Line>, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(lines.values())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<SortedMap<ConversationId, Line>, D::Error> {
        Ok(Vec::<Line>::deserialize(d)?.into_iter().map(|line| (line.conversation.id, line)).collect())
    }
}

impl Sidebar {
    /// Unread messages over all conversations that are not muted.
    pub fn unread(&self) -> u64 {
        self.lines.values().filter(|line| !line.own.muted).map(Line::unread).sum()
    }
}

/// What a reply refers to, as far as it still exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Quote {
    /// The message replied to.
    pub message: MessageId,
    /// Its number, for the link.
    pub number: u64,
    /// Who wrote it.
    pub author: PersonCard,
    /// The first characters of its text; empty once it is deleted, and in events of replies: `quote.changed` has it there.
    pub text: String,
}

/// Who reacted how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Who, in the order in which they did.
    pub people: Vec<PersonId>,
}

/// A message as every member gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Message {
    /// Which, over all conversations.
    pub id: MessageId,
    /// 1, 2, 3… in its conversation, without gaps (I7).
    pub number: u64,
    /// Who wrote it.
    pub author: PersonCard,
    /// The Markdown source; empty once deleted.
    pub text: String,
    /// Rendered and sanitised by the server; empty once deleted.
    pub html: String,
    /// When it was sent.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub sent_at: Millis,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<i64>))]
    pub edited_at: Option<Millis>,
    /// A tombstone: the text is gone everywhere.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// Who is mentioned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<PersonId>,
    /// Reactions, in order of their first use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// The sender's idempotency key, so that its pending item is found.
    pub key: String,
}

/// How far a member has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pointer {
    /// Read up to this number, as far as they let others see it.
    pub read: u64,
    /// On one of their screens or browsers up to this number.
    pub delivered: u64,
}

/// A member of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub card: PersonCard,
    /// May rename, invite to private rooms and remove.
    pub owner: bool,
    /// How far they have got; zero above 50 members.
    pub pointer: Pointer,
}

/// A member as the list of members shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberEntry {
    /// Who.
    pub member: Member,
    /// When they were last here, if they let others see it.
    pub last_seen: Option<Millis>,
}

/// A message that its author's browser has not yet had acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The idempotency key, made in the browser.
    pub key: String,
    /// The Markdown source.
    pub text: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// When it was written, by the browser's clock.
    pub at: Millis,
    /// Why it was refused; it waits for Retry or Discard.
    pub failed: Option<String>,
}

/// One conversation on the screen: a window of its messages, its members, its pointers.
///
/// The window is contiguous: `messages` holds every number from its first to its
/// last. It follows the head while it touches it; a window opened at an old
/// message does not, and shows how to get to the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// How many members it has.
    pub member_count: i64,
    /// Its members up to [`POINTER_MEMBERS`]; above that empty, and queried in pages.
    pub members: Vec<Member>,
    /// The viewer may rename, invite and remove.
    pub owner: bool,
    /// It is between two of whom one has blocked the other: only admins write in it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub closed: bool,
    /// Whom the viewer has blocked, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<PersonId>,
    /// The number of the last message.
    pub head: u64,
    /// The window, by number.
    #[serde(with = "window")]
    pub messages: SortedMap<u64, Message>,
    /// What is the viewer's own; `None` while they look at an open room that they have not joined.
    pub own: Option<Own>,
    /// Where the unread divider stood when the page was opened.
    pub unread_divider: Option<u64>,
    /// Written here, not yet acknowledged. Never sent by the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
    /// What events brought since the snapshot that is not in the window. Never sent by the server.
    #[serde(skip)]
    pub since: Since,
}

/// What a thread remembers of events beside its window, so that the order in which pages and the
/// logs of several channels come does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Since {
    /// Messages outside the window. They join it with the page they stand in, which may have been
    /// read before the event; and a replay may bring a message before one of lower number, for an
    /// edit gives it a new place in the log.
    pub messages: SortedMap<u64, Message>,
    /// Reactions outside the window, likewise.
    pub reactions: SortedMap<u64, Vec<Reaction>>,
    /// What replies quote of messages: a page that was read before the event may bring an older text.
    pub quotes: SortedMap<MessageId, String>,
    /// Cards that changed: an event of another channel may still bring the older one.
    pub renamed: SortedMap<PersonId, PersonCard>,
}

/// The window travels as a list.
mod window {
    use super::{Message, SortedMap};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(messages: &SortedMap<u64, Message>, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(messages.values())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<SortedMap<u64, Message>, D::Error> {
        Ok(Vec::<Message>::deserialize(d)?.into_iter().map(|message| (message.number, message)).collect())
    }
}

impl Thread {
    /// The first number of the window; above the head while it is empty.
    pub fn first(&self) -> u64 {
        self.messages.keys().next().copied().unwrap_or(self.head + 1)
    }

    /// The last number of the window; 0 while it is empty.
    pub fn last(&self) -> u64 {
        self.messages.keys().next_back().copied().unwrap_or(0)
    }

    /// There are older messages than the window shows.
    pub fn has_older(&self) -> bool {
        self.first() > 1 && self.head > 0
    }

    /// There are newer messages than the window shows.
    pub fn has_newer(&self) -> bool {
        self.last() < self.head
    }

    /// The other people: up to four, for the title of direct conversations and unnamed groups.
    pub fn others(&self, viewer: PersonId) -> Vec<PersonCard> {
        self.members.iter().filter(|member| member.card.id != viewer).take(4).map(|member| member.card.clone()).collect()
    }

    /// The name as `viewer` sees it.
    pub fn title(&self, viewer: PersonId) -> String {
        title(&self.conversation, &self.others(viewer))
    }
}

/// A message found by search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Which; the page after this one is asked for by the last of them.
    pub message: MessageId,
    /// Where.
    pub conversation: ConversationId,
    /// Its name as the searcher sees it.
    pub title: String,
    /// The message's number, for the link.
    pub number: u64,
    /// Who wrote it.
    pub author: PersonCard,
    /// When.
    pub at: Millis,
    /// Around the hit: plain pieces and hits in turn, starting with a plain one.
    pub excerpt: Vec<String>,
}

/// A room that can be joined, in the list of rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEntry {
    /// The room.
    pub conversation: Conversation,
    /// How many members it has.
    pub member_count: i64,
    /// Whether the viewer is one.
    pub joined: bool,
}

/// Who has read a message, asked for on demand in rooms above 50 members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readers {
    /// How many, the author not counted.
    pub count: i64,
    /// The first fifty of them.
    pub people: Vec<PersonCard>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Unread counts and the divider agree, and marking unread never hides messages beyond the pointer.
        #[test]
        fn unread_is_what_lies_behind_the_divider(read in 0u64..50, head in 0u64..60, from in proptest::option::of(1u64..60)) {
            let own = Own { read, unread_from: from, muted: false };
            let unread = own.unread(head);
            prop_assert!(unread >= head.saturating_sub(read));
            match own.first_unread(head) {
                Some(first) => prop_assert_eq!(head - first + 1, unread),
                None => prop_assert_eq!(unread, 0),
            }
        }
    }
}
