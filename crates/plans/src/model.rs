//! A seat plan: where the seats of an event are, what they are like and as what they are sold.
//!
//! - [`geometry`]: where seats are drawn; no two lie upon each other.
//! - [`spans`]: how somebody writes rows and seats ("A–K", "1–8, 9–20").
//! - [`change`]: what an editor does to a plan, as plain functions of it, for the server and for the preview in the browser.
//! - [`diff`]: what has to be done to one plan to make another of it.
//! - [`desk`]: what the page of the editor shows; [`import`]: a table on its way into a plan.

pub mod change;
pub mod desk;
pub mod diff;
#[cfg(test)]
mod enum_words;
pub mod geometry;
pub mod import;
pub mod spans;
#[cfg(test)]
pub mod testing;
pub mod ticket_type;

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{SectionId, TicketTypeId},
    text::title,
};
use plenum_events::model::seat::SeatKind;

/// Sections of a plan at the most.
pub const SECTIONS: usize = 60;
/// Seats of a plan at the most.
pub const SEATS: usize = 20_000;
/// Characters of a section's name.
pub const NAME_CHARS: usize = 60;
/// Characters of a row's name.
pub const ROW_CHARS: usize = 8;
/// The highest number of a seat.
pub const NUMBER: i64 = 999;

/// A seat of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub struct Place {
    /// Its number in the row.
    pub number: i64,
    /// What it is like.
    pub kind: SeatKind,
    /// As what it is sold.
    pub ticket_type: TicketTypeId,
    /// Its left edge, in tenths of a seat from the left edge of the plan.
    pub x: i64,
    /// Its upper edge; the stage is above.
    pub y: i64,
}

/// A seat on its way, as short as can be: a page carries thousands of them.
type Packed = (i64, u8, i64, i64, i64);

impl From<Place> for Packed {
    fn from(place: Place) -> Self {
        let kind = SeatKind::VARIANTS.iter().position(|kind| *kind == place.kind).and_then(|kind| u8::try_from(kind).ok());
        (place.number, kind.unwrap_or_default(), place.ticket_type.0, place.x, place.y)
    }
}

impl TryFrom<Packed> for Place {
    type Error = &'static str;

    fn try_from((number, kind, ticket_type, x, y): Packed) -> Result<Self, Self::Error> {
        let kind = SeatKind::VARIANTS.get(usize::from(kind)).copied().ok_or("there is no such kind of seat")?;
        Ok(Self { number, kind, ticket_type: TicketTypeId(ticket_type), x, y })
    }
}

/// A row of seats, by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As it is written on it.
    pub name: String,
    /// Its seats, by number.
    pub seats: Vec<Place>,
}

/// A part of a hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Which; none: it is not stored yet.
    pub id: Option<SectionId>,
    /// Its name, unique in the plan whatever the case.
    pub name: String,
    /// Its rows, the one nearest to the stage first.
    pub rows: Vec<Row>,
}

impl Section {
    /// How many seats it has.
    pub fn len(&self) -> usize {
        self.rows.iter().map(|row| row.seats.len()).sum()
    }

    /// It has no seat.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| row.seats.is_empty())
    }

    /// Its seats.
    pub fn seats(&self) -> impl Iterator<Item = &Place> {
        self.rows.iter().flat_map(|row| &row.seats)
    }

    /// The row of this name.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

/// All seats of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Its sections, in their order.
    pub sections: Vec<Section>,
}

impl Plan {
    /// Its seats.
    pub fn seats(&self) -> impl Iterator<Item = &Place> {
        self.sections.iter().flat_map(Section::seats)
    }

    /// How many seats it has.
    pub fn len(&self) -> usize {
        self.sections.iter().map(Section::len).sum()
    }

    /// It has no seat.
    pub fn is_empty(&self) -> bool {
        self.sections.iter().all(Section::is_empty)
    }

    /// The section called `name`, whatever the case.
    pub fn section(&self, name: &str) -> Option<&Section> {
        let name = name.to_lowercase();
        self.sections.iter().find(|section| section.name.to_lowercase() == name)
    }

    /// Rows from the stage on, seats by number, no row without a seat: equal plans are written in one way.
    pub fn sort(&mut self) {
        for section in &mut self.sections {
            section.rows.retain(|row| !row.seats.is_empty());
            for row in &mut section.rows {
                row.seats.sort_by_key(|place| place.number);
            }
            section.rows.sort_by(|a, b| {
                let first = |row: &Row| row.seats.first().map(|place| (place.y, place.x));
                first(a).cmp(&first(b)).then_with(|| a.name.cmp(&b.name))
            });
        }
    }

    /// How many seats of each kind there are, of those kinds that there are.
    pub fn kinds(&self) -> Vec<(SeatKind, usize)> {
        let count = |kind| self.seats().filter(|place| place.kind == kind).count();
        SeatKind::VARIANTS.iter().copied().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0).collect()
    }

    /// How many seats are sold as `ticket_type`.
    pub fn of_type(&self, ticket_type: TicketTypeId) -> usize {
        self.seats().filter(|place| place.ticket_type == ticket_type).count()
    }
}

/// A section's name, as somebody entered it; `field` is what an error names.
///
/// # Errors
/// 422 `field`.
pub fn section_name(field: &str, text: &str) -> AppResult<String> {
    let name = title(field, text, NAME_CHARS)?;
    if name.is_empty() { Err(AppError::invalid(field, "Give the section a name, like Stalls.")) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_short_on_its_way() {
        let place = Place { number: 12, kind: SeatKind::Companion, ticket_type: TicketTypeId(3), x: 140, y: 26 };
        assert_eq!(serde_json::to_string(&place).unwrap(), "[12,2,3,140,26]");
        assert_eq!(serde_json::from_str::<Place>("[12,2,3,140,26]").unwrap(), place);
        assert!(serde_json::from_str::<Place>("[12,4,3,140,26]").is_err(), "there is no fifth kind");
    }

    #[test]
    fn a_name_has_a_length() {
        assert_eq!(section_name("name", "  Upper \n circle ").unwrap(), "Upper circle");
        for wrong in [String::new(), " ".to_owned(), "\u{200B}".to_owned(), "a\u{202E}b".to_owned(), "x".repeat(NAME_CHARS + 1)] {
            assert_eq!(section_name("name", &wrong).unwrap_err().field.as_deref(), Some("name"));
        }
    }
}
