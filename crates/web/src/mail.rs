//! Mail. A [`Mail`] is a row that its cause writes in its own transaction ([`rows::enqueue`]), so that nothing is mailed that was not
//! committed, and nothing is lost. A job delivers it ([`delivery`]) by the [`carrier::Carrier`] of the settings: a mail server, or the
//! folder `mail.outbox` where there is none. It is tried again for a day ([`PAUSES`]), under one Message-ID.
//!
//! - [`message`] is its text as RFC 5322 has it; [`relay`] reads `mail.smtp_url`; [`smtp`] converses, [`verdict`] says what a refusal means.
//! - [`figures`] is what health and the pages ask: what waits, what failed, whether mail leaves at all.
//!
//! A mail server that has been handed the content and does not answer may have sent it. It is handed over once more and never a third
//! time; [`MailState::Unanswered`](plenum_core::mail::MailState) says so.

pub mod carrier;
mod delivery;
pub mod figures;
mod folder;
mod message;
pub mod relay;
mod rows;
mod smtp;
mod verdict;

use plenum_core::{
    ids::{Millis, OrganisationId},
    mail::MailKind,
    people::Email,
};

pub use delivery::{PAUSES, SEND, deliver};
pub use rows::{Enqueued, allow, enqueue, refusal, tidy, withdraw};

/// A mail to one address.
#[derive(Debug, Clone)]
pub struct Mail {
    organisation: OrganisationId,
    kind: MailKind,
    about: String,
    to: Email,
    lifetime: Millis,
    subject: String,
    text: String,
    html: Option<String>,
    unsubscribe: Option<String>,
    name: Option<String>,
}

impl Mail {
    /// A mail of `organisation` to `to`; `about` is what it is withdrawn by (`invitation:7`). Milliseconds after `lifetime` it is of no
    /// use.
    pub fn new(organisation: OrganisationId, kind: MailKind, about: impl Into<String>, to: Email, lifetime: Millis) -> Self {
        let about = about.into();
        Self {
            organisation,
            kind,
            about,
            to,
            lifetime,
            subject: String::new(),
            text: String::new(),
            html: None,
            unsubscribe: None,
            name: None,
        }
    }

    /// What it says; `subject` is one line.
    #[must_use]
    pub fn saying(self, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { subject: subject.into(), text: text.into(), ..self }
    }

    /// The same as HTML, for programs that show that.
    #[must_use]
    pub fn html(self, html: impl Into<String>) -> Self {
        Self { html: Some(html.into()), ..self }
    }

    /// It is one of many that one can stop at this address: by a page, or by one POST (RFC 2369, RFC 8058).
    #[must_use]
    pub fn list(self, unsubscribe: impl Into<String>) -> Self {
        Self { unsubscribe: Some(unsubscribe.into()), ..self }
    }

    /// It is written once under this name (letters, digits, hyphens), however often it is asked for.
    #[must_use]
    pub fn once(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }
}
