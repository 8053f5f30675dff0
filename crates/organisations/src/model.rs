//! Organisations as their pages show them, and what was entered about them.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId},
    look::Look,
};

/// The most characters of an imprint or a privacy text.
pub const TEXT_CHARS: u32 = 20_000;
/// The most characters of a postal address.
pub const ADDRESS_CHARS: u32 = 500;

/// How much an organisation may have; nothing: as much as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    pub people: Option<u32>,
    /// Of all its people together, by days of UTC.
    pub messages_a_day: Option<u32>,
}

impl Limits {
    /// Reads both as they are entered; an empty field is no limit.
    ///
    /// # Errors
    /// Invalid `people` or `messages_a_day`.
    pub fn parse(people: &str, messages_a_day: &str) -> AppResult<Self> {
        Ok(Self { people: limit("people", people)?, messages_a_day: limit("messages_a_day", messages_a_day)? })
    }
}

fn limit(field: &'static str, text: &str) -> AppResult<Option<u32>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match text.trim().parse::<u32>() {
        Ok(limit) if (1..=1_000_000_000).contains(&limit) => Ok(Some(limit)),
        _ => Err(AppError::invalid(field, "Enter a whole number from 1 on, or leave it empty for no limit.")),
    }
}

/// An organisation in the operator's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub id: OrganisationId,
    pub name: String,
    /// The host name that it is reached at; none: it is reached at every name that is not another's.
    pub host: Option<String>,
    pub open_registration: bool,
    /// Since when it is suspended, if it is.
    pub suspended_at: Option<Millis>,
    pub people: u32,
    /// Somebody runs it.
    pub has_admin: bool,
    pub limits: Limits,
    /// It runs the server.
    pub operates: bool,
}

/// What the operator's page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisations {
    /// By id, the first one runs the server.
    pub list: Vec<Listed>,
    /// The address of the invitation that a page without scripts has just made; told to that page only.
    pub made: Option<String>,
}

/// What an organisation's own admins see of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnOrganisation {
    pub name: String,
    pub look: Look,
    /// For receipts.
    pub postal_address: String,
    /// Markdown.
    pub imprint: String,
    /// Markdown.
    pub privacy: String,
    pub limits: Limits,
    pub people: u32,
    /// Counted only where there is a limit.
    pub messages_today: u32,
}

/// A page that anyone may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[serde(rename_all = "snake_case")]
pub enum PublicPage {
    /// Who is behind the organisation.
    Imprint,
    /// How it treats what it knows of people.
    Privacy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_or_none() {
        assert_eq!(Limits::parse("", "  ").unwrap(), Limits::default());
        assert_eq!(Limits::parse(" 25 ", "1000").unwrap(), Limits { people: Some(25), messages_a_day: Some(1_000) });
        for (people, messages, field) in [("0", "", "people"), ("-1", "", "people"), ("", "many", "messages_a_day"), ("1.5", "", "people")]
        {
            assert_eq!(Limits::parse(people, messages).unwrap_err().field.as_deref(), Some(field), "{people} {messages}");
        }
    }
}
