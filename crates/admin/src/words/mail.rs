//! The words of the page of mail.

use crate::model::mail::MailLine;
use plenum_core::mail::{MailKind, MailState, MailWay};

pub const MAIL: &str = "Mail";
/// Whether mail leaves the server.
pub fn way(way: MailWay) -> &'static str {
    match way {
        MailWay::Sends => "Mail is sent.",
        MailWay::Delayed => "Mail is delayed: the last try failed. It is tried again by itself, for a day.",
        MailWay::Folder => {
            "This server sends no mail by itself: it writes mails into a folder. They arrive only if whoever runs the server takes them on from there, or \
             sets mail.smtp_url."
        }
    }
}
/// What waits, and what was sent.
pub fn counts(waiting: u32, sent: u32) -> String {
    format!("{waiting} waiting, {sent} sent in the last 24 hours.")
}
/// The same where mails go into a folder.
pub fn counts_of_folder(waiting: u32, sent: u32) -> String {
    format!("{waiting} waiting, {sent} written in the last 24 hours.")
}
pub const REFUSED: &str = "Addresses that refuse mail";
pub const REFUSED_TEXT: &str = "Their mail server has said that they do not take mail. Plenum does not write to them again unless you allow it. Mails that bounce \
     later come to the sender's mailbox (mail.from), which Plenum does not read.";
pub const NONE_REFUSED: &str = "No address has refused mail.";
pub const ALLOW: &str = "Write to it again";
/// Which of several.
pub fn which(address: &str) -> String {
    format!(": {address}")
}
pub const ALLOWED: &str = "It is written to again.";
pub const MAILS: &str = "The newest mails";
pub const MAILS_TEXT: &str = "To whom, and how far each has come; what a mail says is not kept once it is sent.";
pub const NO_MAILS: &str = "No mail was sent yet.";
pub const TO: &str = "To";
pub const FOR: &str = "What for";
pub const WHEN: &str = "Written";
pub const STATE: &str = "State";

/// What a mail is for.
pub fn kind(kind: MailKind) -> &'static str {
    match kind {
        MailKind::PasswordReset => "account",
        MailKind::Invitation => "invitation",
        MailKind::Digest => "daily mail",
    }
}

/// How far a mail has come, where mail leaves in this `way`.
pub fn state(mail: &MailLine, way: MailWay) -> &'static str {
    match mail.state {
        MailState::Sent if way == MailWay::Folder => "written into the folder",
        MailState::Waiting if mail.given_up => "given up",
        MailState::Waiting if mail.error.is_some() => "tried again",
        MailState::Waiting => "waiting",
        MailState::Sent if mail.perhaps_twice => "sent, perhaps twice",
        MailState::Sent => "sent",
        MailState::Refused => "address refused",
        MailState::Withheld => "not sent: the address refuses mail",
        MailState::Failed => "refused",
        MailState::Expired => "not sent in time",
        MailState::Withdrawn => "not needed any more",
        MailState::Unanswered => "handed over twice, not answered",
    }
}
