//! The words of the page of jobs.

pub const JOBS: &str = "Jobs";
pub const JOBS_TEXT: &str = "Work that Plenum does by itself, when it is due: sending, reminding, tidying up.";
pub const WAITING: &str = "Waiting";
pub const NONE_WAITING: &str = "No job waits.";
pub const KIND: &str = "Kind";
pub const DUE: &str = "Due";
pub const RUNNING: &str = "Running";
pub const RETRYING: &str = "To be tried again";
pub const SCHEDULED: &str = "Later";
pub const ERROR: &str = "Last error";
pub const DUE_SINCE: &str = "since";
pub const FAILED: &str = "Failed for good";
pub const FAILED_TEXT: &str = "Jobs that failed too often. Nobody tries them again unless you do.";
pub const NONE_FAILED: &str = "No job has failed for good.";
/// There are more than are listed.
pub fn more(shown: usize, all: u32) -> String {
    format!("The newest {shown} of {all} are listed.")
}
/// How often it was tried.
pub fn tries(tries: u32) -> String {
    if tries == 1 { "tried once".to_owned() } else { format!("tried {tries} times") }
}
pub const RETRY: &str = "Try again";
pub fn retry_all(kind: &str) -> String {
    format!("Try all of {kind} again")
}
pub const DISCARD: &str = "Discard";
/// Which of several.
pub fn which(id: i64) -> String {
    format!(" job {id}")
}
/// The question.
pub fn discard_question(kind: &str, id: i64) -> String {
    format!("Discard job {id}, {kind}?")
}
pub const DISCARD_TEXT: &str = "What it was to do is not done, and it cannot be tried again.";
pub const KEEP: &str = "Keep it";
pub const RETRIED: &str = "It is tried again.";
pub const DISCARDED: &str = "It is discarded.";
