//! Mails as both sides know them: what one is for, how far it has come, and whether mail leaves the server at all.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{Millis, OrganisationId},
    live_events,
};

/// What a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "snake_case"))]
pub enum MailKind {
    /// A link to one's own account: it sets a new password, or confirms another address; and that the address has changed.
    PasswordReset,
    /// The link that lets somebody join.
    Invitation,
    /// What a day has brought.
    Digest,
}

/// How far a mail has come. Every state but the first is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "snake_case"))]
pub enum MailState {
    /// It is to be sent, for the first time or again.
    Waiting,
    /// The mail server has taken it.
    Sent,
    /// The mail server has refused its address for good.
    Refused,
    /// It was not sent: its address had refused an earlier one.
    Withheld,
    /// The mail server has refused this mail for good.
    Failed,
    /// It was not sent while it was of use.
    Expired,
    /// What it was about has ended before it was sent.
    Withdrawn,
    /// It was handed over twice and neither was answered, so that it is not sent again.
    Unanswered,
}

/// That something has become of an organisation's mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailsChanged {
    /// When, in milliseconds UTC.
    pub at: Millis,
}

live_events! {
    /// What the admins who look at an organisation's mail are told.
    pub enum MailEvent on Channel::Ops(OrganisationId) {
        #[doc = "A mail was written, sent, refused or put off, or an address may be written to again: what is shown is to be asked for."]
        MailsChanged(MailsChanged) = "mails.changed", state(|_| "mails".to_owned());
    }
}

/// Whether mail leaves the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    /// It is sent.
    Sends,
    /// It is sent, but the last try failed.
    Delayed,
    /// It is written into a folder, from where somebody takes it on.
    Folder,
}
