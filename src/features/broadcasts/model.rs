//! A broadcast: for whom it is, in which state, and how far it has come.

mod audience;
mod draft;
mod state;

use serde::{Deserialize, Serialize};

pub use audience::Audience;
pub use draft::{Draft, Letter, TEXT_CHARS, TITLE_CHARS};
pub use state::{Action, State, transition};

use crate::{
    features::people::model::PersonCard,
    ids::{BroadcastId, ConversationId, Millis},
};

/// Broadcasts of one page.
pub const PAGE: usize = 30;
/// Broadcasts of one sender within an hour (S0-65).
pub const AN_HOUR: usize = 10;

/// Something that the institution tells its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Broadcast {
    /// Which.
    pub id: BroadcastId,
    /// Who sends it.
    pub sender: PersonCard,
    /// For whom: `everyone`, `role:instructor`, `room:4`, `person:7`.
    #[cfg_attr(feature = "ssr", schema(value_type = String, example = "role:instructor"))]
    pub audience: Audience,
    /// What the audience was called when it was chosen.
    pub audience_name: String,
    /// One line; a template.
    pub title: String,
    /// A line or two; a template.
    pub text: String,
    /// Where it leads: a path of this site, or empty.
    pub link: String,
    /// Where it is on its way.
    pub state: State,
    /// When it is to be sent.
    pub due_at: Millis,
    /// When it was made.
    pub created_at: Millis,
    /// When the first recipient was written down; from then on the audience is fixed.
    pub started_at: Option<Millis>,
    /// When it was sent to all, or cancelled.
    pub ended_at: Option<Millis>,
    /// How far it has come.
    pub funnel: Funnel,
}

/// How many people a broadcast has reached, step by step. Whoever has read it has seen it, whoever has seen it has got it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// The whole audience is written down: `recipients` is all of them.
    pub gathered: bool,
    /// People it is for.
    pub recipients: u32,
    /// Of these: do not want announcements, and got nothing.
    pub refused: u32,
    /// Of these: it is in their inbox.
    pub delivered: u32,
    /// Of these: it was on their screen.
    pub seen: u32,
    /// Of these: they opened it, or said that they read it.
    pub read: u32,
}

impl Funnel {
    /// Recipients who were dealt with, delivered or refused.
    pub fn done(&self) -> u32 {
        self.delivered.saturating_add(self.refused)
    }

    /// `part` of all who got it, in whole per cent.
    pub fn percent(&self, part: u32) -> u32 {
        if self.delivered == 0 { 0 } else { u32::try_from(u64::from(part) * 100 / u64::from(self.delivered)).unwrap_or(100) }
    }
}

/// The newest broadcasts of an organisation, down to some id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcasts {
    /// The newest first.
    pub broadcasts: Vec<Broadcast>,
    /// All from this id on are here; 0: there is nothing older.
    pub floor: i64,
}

/// How a broadcast looks to one of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// To whom.
    pub recipient: PersonCard,
    /// The title in their words.
    pub title: String,
    /// The text in their words.
    pub text: String,
    /// They do not want announcements, and would get nothing.
    pub refuses: bool,
    /// The audience, settled: a person is named by id.
    pub audience: Audience,
    /// What it is called.
    pub audience_name: String,
    /// How many people it is now, without whoever sends.
    pub people: u32,
    /// When it would be sent; none: at once.
    pub at: Option<Millis>,
}

/// What the form to write a broadcast is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Rooms it can go to, by name.
    pub rooms: Vec<(ConversationId, String)>,
    /// The key under which what is written now is sent once.
    pub key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_of_those_who_got_it() {
        let funnel = Funnel { gathered: true, recipients: 10, refused: 2, delivered: 8, seen: 4, read: 1 };
        assert_eq!((funnel.done(), funnel.percent(funnel.seen), funnel.percent(funnel.read)), (10, 50, 12));
        assert_eq!(Funnel::default().percent(0), 0);
    }
}
