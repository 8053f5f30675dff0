//! What a refusal of a mail server means: plain rules over where in the conversation it came, its code and its words.

use std::fmt;

/// Where in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Connecting, with TLS.
    Connecting,
    /// Name and password.
    SigningIn,
    /// From whom.
    Sender,
    /// To whom.
    Recipient,
    /// The mail itself.
    Content,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "the connection",
            Self::SigningIn => "the sign-in",
            Self::Sender => "the sender",
            Self::Recipient => "the recipient",
            Self::Content => "the mail",
        })
    }
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The address does not take mail: it is not written to again.
    Address,
    /// This mail will never be taken; another may.
    Mail,
    /// To be tried again: the server may be busy, or its operator or ours has something to put right.
    Later,
}

/// What a reply with `code` and `text` means. The text may begin with an enhanced code (RFC 3463).
pub fn verdict(stage: Stage, code: Option<u16>, text: &str) -> Verdict {
    let Some(code) = code.filter(|code| (500..600).contains(code)) else { return Verdict::Later };
    // X.1.7 and X.1.8 are about the sender, X.2.2 is a full mailbox, X.7.* a policy, such as against relaying.
    let enhanced = enhanced(text);
    let of_address = matches!(enhanced, Some((1, detail)) if !matches!(detail, 7 | 8)) || matches!(enhanced, Some((2, 0 | 1)));
    match (stage, enhanced) {
        (Stage::Recipient | Stage::Content, Some(_)) if of_address => Verdict::Address,
        (Stage::Recipient, Some(_)) => Verdict::Later,
        (Stage::Recipient, None) => {
            // Without an enhanced code only the words tell a missing mailbox from a server that does not relay for us.
            let ours = ["relay", "authenticat", "sender", "policy"].iter().any(|word| text.to_ascii_lowercase().contains(word));
            if matches!(code, 521 | 550 | 551 | 553 | 556) && !ours { Verdict::Address } else { Verdict::Later }
        }
        (Stage::Content, _) => Verdict::Mail,
        (Stage::Connecting | Stage::SigningIn | Stage::Sender, _) => Verdict::Later,
    }
}

/// Subject and detail of the enhanced code that a text begins with.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let mut numbers = text.split_whitespace().next()?.split('.');
    let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if class != "5" || numbers.next().is_some() {
        return None;
    }
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_meaning() {
        use Stage::{Connecting, Content, Recipient, Sender, SigningIn};
        for (stage, code, text, meaning) in [
            (Recipient, Some(550), "5.1.1 no such user", Verdict::Address),
            (Recipient, Some(550), "No such user here", Verdict::Address),
            (Recipient, Some(550), "5.2.1 mailbox disabled", Verdict::Address),
            (Recipient, Some(556), "5.1.10 null MX", Verdict::Address),
            (Content, Some(550), "5.1.1 no such user after all", Verdict::Address),
            (Recipient, Some(550), "relay not permitted", Verdict::Later),
            (Recipient, Some(554), "5.7.1 Relay access denied", Verdict::Later),
            (Recipient, Some(550), "5.1.8 sender's domain not found", Verdict::Later),
            (Recipient, Some(552), "5.2.2 mailbox full", Verdict::Later),
            (Recipient, Some(552), "mailbox full", Verdict::Later),
            (Recipient, Some(530), "authentication required", Verdict::Later),
            (Recipient, Some(450), "4.2.0 greylisted", Verdict::Later),
            (Recipient, Some(450), "5.1.1 a code that contradicts itself", Verdict::Later),
            (Content, Some(554), "5.7.1 spam", Verdict::Mail),
            (Content, Some(552), "5.3.4 too large", Verdict::Mail),
            (Content, Some(451), "4.3.0 later", Verdict::Later),
            (Sender, Some(550), "5.1.1 not you", Verdict::Later),
            (SigningIn, Some(535), "5.7.8 wrong", Verdict::Later),
            (Connecting, Some(554), "no service", Verdict::Later),
            (Content, None, "connection reset", Verdict::Later),
        ] {
            assert_eq!(verdict(stage, code, text), meaning, "{stage:?} {code:?} {text}");
        }
    }
}
