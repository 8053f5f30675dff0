//! The live events of messages, and how they apply to a sidebar and to a thread.
//!
//! `apply` is pure and shared: the browser runs it on what the socket brings, and
//! a property test runs it against fresh snapshots of the database (I25).

mod sidebar;
mod thread;

use serde::{Deserialize, Serialize};

pub use sidebar::SidebarTouched;
pub use thread::ThreadTouched;

use super::model::{Conversation, Line, Member, Message, Own, Pointer, Preview, Reaction, reports::Reports};
use plenum_core::{
    ids::{ConversationId, MessageId, OrganisationId, PersonId, ReportId},
    live::{Drawn, Live},
    live_events,
    people::PersonCard,
    sorted::SortedMap,
};

/// A message's reactions, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionsChanged {
    /// The message.
    pub message: MessageId,
    /// Its number.
    pub number: u64,
    /// All its reactions now.
    pub reactions: Vec<Reaction>,
}

/// What replies show of a message that they quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteChanged {
    /// The message that is quoted.
    pub message: MessageId,
    /// The first characters of its text now; empty once it is deleted.
    pub text: String,
}

/// Somebody has got further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointerMoved {
    pub person: PersonId,
    /// How far.
    pub pointer: Pointer,
}

/// A membership began, changed or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChanged {
    /// Who it is about.
    pub member: Member,
    /// How many members there are now.
    pub member_count: i64,
}

/// Someone is typing; ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    pub person: PersonCard,
}

live_events! {
    /// What the members of a conversation see happen in it.
    pub enum ConversationEvent on Channel::Conversation(ConversationId) {
        #[doc = "A message was sent."]
        MessageSent(Message) = "message.sent", state(|message| format!("message:{}", message.id));
        #[doc = "A message was edited."]
        MessageEdited(Message) = "message.edited", state(|message| format!("message:{}", message.id));
        #[doc = "A message was deleted; a tombstone stays."]
        MessageDeleted(Message) = "message.deleted", state(|message| format!("message:{}", message.id));
        #[doc = "What replies show of a message: its text is left out of replies in events, and stands here once, however many quote it."]
        QuoteChanged(QuoteChanged) = "quote.changed", state(|quote| format!("quote:{}", quote.message));
        #[doc = "A message's reactions changed."]
        ReactionChanged(ReactionsChanged) = "reaction.changed", state(|change| format!("reaction:{}", change.message));
        #[doc = "A member has received or read further (up to 50 members)."]
        PointerMoved(PointerMoved) = "pointer.moved", state(|moved| format!("pointer:{}", moved.person));
        #[doc = "Somebody joined, or their role in the conversation changed."]
        MemberJoined(MemberChanged) = "member.joined", state(|change| format!("member:{}", change.member.card.id));
        #[doc = "Somebody left."]
        MemberLeft(MemberChanged) = "member.left", state(|change| format!("member:{}", change.member.card.id));
        #[doc = "Name, topic or access changed."]
        ConversationChanged(Conversation) = "conversation.changed", state(|_| "conversation".to_owned());
        #[doc = "A direct conversation was closed because one of the two has blocked the other, or opened again."]
        ClosedChanged(Closed) = "conversation.closed", state(|_| "closed".to_owned());
        #[doc = "Somebody is typing; sent up as client-typing, at most once in 3 s."]
        Typing(Typing) = "typing", ephemeral(|typing| typing.person.id.to_string());
    }
}

/// The newest message of a conversation, and its name: a room of thousands is renamed without a
/// logged event for each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its name now.
    pub name: String,
    /// Its topic now.
    pub topic: String,
    /// The number of its last message.
    pub head: u64,
    /// That message.
    pub last: Option<Preview>,
    /// As in [`Line::gone`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<u64>,
}

/// The viewer's own pointer, unread mark or mute changed, in another of their tabs perhaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnChanged {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What is the viewer's own now.
    pub own: Own,
}

/// Whether the two of a direct conversation can write in it; admins always can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// One of them has blocked the other.
    pub closed: bool,
}

/// The viewer has blocked somebody, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockChanged {
    pub person: PersonId,
    pub blocked: bool,
}

/// A conversation is no longer the viewer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    pub conversation: ConversationId,
}

live_events! {
    /// What one person's tabs are told, wherever they are.
    pub enum PersonEvent on Channel::Person(PersonId) {
        #[doc = "A conversation has a newer last message or another name; the newest per conversation is enough."]
        HeadMoved(Head) = "head.moved", ephemeral(|head| head.conversation.to_string());
        #[doc = "A conversation is new in the list, or its name changed. Without a preview, which its head brings: the log keeps no text of another channel."]
        ConversationAdded(Line) = "conversation.added", state(|line| format!("conversation:{}", line.conversation.id));
        #[doc = "A conversation is gone from the list."]
        ConversationLeft(Left) = "conversation.left", state(|left| format!("conversation:{}", left.conversation));
        #[doc = "Own read pointer, unread mark or mute changed."]
        OwnChanged(OwnChanged) = "own.changed", state(|own| format!("own:{}", own.conversation));
        #[doc = "The person has blocked somebody, or no longer."]
        BlockChanged(BlockChanged) = "block.changed", state(|change| format!("block:{}", change.person));
    }
}

/// The report that was made or decided last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportHead {
    pub id: ReportId,
}

live_events! {
    /// What admins are told of reported messages.
    pub enum ReportsEvent on Channel::Ops(OrganisationId) {
        #[doc = "A message was reported, or a report decided. What it says is requested from the server."]
        ReportsMoved(ReportHead) = "reports.moved", state(|_| "reports".to_owned());
    }
}

/// The log keeps no text of a conversation for admins: the queue is requested anew.
impl Live<ReportsEvent> for Reports {
    type Touched = Drawn;

    fn apply(&mut self, _viewer: PersonId, event: &ReportsEvent) -> Drawn {
        let ReportsEvent::ReportsMoved(_) = event;
        Drawn::Anew
    }
}

/// Takes into a list of blocked people what changed; true if that changed anything.
fn update_blocked(blocked: &mut Vec<PersonId>, change: BlockChanged) -> bool {
    match (blocked.binary_search(&change.person), change.blocked) {
        (Ok(index), false) => {
            blocked.remove(index);
        }
        (Err(index), true) => blocked.insert(index, change.person),
        _ => return false,
    }
    true
}

/// Puts the newest card wherever an event brought an older one.
fn update_cards<'a>(cards: impl Iterator<Item = &'a mut PersonCard>, renamed: &SortedMap<PersonId, PersonCard>) {
    for card in cards {
        if let Some(newest) = renamed.get(&card.id) {
            card.clone_from(newest);
        }
    }
}

/// Puts `card` wherever the same person stands; true if that changed anything.
fn replace_cards<'a>(cards: impl Iterator<Item = &'a mut PersonCard>, card: &PersonCard) -> bool {
    let mut changed = false;
    for stale in cards.filter(|stale| stale.id == card.id && *stale != card) {
        stale.clone_from(card);
        changed = true;
    }
    changed
}
