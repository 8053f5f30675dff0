//! Live events as Rust types, shared by the server that announces them and the
//! browser that applies them.
//!
//! A feature declares its events with [`live_events!`](crate::live_events): one enum per
//! channel, each variant with its wire name, payload and [`Kind`]. The channel
//! is part of the type (`LiveEvent::Scope`), so an event cannot be announced on
//! a channel it does not belong to, and a changed field does not compile on one
//! side only.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::cursor::Cursor;
use crate::{channels::Channel, ids::PersonId};

/// How an event is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Appended to the log.
    Fact,
    /// Replaces the logged row with the same key, under a new number.
    State(String),
    /// Never stored; under pressure the newest replaces the older of its key.
    Ephemeral(String),
}

/// A payload that this build cannot read. The reader takes a new snapshot.
#[derive(Debug, Error)]
#[error("the live event {name:?} cannot be read: {reason}")]
pub struct UnreadableEvent {
    /// The event's wire name.
    pub name: String,
    /// What was wrong with it.
    pub reason: String,
}

/// One line of the catalogue in `docs/channels.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventEntry {
    /// The wire name, `noun.verb`.
    pub name: &'static str,
    /// `fact`, `state` or `ephemeral`.
    pub kind: &'static str,
    /// What it says, in a sentence.
    pub about: &'static str,
}

/// The events of one channel.
pub trait LiveEvent: Sized + Clone + Send + 'static {
    /// The typed id of the channel they travel on.
    type Scope: Copy + Send + 'static;
    /// All of them, for the documentation.
    const CATALOGUE: &'static [EventEntry];

    /// The channel of `scope`.
    fn channel(scope: Self::Scope) -> Channel;
    /// The wire name, `noun.verb`.
    fn name(&self) -> &'static str;
    /// How it is kept.
    fn kind(&self) -> Kind;
    /// The payload as JSON text.
    fn payload(&self) -> String;
    /// Reads an event back.
    ///
    /// # Errors
    /// An unknown name, or a payload of another shape.
    fn read(name: &str, payload: &str) -> Result<Self, UnreadableEvent>;
}

/// A page's data, read in one transaction, with a cursor for each channel it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot<T> {
    /// What the page shows.
    pub state: T,
    /// Where the live stream goes on: channel name and cursor.
    pub cursors: Vec<(String, Cursor)>,
}

impl<T> Snapshot<T> {
    /// The cursor of `channel`, if the snapshot read it.
    pub fn cursor(&self, channel: &Channel) -> Option<&Cursor> {
        let name = channel.to_string();
        self.cursors.iter().find(|(of, _)| *of == name).map(|(_, cursor)| cursor)
    }
}

/// State that live events change. Shared code: the server's property tests prove
/// that an old snapshot and the events since make a fresh snapshot, for every viewer (I25).
pub trait Live<E> {
    /// What a change touched, so that only that is drawn again.
    type Touched;
    /// Applies one event as `viewer` sees it. Applying an event again changes nothing.
    fn apply(&mut self, viewer: PersonId, event: &E) -> Self::Touched;
}

/// What is to be done after an event, for state that is shown whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drawn {
    /// Nothing.
    Nothing,
    /// What is shown has changed.
    Shown,
    /// Only the server knows what is to be shown: a new snapshot is taken.
    Anew,
}

impl From<bool> for Drawn {
    fn from(touched: bool) -> Self {
        if touched { Self::Shown } else { Self::Nothing }
    }
}

/// Serialises a payload; a live event's payload is plain data, so it cannot fail.
pub fn payload_text<T: Serialize>(payload: &T) -> String {
    serde_json::to_string(payload).unwrap_or_else(|_| "null".to_owned())
}

/// Reads the payload of the event `name`.
///
/// # Errors
/// With the reason, if it is not of this shape.
pub fn read_payload<T: DeserializeOwned>(name: &str, payload: &str) -> Result<T, UnreadableEvent> {
    serde_json::from_str(payload).map_err(|error| UnreadableEvent { name: name.to_owned(), reason: error.to_string() })
}

/// Declares the live events of one channel.
///
/// ```ignore
/// live_events! {
///     /// What happens in a conversation.
///     pub enum ConversationEvent on Channel::Conversation(ConversationId) {
///         /// A message was sent.
///         MessageSent(Message) = "message.sent", state(|m| format!("message:{}", m.id));
///         /// Someone is typing.
///         Typing(Typing) = "typing", ephemeral(|t| t.person.to_string());
///         /// Someone joined.
///         MemberJoined(Member) = "member.joined", fact;
///     }
/// }
/// ```
#[macro_export]
macro_rules! live_events {
    (
        $(#[$doc:meta])*
        pub enum $enum:ident on Channel::$channel:ident($scope:ty) {
            $(
                #[doc = $about:literal]
                $variant:ident($payload:ty) = $name:literal, $kind:ident $(( $key:expr ))?;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $enum {
            $(#[doc = $about] $variant($payload),)*
        }

        impl $crate::live::LiveEvent for $enum {
            type Scope = $scope;
            const CATALOGUE: &'static [$crate::live::EventEntry] = &[
                $($crate::live::EventEntry { name: $name, kind: stringify!($kind), about: $about },)*
            ];

            fn channel(scope: $scope) -> $crate::channels::Channel {
                $crate::channels::Channel::$channel(scope)
            }

            fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            fn kind(&self) -> $crate::live::Kind {
                match self { $(Self::$variant(payload) => $crate::live_events!(@kind payload: $payload, $kind $(($key))?),)* }
            }

            fn payload(&self) -> String {
                match self { $(Self::$variant(payload) => $crate::live::payload_text(payload),)* }
            }

            fn read(name: &str, payload: &str) -> Result<Self, $crate::live::UnreadableEvent> {
                match name {
                    $($name => $crate::live::read_payload(name, payload).map(Self::$variant),)*
                    _ => Err($crate::live::UnreadableEvent { name: name.to_owned(), reason: "unknown name".to_owned() }),
                }
            }
        }
    };
    (@kind $p:ident: $t:ty, fact) => {{ let _ = $p; $crate::live::Kind::Fact }};
    (@kind $p:ident: $t:ty, state($key:expr)) => {{ let key: fn(&$t) -> String = $key; $crate::live::Kind::State(key($p)) }};
    (@kind $p:ident: $t:ty, ephemeral($key:expr)) => {{ let key: fn(&$t) -> String = $key; $crate::live::Kind::Ephemeral(key($p)) }};
}
