//! Mail. [`Mailer`] is what the rest of Plenum knows; the built-in [`Outbox`] writes
//! each mail as an `.eml` file into a folder, from where an administrator's program
//! (or a person) takes it on.

use std::path::PathBuf;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use tokio::io::AsyncWriteExt as _;

use super::db;
use crate::{features::people::model::Email, ids::Millis};

/// A mail to one address.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom to.
    pub to: Email,
    /// What it is about, one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Sends one mail, or hands it to what will.
    fn send(&self, mail: Mail) -> BoxFuture<'_, anyhow::Result<()>>;
}

/// Writes mails to files.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
    from: String,
}

impl Outbox {
    /// An outbox in `folder` (created when the first mail is written) with `from` as the sender.
    pub fn new(folder: impl Into<PathBuf>, from: impl Into<String>) -> Self {
        Self { folder: folder.into(), from: from.into() }
    }
}

impl Mailer for Outbox {
    fn send(&self, mail: Mail) -> BoxFuture<'_, anyhow::Result<()>> {
        Box::pin(async move {
            let now = db::now();
            let id = format!("{now}-{:016x}", rand::random::<u64>());
            let text = message(&self.from, &mail, &id, now);
            tokio::fs::create_dir_all(&self.folder).await.with_context(|| format!("cannot create the outbox {}", self.folder.display()))?;
            // Whole or not at all: nobody who watches the folder sees half a mail.
            let (unfinished, finished) = (self.folder.join(format!(".{id}.part")), self.folder.join(format!("{id}.eml")));
            let mut options = tokio::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            options.mode(0o600); // it may hold a link that resets a password
            let mut file =
                options.open(&unfinished).await.with_context(|| format!("cannot write to the outbox {}", self.folder.display()))?;
            file.write_all(text.as_bytes()).await?;
            file.flush().await?;
            drop(file);
            tokio::fs::rename(&unfinished, &finished).await.context("cannot finish a mail in the outbox")?;
            Ok(())
        })
    }
}

/// The mail as RFC 5322 text. No value can add a header: control characters become spaces.
fn message(from: &str, mail: &Mail, id: &str, now: Millis) -> String {
    let from = one_line(from);
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
    let headers = [
        format!("Date: {}", date(now)),
        format!("From: {from}"),
        format!("To: <{}>", one_line(mail.to.as_str())),
        format!("Subject: {}", encoded(&one_line(&mail.subject))),
        format!("Message-ID: <{id}@{domain}>"),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 8bit".to_owned(),
        "Auto-Submitted: auto-generated".to_owned(),
    ];
    let text = mail.text.lines().collect::<Vec<_>>().join("\r\n");
    format!("{}\r\n\r\n{text}\r\n", headers.join("\r\n"))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A header's text: as it is if it is ASCII, else as encoded words of at most 75 characters (RFC 2047).
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        if words.last().is_some_and(|word| word.len() + c.len_utf8() > 42) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect::<Vec<_>>().join("\r\n ")
}

/// `Thu, 19 Nov 2026 15:41:00 +0000`
fn date(at: Millis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let short = |word: &str| word.get(..3).unwrap_or_default().to_owned();
    format!(
        "{}, {} {} {} {:02}:{:02}:{:02} +0000",
        short(&weekday),
        at.day(),
        short(&month),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, text: &str) -> Mail {
        Mail { to: Email::parse("ines@plenum.example").unwrap(), subject: subject.into(), text: text.into() }
    }

    #[test]
    fn a_mail_has_its_headers_and_its_text() {
        let text = message("Plenum <no-reply@plenum.example>", &mail("Set a new password", "Hello\nInes"), "1-2", 1_795_102_860_000);
        assert!(text.starts_with("Date: Thu, 19 Nov 2026 15:41:00 +0000\r\nFrom: Plenum <no-reply@plenum.example>\r\nTo: <ines@plenum.example>\r\nSubject: Set a new password\r\n"), "{text}");
        assert!(text.contains("\r\nMessage-ID: <1-2@plenum.example>\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nHello\r\nInes\r\n"), "{text}");
    }

    /// Whatever stands in a value, the headers are ours and the body is one.
    #[test]
    fn no_value_adds_a_header() {
        for evil in ["Hi\r\nBcc: eve@example.org", "Hi\nBcc: eve@example.org", "Hi\r\n\r\nBcc: eve"] {
            let text = message(&format!("Plenum{evil} <a@b>"), &mail(evil, "text"), "1-2", 0);
            let (headers, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(headers.lines().all(|line| !line.starts_with("Bcc")), "{text}");
            assert_eq!((headers.lines().count(), body), (9, "text\r\n"));
        }
    }

    #[test]
    fn other_scripts_are_encoded_in_headers() {
        let header = encoded("Lena Kovač hat Sie in das Institut für lebendige Sprachen eingeladen");
        assert!(header.is_ascii() && header.lines().all(|line| line.trim().len() <= 75), "{header}");
        assert_eq!(encoded("plain"), "plain");
    }

    #[tokio::test]
    async fn the_outbox_writes_one_file_a_mail() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(folder.path().join("out"), "Plenum <a@b.example>");
        outbox.send(mail("one", "1")).await.unwrap();
        outbox.send(mail("two", "2")).await.unwrap();
        let names: Vec<_> =
            std::fs::read_dir(folder.path().join("out")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(names.len(), 2);
        assert!(names.iter().all(|name| name.ends_with(".eml")), "{names:?}");
    }
}
