//! What comes from outside becomes valid here.

use super::MAX_MESSAGE_CHARS;
use crate::words::OF_SOMEBODY_ELSE;
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::PersonId,
};

/// A message's text as it is stored: line ends normalised, not empty, not too long.
///
/// # Errors
/// Invalid `text` if nothing is left of it, or it has more than [`MAX_MESSAGE_CHARS`] characters.
pub fn parse_text(text: &str) -> AppResult<String> {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    let text = text.trim_end().trim_start_matches('\n');
    if text.trim().is_empty() {
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
/// Invalid `name` if it is empty or too long.
pub fn parse_room_name(text: &str) -> AppResult<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(AppError::invalid("name", "Give the room a name.")),
        1..=80 => Ok(name),
        _ => Err(AppError::invalid("name", "A room's name has at most 80 characters.")),
    }
}

/// Refuses what `author` has written if somebody else asks to send it.
///
/// # Errors
/// Conflict at `author`; [`is_of_somebody_else`] knows it again.
pub fn check_author(author: Option<PersonId>, who: PersonId) -> AppResult<()> {
    if author.is_none_or(|author| author == who) {
        return Ok(());
    }
    Err(AppError { field: Some("author".to_owned()), ..AppError::conflict(OF_SOMEBODY_ELSE) })
}

/// True if `error` is the one of [`check_author`].
pub fn is_of_somebody_else(error: &AppError) -> bool {
    error.kind == ErrorKind::Conflict && error.field.as_deref() == Some("author")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_author_sends_what_is_written() {
        assert_eq!(check_author(None, PersonId(1)), Ok(()));
        assert_eq!(check_author(Some(PersonId(1)), PersonId(1)), Ok(()));
        assert!(check_author(Some(PersonId(2)), PersonId(1)).is_err_and(|error| is_of_somebody_else(&error)));
        assert!(!is_of_somebody_else(&AppError::conflict("The name is taken.")));
    }
}
