//! Reported messages, as admins see them.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, ReportId},
    people::PersonCard,
    text::is_visible,
};

/// Characters of what a reporter adds at the most.
pub const NOTE_CHARS: usize = 500;

/// Why a message is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Unwanted advertising, or the same again and again.
    Spam,
    /// It insults or threatens somebody.
    Harassment,
    /// It shows or calls for violence.
    Violence,
    /// It tells what somebody wants to keep to themselves.
    Private,
    /// What the note says.
    Other,
}

/// What was decided about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The message stays.
    Dismissed,
    /// The message was deleted.
    Deleted,
}

impl Reason {
    /// Reads the field of the form.
    ///
    /// # Errors
    /// Invalid `reason`.
    pub fn parse(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_| AppError::invalid("reason", "Choose a reason."))
    }
}

impl Decision {
    /// Reads the field of the form.
    ///
    /// # Errors
    /// Invalid `decision`.
    pub fn parse(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_| AppError::invalid("decision", "Dismiss the report or delete the message."))
    }
}

/// Reads what a reporter adds; it may be empty.
///
/// # Errors
/// Invalid `note` if it is too long.
pub fn parse_note(text: &str) -> AppResult<String> {
    let text = text.trim();
    if text.chars().count() > NOTE_CHARS {
        return Err(AppError::invalid("note", format!("Write at most {NOTE_CHARS} characters.")));
    }
    Ok(if is_visible(text) { text.to_owned() } else { String::new() })
}

/// A reported message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub id: ReportId,
    pub message: MessageId,
    /// Where it was written.
    pub conversation: ConversationId,
    /// The name of the conversation; empty for direct ones and unnamed groups.
    pub place: String,
    /// The address of the message, for an admin who may read the conversation.
    pub link: Option<String>,
    pub author: PersonCard,
    pub reporter: PersonCard,
    pub reason: Reason,
    /// What the reporter added.
    pub note: String,
    /// The text at the time of the report; none once it is erased.
    pub text: Option<String>,
    pub reported_at: Millis,
    /// The message is deleted by now.
    pub deleted: bool,
    pub decided: Option<Decided>,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub decision: Decision,
    pub by: PersonCard,
    pub at: Millis,
}

/// The admins' queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// Those to be decided, the oldest first; a hundred at the most.
    pub open: Vec<Report>,
    /// How many are to be decided.
    pub waiting: i64,
    /// Those that were decided last, the newest first.
    pub decided: Vec<Report>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// A variant that is renamed keeps its word: rows know it.
    #[test]
    fn words_of_enums_stay() {
        assert_eq!(
            Reason::VARIANTS.iter().map(Reason::into_str).collect::<Vec<_>>(),
            ["spam", "harassment", "violence", "private", "other"]
        );
        assert_eq!(Decision::VARIANTS.iter().map(Decision::into_str).collect::<Vec<_>>(), ["dismissed", "deleted"]);
    }

    #[test]
    fn a_note_may_be_empty_and_has_an_end() {
        assert_eq!(parse_note("  \u{200B} ").unwrap(), "");
        assert_eq!(parse_note(" see above ").unwrap(), "see above");
        assert_eq!(parse_note(&"x".repeat(NOTE_CHARS + 1)).unwrap_err().field.as_deref(), Some("note"));
    }
}
