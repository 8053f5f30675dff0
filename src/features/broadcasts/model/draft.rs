//! What somebody wants to send, checked field by field.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{
    error::{AppError, AppResult},
    ids::Millis,
    ui::redirect::own_path,
};

/// Characters of a title, and of a text at the most: as much as a notification shows.
pub const TITLE_CHARS: usize = 120;
/// See [`TITLE_CHARS`].
pub const TEXT_CHARS: usize = 240;
/// Bytes of a link at the most.
const LINK_BYTES: usize = 200;
/// How far ahead something can be scheduled.
const AHEAD: Millis = 366 * 24 * 3_600_000;

/// What stands in the fields of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// An [`Audience`], or `person` for the one with the address.
    pub audience: String,
    /// The address of the one person.
    pub email: String,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The link.
    pub link: String,
    /// A local time, `2026-11-21T18:00`, or empty.
    pub at: String,
}

/// What somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// For whom.
    pub audience: Audience,
    /// One line; a template.
    pub title: String,
    /// A line or two; a template.
    pub text: String,
    /// A path of this site, or empty.
    pub link: String,
    /// When; none: at once.
    pub at: Option<Millis>,
}

impl Draft {
    /// Reads what was entered.
    ///
    /// # Errors
    /// 422 `title`, `text` or `link`.
    pub fn parse(audience: Audience, title: &str, text: &str, link: &str, at: Option<Millis>) -> AppResult<Self> {
        let (title, text, link) = (title.trim(), text.trim(), link.trim());
        if !(1..=TITLE_CHARS).contains(&title.chars().count()) || title.chars().any(char::is_control) {
            return Err(AppError::invalid("title", format!("A title is one line of 1 to {TITLE_CHARS} characters.")));
        }
        if text.chars().count() > TEXT_CHARS {
            return Err(AppError::invalid("text", format!("The text has at most {TEXT_CHARS} characters.")));
        }
        if !link.is_empty() && (link.len() > LINK_BYTES || own_path(link).is_none()) {
            return Err(AppError::invalid("link", "A link is a path of this site, like /messages/rooms, or empty."));
        }
        Ok(Self { audience, title: title.to_owned(), text: text.to_owned(), link: link.to_owned(), at })
    }

    /// When it is due.
    ///
    /// # Errors
    /// 422 `at` if that is past, or more than a year ahead.
    pub fn due_at(&self, now: Millis) -> AppResult<Millis> {
        match self.at {
            None => Ok(now),
            // A form's time has whole minutes: the current one is not over.
            Some(at) if (now - 60_000..=now + AHEAD).contains(&at) => Ok(at),
            Some(_) => Err(AppError::invalid("at", "Choose a time from now on, within a year; leave it empty to send at once.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_checked_by_field() {
        let parse = |title: &str, text: &str, link: &str| Draft::parse(Audience::Everyone, title, text, link, None).map_err(|e| e.field);
        assert!(parse(" News ", "", "").is_ok() && parse("News", &"x".repeat(TEXT_CHARS), "/messages/rooms?a=1").is_ok());
        for (title, text, link, field) in [
            ("", "", "", "title"),
            ("a\nb", "", "", "title"),
            (&*"x".repeat(TITLE_CHARS + 1), "", "", "title"),
            ("News", &*"x".repeat(TEXT_CHARS + 1), "", "text"),
            ("News", "", "https://evil.example", "link"),
            ("News", "", "//evil.example", "link"),
            ("News", "", &*format!("/{}", "x".repeat(LINK_BYTES)), "link"),
        ] {
            assert_eq!(parse(title, text, link), Err(Some(field.to_owned())), "{title} {link}");
        }
        let due = |at| Draft::parse(Audience::Everyone, "News", "", "", at).unwrap().due_at(1_000_000_000);
        assert_eq!(due(None), Ok(1_000_000_000));
        assert_eq!(due(Some(1_000_060_000)), Ok(1_000_060_000));
        for wrong in [1_000_000_000 - 60_001, 1_000_000_000 + AHEAD + 1] {
            assert_eq!(due(Some(wrong)).unwrap_err().field.as_deref(), Some("at"), "{wrong}");
        }
    }
}
