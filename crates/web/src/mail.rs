//! Mail. [`Mailer`] is what the rest of Plenum knows; the built-in [`Outbox`] writes
//! each mail as an `.eml` file into a folder, from where an administrator's program
//! (or a person) takes it on.

use std::path::PathBuf;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use tokio::io::AsyncWriteExt as _;

use plenum_core::{ids::Millis, people::Email};
use plenum_store::db;

/// A mail to one address.
#[derive(Debug, Clone)]
pub struct Mail {
    to: Email,
    subject: String,
    text: String,
    html: Option<String>,
    unsubscribe: Option<String>,
    key: Option<String>,
}

impl Mail {
    /// A mail to `to`; `subject` is one line, `text` what it says.
    pub fn new(to: Email, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { to, subject: subject.into(), text: text.into(), html: None, unsubscribe: None, key: None }
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

    /// It is sent once under this name (letters, digits, hyphens), however often it is handed over. It is its Message-ID too, by which
    /// a program that takes it twice knows it.
    #[must_use]
    pub fn once(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }
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
            let id = mail.key.clone().unwrap_or_else(|| format!("{now}-{:016x}", rand::random::<u64>()));
            let text = message(&self.from, &mail, &id, now);
            tokio::fs::create_dir_all(&self.folder).await.with_context(|| format!("cannot create the outbox {}", self.folder.display()))?;
            // Whole or not at all: nobody who watches the folder sees half a mail.
            // A part has a name of its own: what a process that was killed has left stands in nobody's way.
            let part = format!(".{id}-{:08x}.part", rand::random::<u32>());
            let (unfinished, finished) = (self.folder.join(part), self.folder.join(format!("{id}.eml")));
            if mail.key.is_some() && tokio::fs::try_exists(&finished).await? {
                return Ok(());
            }
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
    let mut headers = vec![
        format!("Date: {}", date(now)),
        format!("From: {from}"),
        format!("To: <{}>", one_line(mail.to.as_str())),
        format!("Subject: {}", encoded(&one_line(&mail.subject))),
        format!("Message-ID: <{id}@{domain}>"),
        "MIME-Version: 1.0".to_owned(),
        "Auto-Submitted: auto-generated".to_owned(),
    ];
    if let Some(address) = &mail.unsubscribe {
        headers.push(format!("List-Unsubscribe: <{}>", one_line(address)));
        headers.push("List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned());
    }
    let body = match &mail.html {
        None => {
            headers.push("Content-Type: text/plain; charset=utf-8".to_owned());
            headers.push("Content-Transfer-Encoding: 8bit".to_owned());
            format!("{}\r\n", mail.text.lines().collect::<Vec<_>>().join("\r\n"))
        }
        Some(html) => {
            // No line of quoted-printable text holds this: there `=` comes before two digits or the line's end.
            let boundary = format!("=_{id}");
            headers.push(format!("Content-Type: multipart/alternative; boundary=\"{boundary}\""));
            let part = |kind: &str, text: &str| {
                format!(
                    "--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
                    quoted_printable(text)
                )
            };
            // The best one comes last (RFC 2046).
            format!("{}{}--{boundary}--\r\n", part("text/plain", &mail.text), part("text/html", html))
        }
    };
    format!("{}\r\n\r\n{body}", headers.join("\r\n"))
}

/// A text in ASCII, no line longer than 76 characters (RFC 2045).
fn quoted_printable(text: &str) -> String {
    const LONGEST: usize = 75;
    let mut quoted = String::with_capacity(text.len() * 5 / 4);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            quoted.push_str("\r\n");
        }
        let mut length = 0;
        let last = line.len().saturating_sub(1);
        for (place, byte) in line.bytes().enumerate() {
            // A blank at the end of a line may be lost on the way.
            let plain = byte != b'=' && (byte.is_ascii_graphic() || byte == b' ' && place != last);
            let width = if plain { 1 } else { 3 };
            if length + width > LONGEST {
                quoted.push_str("=\r\n");
                length = 0;
            }
            length += width;
            if plain { quoted.push(char::from(byte)) } else { quoted.push_str(&format!("={byte:02X}")) }
        }
    }
    quoted
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
        Mail::new(Email::parse("ines@plenum.example").unwrap(), subject, text)
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

    #[test]
    fn a_mail_in_two_forms_says_how_it_stops() {
        let address = "https://plenum.example/unsubscribe?token=1.ab\r\nBcc: eve@example.org";
        let text = message("Plenum <a@b>", &mail("News", "Hello Lena Kovač").html("<p>Hello</p>").list(address), "digest-1-2", 0);
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            headers.contains("List-Unsubscribe: <https://plenum.example/unsubscribe?token=1.ab  Bcc: eve@example.org>\r\n"),
            "{headers}"
        );
        assert!(headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{headers}");
        assert!(headers.ends_with("Content-Type: multipart/alternative; boundary=\"=_digest-1-2\""), "{headers}");
        assert_eq!(body.matches("--=_digest-1-2\r\n").count(), 2);
        assert!(
            body.contains("Hello Lena Kova=C4=8D\r\n") && body.contains("<p>Hello</p>") && body.ends_with("--=_digest-1-2--\r\n"),
            "{body}"
        );
    }

    #[test]
    fn lines_are_short_and_read_back() {
        let text = format!("a=b {}\n\nend \n{}", "ü".repeat(60), "x".repeat(200));
        let quoted = quoted_printable(&text);
        assert!(quoted.is_ascii() && quoted.split("\r\n").all(|line| line.len() <= 76), "{quoted}");
        assert!(quoted.starts_with("a=3Db =C3=BC") && quoted.contains("\r\n\r\nend=20\r\n"), "{quoted}");
        let joined = quoted.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.bytes();
        while let Some(byte) = rest.next() {
            let mut digits = || [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(if byte == b'=' { u8::from_str_radix(std::str::from_utf8(&digits()).unwrap(), 16).unwrap() } else { byte });
        }
        assert_eq!(String::from_utf8(bytes).unwrap().replace("\r\n", "\n"), text);
    }

    /// Handed over twice under one name, as after a crash, it is one mail.
    #[tokio::test]
    async fn a_mail_with_a_name_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(folder.path(), "Plenum <a@b.example>");
        for text in ["first", "second"] {
            outbox.send(mail("news", text).once("digest-7-100")).await.unwrap();
        }
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["digest-7-100.eml"]);
        let written = std::fs::read_to_string(folder.path().join("digest-7-100.eml")).unwrap();
        assert!(written.contains("first") && written.contains("Message-ID: <digest-7-100@b.example>"));
    }
}
