//! What takes mails on: the mail server of the settings, or the folder of mails where there is none.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;

use super::{
    folder::Folder,
    message,
    rows::Letter,
    smtp::Smtp,
    verdict::{Stage, Verdict, verdict},
};
use crate::settings;
use plenum_core::{ids::Millis, people::Email};

/// Characters of a reason that are kept.
const REASON_CHARS: usize = 300;

/// Takes mails on.
pub struct Carrier {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(Box<Smtp>),
    Folder(Folder),
}

/// A mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why, in a line that names where in the conversation it was.
    pub reason: String,
    /// What is to be done about it.
    pub(super) verdict: Verdict,
    /// The mail was not handed over, or its refusal is certain.
    pub(super) is_certain: bool,
    /// The connection itself is of no use: another one may be.
    pub(super) is_broken: bool,
}

impl Failure {
    /// A failure before the content was handed over.
    fn new(reason: &str, verdict: Verdict) -> Self {
        let reason = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_CHARS).collect::<String>();
        Self { reason: reason.trim().to_owned(), verdict, is_certain: true, is_broken: false }
    }

    /// The server answered with a code of refusal.
    pub(super) fn refused(stage: Stage, code: u16, text: &str) -> Self {
        // 421: it closes the connection.
        let is_broken = code == 421;
        let reason = format!("the mail server refused {stage}: {code} {text}");
        Self { is_broken, ..Self::new(&reason, verdict(stage, Some(code), text)) }
    }

    /// The conversation broke off.
    pub(super) fn broken(stage: Stage, why: &str) -> Self {
        let reason = format!("the conversation with the mail server broke off at {stage}: {why}");
        Self { is_broken: true, is_certain: stage != Stage::Content, ..Self::new(&reason, Verdict::Later) }
    }

    /// The server did not answer in time.
    pub(super) fn timeout(stage: Stage) -> Self {
        let reason = format!("the mail server did not answer in time, at {stage}");
        Self { is_certain: stage != Stage::Content, ..Self::new(&reason, Verdict::Later) }
    }

    /// This mail cannot be sent, whatever the server says.
    pub(super) fn of_mail(why: &str) -> Self {
        Self::new(why, Verdict::Mail)
    }

    /// Something here did not work, and the mail was certainly not handed over.
    pub(super) fn ours(why: &str) -> Self {
        Self::new(why, Verdict::Later)
    }
}

impl Carrier {
    /// The carrier of the settings.
    ///
    /// # Errors
    /// The setting that is wrong, without its password.
    pub fn new(settings: &settings::Mail) -> anyhow::Result<Self> {
        let from = settings.sender()?;
        let way = match settings.relay()? {
            Some(relay) => {
                let patience = Duration::from_secs(settings.timeout_seconds);
                Way::Smtp(Box::new(Smtp::new(relay, from.email.domain(), patience).context("mail.smtp_url")?))
            }
            None => Way::Folder(Folder(settings.outbox.clone())),
        };
        Ok(Self { from, way })
    }

    /// Has `letter` taken. `hand_over` is called right before its content is handed over. Returns what was said to it.
    pub(super) async fn carry<F>(&self, letter: &Letter, hand_over: impl Fn() -> F) -> Result<String, Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let message = message::build(&self.from, letter).map_err(|error| Failure::of_mail(&format!("{error:#}")))?;
        let content = message.formatted();
        match &self.way {
            Way::Smtp(smtp) => smtp.carry(&message, &content, hand_over).await,
            Way::Folder(folder) => {
                hand_over().await?;
                // What cannot be finished is not there: that is certain.
                folder.write(&letter.name, &content).await.map_err(|error| Failure::ours(&format!("{error:#}")))?;
                Ok("written into the folder of mails".to_owned())
            }
        }
    }

    /// Sends one mail at once, of which nothing is kept, to try the way out. Returns a sentence that says what was said to it.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send_trial(&self, to: &Email, now: Millis) -> anyhow::Result<String> {
        let letter = message::trial(to.as_str(), now);
        let said = self.carry(&letter, || async { Ok(()) }).await.map_err(|failure| anyhow::anyhow!(failure.reason))?;
        Ok(match &self.way {
            Way::Smtp(smtp) => format!("{} has taken the mail for {}: {said}", smtp.relay(), to.as_str()),
            Way::Folder(folder) => format!(
                "The mail for {} is in {}. mail.smtp_url is not set: no mail leaves this machine unless a program of yours takes it on from there.",
                to.as_str(),
                folder.path().display()
            ),
        })
    }
}
