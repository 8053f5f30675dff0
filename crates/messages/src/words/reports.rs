//! The words of reported messages.

use crate::model::reports::{Decision, Reason};

pub const REPORT: &str = "Report…";
pub const REPORT_TITLE: &str = "Report this message";
pub const REPORT_TEXT: &str = "The admins see the message as it is now, and that you reported it. Nobody else does.";
pub const REASON: &str = "Reason";
pub const NOTE: &str = "Anything to add? (optional)";
pub const SEND_REPORT: &str = "Report";
pub const REPORTED: &str = "Reported. You are notified when it has been looked at.";
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => "Spam or advertising",
        Reason::Harassment => "Harassment or insult",
        Reason::Violence => "Violence or threat",
        Reason::Private => "Somebody’s private information",
        Reason::Other => "Something else",
    }
}

/// The admins' notification.
pub const REPORTED_TITLE: &str = "A message was reported";
/// The reporter's notification.
pub const LOOKED_AT: &str = "The message you reported was looked at";
pub fn looked_at(decision: Decision) -> &'static str {
    match decision {
        Decision::Dismissed => "The message stays.",
        Decision::Deleted => "The message was deleted.",
    }
}

pub const REPORTS: &str = "Reports";
pub const REPORTS_TEXT: &str = "Messages that people have reported. You see the message as it was when it was reported, and nothing else of conversations that you are not in. The text is erased 90 days after the decision.";
pub const OPEN: &str = "To be decided";
pub const DECIDED: &str = "Decided";
pub const NONE_OPEN: &str = "Nothing to decide";
pub const NONE_OPEN_TEXT: &str = "No reported message waits.";
pub const NONE_DECIDED: &str = "Nothing was decided yet.";
/// Above a queue that does not show all.
pub fn first_of(shown: usize, waiting: i64) -> String {
    format!("The oldest {shown} of {waiting}.")
}
pub const UNNAMED: &str = "a conversation without a name";
/// Who wrote it and where.
pub fn written_by(author: &str, place: &str) -> String {
    format!("{author} in {}", if place.is_empty() { UNNAMED } else { place })
}
pub const REPORTED_BY: &str = "Reported by";
pub const ERASED: &str = "The text has been erased.";
pub const DELETED: &str = "The message is deleted by now.";
pub const SHOW_MESSAGE: &str = "Show in the conversation";
pub const MANAGE_AUTHOR: &str = "Manage the author";
pub const DISMISS: &str = "Dismiss";
pub const DELETE_MESSAGE: &str = "Delete the message";
/// Which one, for screen readers.
pub fn of_author(name: &str) -> String {
    format!(" of {name}")
}
/// What was decided and by whom.
pub fn decided_by(decision: Decision, name: &str) -> String {
    match decision {
        Decision::Dismissed => format!("Dismissed by {name}"),
        Decision::Deleted => format!("Deleted by {name}"),
    }
}
pub const DONE: &str = "Done";
pub const ENDED: &str = "New reports are no longer shown here.";
