//! What comes from outside becomes valid here.

use super::MAX_MESSAGE_CHARS;
use crate::words::OF_SOMEBODY_ELSE;
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::PersonId,
    text::{is_visible, title},
};

/// Characters of a room's name at the most.
const ROOM_NAME_CHARS: usize = 80;

/// A message's text as it is stored: line ends normalised, not empty, not too long.
///
/// # Errors
/// Invalid `text` if there is nothing to be seen in it, or it has more than [`MAX_MESSAGE_CHARS`] characters.
pub fn parse_text(text: &str) -> AppResult<String> {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    let text = text.trim_end().trim_start_matches('\n');
    if !is_visible(text) {
        return Err(AppError::invalid("text", "Write something first."));
    }
    let length = text.chars().count();
    if length > MAX_MESSAGE_CHARS {
        return Err(AppError::invalid("text", format!("A message has at most {MAX_MESSAGE_CHARS} characters; this one has {length}.")));
    }
    Ok(text.to_owned())
}

/// A room's name: 1 to 80 characters on one line.
///
/// # Errors
/// Invalid `name` if it is empty or too long, or hides something.
pub fn parse_room_name(text: &str) -> AppResult<String> {
    let name = title("name", text, ROOM_NAME_CHARS)?;
    if name.is_empty() { Err(AppError::invalid("name", "Give the room a name.")) } else { Ok(name) }
}

/// Refuses what `author` has written if somebody else asks to send it.
///
/// # Errors
/// Conflict at `author`; [`is_of_somebody_else`] knows it again.
pub fn check_author(author: Option<PersonId>, who: PersonId) -> AppResult<()> {
    if author.is_none_or(|author| author == who) {
        return Ok(());
    }
    Err(AppError::conflict(OF_SOMEBODY_ELSE).at_field("author").with_code(ErrorCode::OtherAuthor))
}

/// True if `error` is the one of [`check_author`].
pub fn is_of_somebody_else(error: &AppError) -> bool {
    error.code == Some(ErrorCode::OtherAuthor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What nobody could see is no message; what stands beside something visible stays.
    #[test]
    fn a_message_can_be_seen() {
        for nothing in ["", " \n", "\u{200B}", "\u{2060}\u{FEFF}\n\u{3164}", "\u{202E}"] {
            assert_eq!(parse_text(nothing).unwrap_err().field.as_deref(), Some("text"), "{nothing:?}");
        }
        assert_eq!(parse_text("\n a\u{200B}b\r\nc \n").unwrap(), " a\u{200B}b\nc");
        assert!(parse_room_name("\u{202E}moor").is_err() && parse_room_name("\u{200B}").is_err());
        assert_eq!(parse_room_name(" The  choir ").unwrap(), "The choir");
    }

    #[test]
    fn only_its_author_sends_what_is_written() {
        assert_eq!(check_author(None, PersonId(1)), Ok(()));
        assert_eq!(check_author(Some(PersonId(1)), PersonId(1)), Ok(()));
        assert!(check_author(Some(PersonId(2)), PersonId(1)).is_err_and(|error| is_of_somebody_else(&error)));
        assert!(!is_of_somebody_else(&AppError::conflict("The name is taken.")));
    }
}
