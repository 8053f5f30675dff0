//! Text that people enter.

use crate::error::{AppError, AppResult};

/// `text` in one line, with single spaces.
pub fn single_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks the length of the input named `field`, in characters.
///
/// # Errors
/// 422 of the field if it is longer.
pub fn at_most(field: &str, text: &str, characters: usize) -> AppResult<()> {
    if text.chars().count() > characters {
        return Err(AppError::invalid(field, format!("At most {characters} characters.")));
    }
    Ok(())
}
