//! The words at a door.

use plenum_events::model::check_in::{Counts, Outcome};

pub const CHECK_IN: &str = "Check-in";
pub const DESK: &str = "Desk";
/// How many are in.
pub fn counts(counts: Counts) -> String {
    format!("{} of {} in", counts.admitted, counts.expected)
}
pub const PROGRESS: &str = "Guests who are in";
pub const ENTER: &str = "Code of a ticket";
pub const CHECK: &str = "Check in";
pub const ENTER_HINT: &str = "Scan it, paste it, or type it: PT1, a number, and 32 letters and digits.";
pub const SCAN: &str = "Scan with the camera";
pub const STOP: &str = "Stop scanning";
pub const CAMERA: &str = "What the camera sees";
pub const NO_CAMERA: &str = "This page cannot use a camera here. Type or paste the code, use a scanner that types, or search by name.";
pub const CAMERA_REFUSED: &str = "The camera cannot be used: there is none, or it was not allowed. Type the code, or search by name.";
pub const SIGNALS: &str = "Sound and vibration";
pub const SIGNALS_TEXT: &str = "A high tone for who may come in, a low one for who may not.";
pub const SEARCH: &str = "Search by name or order";
pub const SEARCH_FIELD: &str = "Name, e-mail or order number";
pub const FIND: &str = "Search";
pub const NOBODY: &str = "Nobody with a ticket fits.";
pub const RECENT: &str = "Came in last";
pub const NOBODY_YET: &str = "Nobody has come in yet.";
pub const UNDO: &str = "Undo";
/// The same, named.
pub fn undo(name: &str) -> String {
    format!("Undo: {name} has not come in")
}
pub const UNDONE: &str = "Taken back: the ticket is valid again.";
pub const WAITING: &str = "Not checked yet";
/// What that means.
pub const WAITING_TEXT: &str =
    "There is no connection. These codes are asked about as soon as there is one; nobody of them has been let in so far.";
pub const ASKING: &str = "Asking…";
pub const LAST: &str = "Scanned here";
/// A code without its secret part.
pub fn code(text: &str) -> String {
    let short: String = text.trim().chars().take(10).collect();
    if short.len() < text.trim().len() { format!("{short}…") } else { short }
}
/// Who let them in.
pub fn by(name: &str) -> String {
    format!("by {name}")
}
pub const ENDED: &str = "This page is no longer told who comes in.";

/// What to do, in a word or two that are read across a room.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Admitted => "Come in",
        Outcome::Used => "Already used",
        Outcome::WrongEvent => "Other event",
        Outcome::Void => "Void",
        Outcome::Unknown => "No ticket",
    }
}

/// What it means.
pub fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Admitted => "The ticket was valid and has been used now.",
        Outcome::Used => "Somebody came in with this ticket before.",
        Outcome::WrongEvent => "The ticket is genuine, but for another event.",
        Outcome::Void => "Its money was given back.",
        Outcome::Unknown => "This is not the code of a ticket of this place.",
    }
}

/// The shape beside it, so that colour is never needed.
pub fn icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Admitted => "check",
        Outcome::Used => "clock",
        Outcome::WrongEvent => "events",
        Outcome::Void => "close",
        Outcome::Unknown => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands on a screen that others see does not admit.
    #[test]
    fn a_code_is_shown_without_its_secret() {
        assert_eq!(code(" PT1.12.A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5 "), "PT1.12.A5A…");
        assert_eq!(code("abc"), "abc");
        assert_eq!(counts(Counts { admitted: 214, expected: 300 }), "214 of 300 in");
    }
}
