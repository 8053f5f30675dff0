//! How an organisation's mail goes, and which addresses are not written to.

use serde::{Deserialize, Serialize};

use plenum_core::{
    ids::Millis,
    mail::{MailKind, MailState, MailWay},
};

/// Mails and addresses that are listed at the most.
pub const LISTED: i64 = 100;

/// A mail. What it says is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    /// Its row.
    pub id: i64,
    /// What it is for.
    pub kind: MailKind,
    /// How far it has come.
    pub state: MailState,
    /// To whom.
    pub recipient: String,
    /// How often it was tried.
    pub attempts: u32,
    /// It may have come twice: an earlier try was not answered.
    pub perhaps_twice: bool,
    /// It waits, and is not tried any more.
    pub given_up: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: Millis,
}

/// An address that has refused mail for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedAddress {
    /// The address.
    pub address: String,
    /// What the mail server said.
    pub reason: String,
    /// When.
    pub refused_at: Millis,
}

/// What `/admin/mail` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Whether mail leaves the server.
    pub way: MailWay,
    /// Mails that are to be sent.
    pub waiting: u32,
    /// Mails of the last day that were sent.
    pub sent: u32,
    /// Addresses that are not written to, the newest first.
    pub refused: Vec<RefusedAddress>,
    /// The newest mails.
    pub mails: Vec<MailLine>,
}
