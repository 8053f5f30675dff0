//! What comes from outside becomes valid here.

use super::MAX_MESSAGE_CHARS;
use crate::error::{AppError, AppResult};

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

/// An idempotency key: 8 to 64 letters, digits or hyphens.
///
/// # Errors
/// Invalid `key` for anything else.
pub fn parse_key(text: &str) -> AppResult<String> {
    let fits = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits { Ok(text.to_owned()) } else { Err(AppError::invalid("key", "The idempotency key has 8 to 64 letters, digits or hyphens.")) }
}
