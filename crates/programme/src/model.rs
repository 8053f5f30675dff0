//! What organisers enter: an event, and its ticket types. Everything is text until the server has read it.

use serde::{Deserialize, Serialize};

use plenum_core::text::{self, at_most};
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
    people::PersonCard,
};
use plenum_events::model::{
    event::EventState,
    events::{Event, Place},
};
use plenum_plans::model::ticket_type::TypeRow;
use plenum_wallet::model::Currency;

/// Characters of a title at the most.
pub const TITLE_CHARS: usize = 120;
/// Characters of a description at the most.
pub const DESCRIPTION_CHARS: usize = 5_000;
/// Characters of a venue at the most.
pub const VENUE_CHARS: usize = 200;
/// Characters of the address of an online event at the most.
pub const ADDRESS_CHARS: usize = 500;
/// Characters of a note at the most.
pub const NOTE_CHARS: usize = 300;
/// Places that one person can have at the most.
const EACH: i64 = 50;

/// An event as it was entered. Times are local ones of its zone, like `2026-11-22T19:30`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventForm {
    /// What it is called.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// `hall` or `virtual`.
    pub place: String,
    /// Where.
    pub venue: String,
    /// Where one takes part online; may be empty.
    pub address: String,
    /// An IANA name.
    pub zone: String,
    /// When the doors open; may be empty.
    pub doors: String,
    /// When it begins.
    pub starts: String,
    /// When it ends.
    pub ends: String,
    /// From when on places are sold; empty: from now on.
    pub sales_from: String,
    /// Until when; empty: until it begins.
    pub sales_until: String,
    /// ISO 4217.
    pub currency: String,
    /// Places that one person can have.
    pub places_each: String,
}

/// What does not need the clock of a zone, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWords {
    /// What it is called.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// Hall or virtual.
    pub place: Place,
    /// Where.
    pub venue: String,
    /// Where one takes part online; empty of an event in a hall.
    pub address: String,
    /// In what is paid.
    pub currency: Currency,
    /// Places that one person can have.
    pub places_each: i64,
}

impl EventForm {
    /// Reads all but the times.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn words(&self) -> AppResult<EventWords> {
        let title = text::title("title", &self.title, TITLE_CHARS)?;
        if title.is_empty() {
            return Err(AppError::invalid("title", "Give it a title."));
        }
        let description = parse_description(&self.description)?;
        let place = self.place.parse::<Place>().map_err(|_| AppError::invalid("place", "Choose hall or virtual."))?;
        let venue = text::title("venue", &self.venue, VENUE_CHARS)?;
        if venue.is_empty() && place == Place::Hall {
            return Err(AppError::invalid("venue", "Say where it takes place."));
        }
        let address = parse_address(&self.address)?;
        if place == Place::Hall && !address.is_empty() {
            return Err(AppError::invalid("address", "Only an online event has an address. Leave it empty."));
        }
        let each = || AppError::invalid("places_each", format!("A number from 1 to {EACH}."));
        let places_each = self.places_each.trim().parse().map_err(|_| each())?;
        if !(1..=EACH).contains(&places_each) {
            return Err(each());
        }
        Ok(EventWords { title, description, place, venue, address, currency: self.currency.parse()?, places_each })
    }
}

/// A description as it is stored.
///
/// # Errors
/// 422 `description` if it is too long.
pub fn parse_description(text: &str) -> AppResult<String> {
    at_most("description", text, DESCRIPTION_CHARS)?;
    Ok(text.trim().replace("\r\n", "\n"))
}

/// The address at which one takes part online: `https`, a host without a user before it, nothing that cannot stand in an address.
///
/// # Errors
/// 422 `address`.
pub fn parse_address(text: &str) -> AppResult<String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    at_most("address", text, ADDRESS_CHARS)?;
    let host = text.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_address = host.is_some_and(|host| !host.is_empty() && !host.contains('@')) && text.chars().all(|c| c.is_ascii_graphic());
    if is_address { Ok(text.to_owned()) } else { Err(AppError::invalid("address", "Enter an address that begins with https://.")) }
}

/// A note about why it is postponed or cancelled.
///
/// # Errors
/// 422 `note` if it is too long.
pub fn parse_note(note: &str) -> AppResult<String> {
    text::title("note", note, NOTE_CHARS)
}

/// What somebody does for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum StaffRole {
    /// Runs it.
    Organiser,
    /// Checks tickets at its doors, and sees no money.
    Usher,
}

impl StaffRole {
    /// Reads what was chosen.
    ///
    /// # Errors
    /// 422 `role`.
    pub fn parse(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_: strum::ParseError| AppError::invalid("role", "Choose what they do: organiser or usher."))
    }
}

/// Somebody who works for an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    /// Who.
    pub card: PersonCard,
    /// As what.
    pub role: StaffRole,
}

/// What the page to change an event is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// The event; none: a new one.
    pub event: Option<Event>,
    /// What stands in the form.
    pub form: EventForm,
    /// The zones to choose from.
    pub zones: Vec<String>,
    /// Its ticket types.
    pub types: Vec<TypeRow>,
    /// Those who run it, then those who work at its doors.
    pub staff: Vec<StaffMember>,
    /// For the command that makes it, once.
    pub key: String,
}

/// New times of an event that was postponed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it begins.
    pub starts_at: Millis,
    /// When it ends.
    pub ends_at: Millis,
}

/// Its times, zone and currency are promised to those who have bought: they stay once it was published.
pub fn may_move(state: EventState) -> bool {
    state == EventState::Draft
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> EventForm {
        EventForm {
            title: "  Winter   gala ".into(),
            place: "hall".into(),
            venue: "Great hall".into(),
            currency: "EUR".into(),
            places_each: "6".into(),
            ..EventForm::default()
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(form().words().unwrap().title, "Winter gala");
        type Change = fn(&mut EventForm);
        let wrong: [(&str, Change); 14] = [
            ("title", |form| form.title = "\u{200B}".into()),
            ("title", |form| form.title = "Winter \u{202E}gala".into()),
            ("venue", |form| form.venue = "Great\u{7} hall".into()),
            ("title", |form| form.title = "  ".into()),
            ("title", |form| form.title = "x".repeat(121)),
            ("description", |form| form.description = "x".repeat(5_001)),
            ("place", |form| form.place = "moon".into()),
            ("venue", |form| form.venue = String::new()),
            ("address", |form| form.address = "https://meet.example/gala".into()),
            ("address", |form| (form.place, form.address) = ("virtual".into(), "http://meet.example/gala".into())),
            ("address", |form| (form.place, form.address) = ("virtual".into(), "https://bank.example@meet.example".into())),
            ("address", |form| (form.place, form.address) = ("virtual".into(), "https://meet.example/a b".into())),
            ("currency", |form| form.currency = "XXX".into()),
            ("places_each", |form| form.places_each = "51".into()),
        ];
        for (field, spoil) in wrong {
            let mut form = form();
            spoil(&mut form);
            assert_eq!(form.words().unwrap_err().field.as_deref(), Some(field));
        }
        assert!(EventForm { place: "virtual".into(), venue: String::new(), ..form() }.words().is_ok());
        assert_eq!(parse_address(" https://meet.example/gala?a=1 ").unwrap(), "https://meet.example/gala?a=1");
        assert_eq!(parse_note(&"x".repeat(301)).unwrap_err().field.as_deref(), Some("note"));
    }
}
