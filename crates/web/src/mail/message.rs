//! A mail as RFC 5322 has it, by lettre's builder: the same bytes at each try.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use plenum_core::ids::Millis;
use url::Host;

use super::rows::Letter;

/// The mail of `letter` from `from`.
///
/// # Errors
/// If its address cannot be written to.
pub(super) fn build(from: &Mailbox, letter: &Letter) -> anyhow::Result<Message> {
    let builder = Message::builder()
        .date(UNIX_EPOCH + Duration::from_millis(letter.created_at.max(0).unsigned_abs()))
        .from(from.clone())
        .to(Mailbox::new(None, address(&letter.recipient)?))
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{}@{}>", letter.name, from.email.domain())))
        .raw_header(header("Auto-Submitted", "auto-generated"));
    let builder = match &letter.unsubscribe {
        None => builder,
        Some(address) => {
            builder.raw_header(link("List-Unsubscribe", address)).raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        }
    };
    let text = SinglePart::plain(letter.text.clone());
    let message = match &letter.html {
        None => builder.singlepart(text),
        Some(html) => {
            // No line of encoded text holds this: there `=` comes before two digits or the line's end.
            let parts = MultiPart::alternative().boundary(format!("=_{}", letter.name));
            builder.multipart(parts.singlepart(text).singlepart(SinglePart::html(html.clone())))
        }
    };
    message.context("the mail cannot be put together")
}

/// A mail of which nothing is kept, to try the way out.
pub(super) fn trial(to: &str, now: Millis) -> Letter {
    Letter {
        name: format!("test-{now}-{:016x}", rand::random::<u64>()),
        recipient: to.to_owned(),
        subject: "Plenum can send mail".to_owned(),
        text: "This is the mail that plenum mail test sends. That it has come shows that mail leaves the server.\n".to_owned(),
        html: None,
        unsubscribe: None,
        attempts: 1,
        created_at: now,
    }
}

/// An address with its domain in ASCII.
fn address(text: &str) -> anyhow::Result<Address> {
    let (local, domain) = text.rsplit_once('@').context("it is no e-mail address")?;
    let domain = if domain.is_ascii() { domain.to_owned() } else { Host::parse(domain).context("its domain is none")?.to_string() };
    Address::new(local, domain).context("it is no e-mail address")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A header that holds an address of a page, in one line: programs that look for it do not unfold.
fn link(name: &'static str, address: &str) -> HeaderValue {
    let value = format!("<{}>", one_line(address));
    if value.is_ascii() {
        HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
    } else {
        header(name, &value)
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(subject: &str, text: &str) -> Letter {
        Letter {
            name: "invitation-7".into(),
            recipient: "ines@plenum.example".into(),
            subject: subject.into(),
            text: text.into(),
            html: None,
            unsubscribe: None,
            attempts: 1,
            created_at: 1_795_102_860_000,
        }
    }

    fn written(letter: &Letter) -> String {
        let from = "Plénum <no-reply@plenum.example>".parse().unwrap();
        String::from_utf8(build(&from, letter).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_mail_has_its_headers_and_its_text() {
        let mail = written(&letter("Set a new password", "Hello\nInes"));
        for header in [
            "Date: Thu, 19 Nov 2026 15:41:00 +0000\r\n",
            "To: ines@plenum.example\r\n",
            "Subject: Set a new password\r\n",
            "Message-ID: <invitation-7@plenum.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
        ] {
            assert!(mail.contains(header), "{header}{mail}");
        }
        assert!(mail.ends_with("\r\n\r\nHello\r\nInes\r\n"), "{mail}");
        assert!(mail.is_ascii() && mail.contains("<no-reply@plenum.example>"), "{mail}");
    }

    /// Whatever stands in a value, the headers are ours and the body is one.
    #[test]
    fn no_value_adds_a_header() {
        let plain = written(&letter("Hi", "text")).split_once("\r\n\r\n").unwrap().0.lines().count();
        for evil in ["Hi\r\nBcc: eve@example.org", "Hi\nBcc: eve@example.org", "Hi\r\n\r\nBcc: eve"] {
            let mail = written(&Letter { unsubscribe: None, ..letter(evil, "text") });
            let (headers, body) = mail.split_once("\r\n\r\n").unwrap();
            assert!(headers.lines().all(|line| !line.starts_with("Bcc")), "{mail}");
            assert_eq!((headers.lines().count(), body), (plain, "text\r\n"), "{mail}");
            let mail = written(&Letter { unsubscribe: Some(format!("https://a.example/{evil}")), ..letter("Hi", "text") });
            assert!(mail.split_once("\r\n\r\n").unwrap().0.lines().all(|line| !line.starts_with("Bcc")), "{mail}");
        }
    }

    #[test]
    fn a_mail_in_two_forms_says_how_it_stops() {
        let address = "https://plenum.example/unsubscribe?token=1.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let two = Letter { html: Some("<p>Hello</p>".into()), unsubscribe: Some(address.into()), ..letter("News", "Hello Lena Kovač") };
        let mail = written(&two);
        let (headers, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(headers.contains(&format!("List-Unsubscribe: <{address}>")), "{headers}");
        assert!(headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{headers}");
        assert!(headers.contains("multipart/alternative") && headers.contains("=_invitation-7"), "{headers}");
        assert!(body.contains("Kova=C4=8D") && body.find("text/plain") < body.find("text/html"), "the best one comes last: {body}");
        assert_eq!(mail, written(&two), "the same at each try");
    }

    #[test]
    fn other_scripts_are_encoded() {
        let name = "Lena Kovač hat Sie in das Institut für lebendige Sprachen in Žďár nad Sázavou eingeladen";
        let mail = written(&letter(name, &"ü".repeat(600)));
        assert!(mail.is_ascii() && mail.lines().all(|line| line.len() <= 78), "{mail}");
        let domain = Letter { recipient: "info@schöne-künste.example".into(), ..letter("Hi", "text") };
        assert!(written(&domain).contains("To: info@xn--schne-knste-tfb6f.example"), "{}", written(&domain));
        let from: Mailbox = "a@b.example".parse().unwrap();
        assert!(build(&from, &Letter { recipient: "a..b@c@d".into(), ..letter("Hi", "text") }).is_err());
    }
}
