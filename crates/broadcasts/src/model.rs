//! A broadcast: for whom it is, what it says, in which state, and how far it has come.
//!
//! - [`audience`], [`draft`], [`letter`]: what is wanted, checked; as it stands in the fields of a form.
//! - [`state`], [`series`], [`repeat`]: where it is on its way, once or again and again.
//! - [`variants`], [`figures`]: who gets which variant, and which of them did better.
//! - [`moments`]: what came when.
//! - [`template`]: what is written once and sent often.

mod audience;
mod draft;
#[cfg(test)]
mod enum_words;
pub mod figures;
mod funnel;
mod letter;
pub mod moments;
mod repeat;
mod series;
mod state;
mod template;
pub mod variants;

use serde::{Deserialize, Serialize};

pub use audience::Audience;
pub use draft::{Draft, Late, TEXT_CHARS, TITLE_CHARS, When, Words};
pub use funnel::Funnel;
pub use letter::{Letter, VARIANT_FIELDS};
pub use moments::Moment;
pub use repeat::{Every, Repeat, Weekday};
pub use series::{Halt, Series, SeriesAction, SeriesState};
pub use state::{Action, State, transition};
pub use template::{Template, TemplateText};
pub use variants::{Ground, Measure, Sample, Variant, Winner};

use plenum_core::{
    ids::{BroadcastId, ConversationId, Millis, SeriesId},
    people::PersonCard,
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
    /// What it says: one variant for all, or up to four, of which each recipient gets one.
    pub variants: Vec<Variant>,
    /// So many get one of the variants; the rest waits for the winner.
    pub sample: Option<Sample>,
    /// When the winner is chosen, if nobody does before; known when the sample has it.
    pub decide_at: Option<Millis>,
    /// What the rest gets.
    pub winner: Option<Winner>,
    /// Where it is on its way.
    pub state: State,
    /// When it is to be sent; when it comes first, if it is a time of each recipient's own zone.
    pub due_at: Millis,
    /// The time of each recipient's own zone.
    pub own_time: Option<OwnTime>,
    /// Those who are left have it at their own times; this is the first of these.
    pub next_at: Option<Millis>,
    /// The series that it is one of, and which.
    pub series: Option<Occurrence>,
    /// When it was made.
    pub created_at: Millis,
    /// When the first recipient was written down; from then on the audience is fixed.
    pub started_at: Option<Millis>,
    /// When it was sent to all, or cancelled.
    pub ended_at: Option<Millis>,
    /// The whole audience is written down: `recipients` is all of them.
    pub gathered: bool,
    /// Of the recipients: wait for the winner.
    pub held: u32,
    /// How far it has come, all variants together.
    pub funnel: Funnel,
    /// Why it failed to reach somebody, the last time that it did.
    pub failure: Option<String>,
}

/// A time of each recipient's own zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OwnTime {
    /// As a calendar and a clock say it: `2026-11-22T09:00`.
    pub local: String,
    /// What becomes of those for whom it has passed.
    pub late: Late,
}

/// Which of a series a broadcast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Occurrence {
    /// The series.
    pub series: SeriesId,
    /// The first is 1.
    pub number: u32,
}

impl Broadcast {
    /// What it is known by: the title of its first variant, a template.
    pub fn title(&self) -> &str {
        self.variants.first().map_or("", |variant| variant.words.title.as_str())
    }

    /// The winner can be chosen by hand: the sample has it, the rest waits.
    pub fn is_open(&self) -> bool {
        self.state == State::Deciding
    }
}

/// The newest broadcasts of an organisation, down to some id, and what is repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcasts {
    /// The newest first.
    pub broadcasts: Vec<Broadcast>,
    /// All from this id on are here; 0: there is nothing older.
    pub floor: i64,
    /// What goes on being repeated, by id.
    pub series: Vec<Series>,
}

/// One broadcast, and what came when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The broadcast as it is now.
    pub broadcast: Broadcast,
    /// What came when, by time.
    pub moments: Vec<Moment>,
}

/// What a variant says to one of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The title in their words.
    pub title: String,
    /// The text in their words.
    pub text: String,
    /// Where it leads.
    pub link: String,
}

/// How a broadcast looks to one of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// To whom.
    pub recipient: PersonCard,
    /// Each variant, as they would see it.
    pub variants: Vec<Shown>,
    /// They do not want announcements, and would get nothing.
    pub refuses: bool,
    /// What was entered, settled: a person is named by id.
    pub draft: Draft,
    /// What the audience is called.
    pub audience_name: String,
    /// How many people it is now, without whoever sends.
    pub people: u32,
    /// When it would be sent, several if it is repeated; none: at once.
    pub times: Vec<Millis>,
}

/// What the form to write a broadcast is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Rooms it can go to, by name.
    pub rooms: Vec<(ConversationId, String)>,
    /// What was written before, by name.
    pub templates: Vec<Template>,
    /// The key under which what is written now is sent once.
    pub key: String,
}
