//! The words of the page of jobs.

/// Page and tab.
pub const JOBS: &str = "Jobs";
/// What they are.
pub const JOBS_TEXT: &str = "Work that Plenum does by itself, when it is due: sending, reminding, tidying up.";
/// A heading.
pub const WAITING: &str = "Waiting";
/// Nothing waits.
pub const NONE_WAITING: &str = "No job waits.";
/// A column.
pub const KIND: &str = "Kind";
/// A column.
pub const DUE: &str = "Due";
/// A column.
pub const RUNNING: &str = "Running";
/// A column.
pub const RETRYING: &str = "To be tried again";
/// A column.
pub const SCHEDULED: &str = "Later";
/// A column.
pub const ERROR: &str = "Last error";
/// How long the oldest has been due.
pub const DUE_SINCE: &str = "since";
/// A heading.
pub const FAILED: &str = "Failed for good";
/// What they are.
pub const FAILED_TEXT: &str = "Jobs that failed three times. Nobody tries them again unless you do.";
/// There is none.
pub const NONE_FAILED: &str = "No job has failed for good.";
/// There are more than are listed.
pub fn more(shown: usize, all: u32) -> String {
    format!("The newest {shown} of {all} are listed.")
}
/// How often it was tried.
pub fn tries(tries: u32) -> String {
    if tries == 1 { "tried once".to_owned() } else { format!("tried {tries} times") }
}
/// A button.
pub const RETRY: &str = "Try again";
/// A button.
pub fn retry_all(kind: &str) -> String {
    format!("Try all of {kind} again")
}
/// A link.
pub const DISCARD: &str = "Discard";
/// Which of several.
pub fn which(id: i64) -> String {
    format!(" job {id}")
}
/// The question.
pub fn discard_question(kind: &str, id: i64) -> String {
    format!("Discard job {id}, {kind}?")
}
/// What it would mean.
pub const DISCARD_TEXT: &str = "What it was to do is not done, and it cannot be tried again.";
/// A link.
pub const KEEP: &str = "Keep it";
/// It was done.
pub const RETRIED: &str = "It is tried again.";
/// It was done.
pub const DISCARDED: &str = "It is discarded.";
/// What is shown is no longer followed.
pub const ENDED: &str = "This page is no longer told what happens.";
