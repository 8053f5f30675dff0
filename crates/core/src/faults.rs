//! Internal errors: each has a *reference*, a short word that is shown to the person, and under which its cause is found here
//! and in the log. Nothing of this is stored.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    clock::now,
    error::{AppError, ErrorKind},
    ids::Millis,
};

/// References that are remembered.
const REFERENCES: usize = 100;
/// Characters of a cause or message.
const CHARS: usize = 240;

/// An internal error, and why it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What the person was shown.
    pub word: String,
    pub at: Millis,
    /// Where it left the server; none if nobody was told.
    pub place: Option<String>,
    /// Why.
    pub cause: String,
}

/// Of the whole process, because `?` makes an [`AppError`] of a database's error where no store is at hand. A word of a reference is random, so
/// that it means one error whatever server of the process had it.
static INTERNAL: Mutex<VecDeque<Reference>> = Mutex::new(VecDeque::new());

fn internal() -> MutexGuard<'static, VecDeque<Reference>> {
    INTERNAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// At most so many characters of `text`, in one line.
pub fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// The same error with a reference, if it is an internal one that has none yet.
#[must_use]
pub fn with_reference(error: AppError) -> AppError {
    if error.kind != ErrorKind::Internal || error.reference.is_some() {
        return error;
    }
    let word = format!("{:06x}", rand::random::<u32>() >> 8);
    AppError { message: format!("{} Reference: {word}.", error.message), reference: Some(word), ..error }
}

/// An internal error with a reference, under which `cause` is remembered.
pub fn because(cause: &str) -> AppError {
    let error = with_reference(AppError::internal());
    if let Some(word) = &error.reference {
        remember(word, cause, None);
    }
    error
}

/// Notes that `word` has this `cause`, and where it left the server.
pub fn remember(word: &str, cause: &str, place: Option<&str>) {
    let mut known = internal();
    if let Some(reference) = known.iter_mut().find(|reference| reference.word == word) {
        reference.place = place.map(str::to_owned).or(reference.place.take());
        return;
    }
    if known.len() >= REFERENCES {
        known.pop_front();
    }
    known.push_back(Reference { word: word.to_owned(), at: now(), place: place.map(str::to_owned), cause: short(cause) });
}

/// The last internal errors, the newest first.
pub fn references() -> Vec<Reference> {
    internal().iter().rev().cloned().collect()
}

impl From<sqlx::Error> for AppError {
    /// The cause goes to the log; the database's text never leaves.
    fn from(error: sqlx::Error) -> Self {
        if let Some(refusal) = passing(&error) {
            tracing::warn!(%error, "the database refused for now");
            return refusal;
        }
        let internal = because(&cause(&error));
        tracing::error!(%error, reference = internal.reference, "the database refused");
        internal
    }
}

/// What the database cannot do just now, by the code of SQLite or of PostgreSQL: nothing is wrong with the statement.
fn passing(error: &sqlx::Error) -> Option<AppError> {
    match error.as_database_error()?.code()?.as_ref() {
        // It was interrupted, because its time was over.
        "9" | "57014" => Some(AppError::unavailable("That takes too long to find. Ask for less, or try again later.")),
        // There is no room.
        "13" | "53100" => Some(AppError::storage_full()),
        _ => None,
    }
}

/// Why the database refused, without any value that stands in it.
fn cause(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => format!("the database refused: {}", error.message()),
        sqlx::Error::ColumnDecode { index, .. } => format!("the column {index} cannot be read"),
        sqlx::Error::Decode(_) => "a value cannot be read".to_owned(),
        other => format!("the database refused: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_a_line() {
        assert_eq!(short("a\n  b"), "a b");
        assert_eq!(short(&"ü".repeat(CHARS + 5)).chars().count(), CHARS + 1);
    }
}
