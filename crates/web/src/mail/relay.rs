//! The mail server that `mail.smtp_url` names.
//!
//! `smtps://name:password@host` is TLS from the first byte (port 465), `smtp://…` is STARTTLS (port 587), which is demanded; with
//! `?tls=none` (port 25) nothing is encrypted, and a password is accepted for this machine only. Names and passwords are
//! percent-encoded.

use std::fmt;

use anyhow::{Context as _, bail, ensure};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// How the conversation is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte.
    Tls,
    /// TLS from the command STARTTLS on; without it there is no conversation.
    StartTls,
    /// None.
    Plain,
}

/// A mail server, and who asks it.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the conversation is kept secret.
    pub encryption: Encryption,
    /// Name and password.
    pub credentials: Option<(String, String)>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = if self.credentials.is_some() { "with a password" } else { "without a password" };
        write!(f, "{self} ({:?}, {credentials})", self.encryption)
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Relay {
    /// Reads `mail.smtp_url`. No error repeats it: it holds a password.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let url = Url::parse(text).context("it is no URL like smtps://name:password@mail.example.org")?;
        let mut encryption = match url.scheme() {
            "smtps" => Encryption::Tls,
            "smtp" => Encryption::StartTls,
            _ => bail!("it must begin with smtps:// or smtp://"),
        };
        for (name, value) in url.query_pairs() {
            ensure!(name == "tls", "it has an option that there is not: only tls=none and tls=required are known");
            encryption = match (&*value, encryption) {
                ("none", Encryption::StartTls | Encryption::Plain) => Encryption::Plain,
                ("required", known) => known,
                ("none", Encryption::Tls) => bail!("smtps:// is TLS: write smtp:// for tls=none"),
                _ => bail!("its option tls must be none or required"),
            };
        }
        ensure!(matches!(url.path(), "" | "/") && url.fragment().is_none(), "it has a path: a host and perhaps a port are enough");
        // A scheme that is not of the web leaves the host as it is written.
        let host = match url.host().context("it names no host")? {
            Host::Domain(name) => match Host::parse(name).context("its host is no name of a machine")? {
                Host::Domain(name) => name,
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let usual = match encryption {
            Encryption::Tls => 465,
            Encryption::StartTls => 587,
            Encryption::Plain => 25,
        };
        let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).context("it is not UTF-8");
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) => bail!("it has a password without a name"),
            (_, None) => bail!("it has a name without a password"),
            (name, Some(password)) => Some((decode(name)?, decode(password)?)),
        };
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        ensure!(
            encryption != Encryption::Plain || credentials.is_none() || here,
            "with tls=none the password would go over the network in clear"
        );
        Ok(Self { host, port: url.port().unwrap_or(usual), encryption, credentials })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_server() {
        let relay = |text: &str| {
            let relay = Relay::parse(text).unwrap();
            (relay.host, relay.port, relay.encryption, relay.credentials)
        };
        let person = |password: &str| Some(("plenum@example.org".to_owned(), password.to_owned()));
        assert_eq!(
            relay("smtps://plenum%40example.org:p%2Fa%3Ass@mail.example.org"),
            ("mail.example.org".into(), 465, Encryption::Tls, person("p/a:ss"))
        );
        assert_eq!(relay("smtp://Mail.Example.org/"), ("mail.example.org".into(), 587, Encryption::StartTls, None));
        assert_eq!(relay("smtp://10.0.0.1:2525?tls=required"), ("10.0.0.1".into(), 2525, Encryption::StartTls, None));
        assert_eq!(relay("smtp://mail?tls=none"), ("mail".into(), 25, Encryption::Plain, None));
        assert_eq!(relay("smtp://[::1]:2525?tls=none").0, "::1");
        assert_eq!(relay("smtp://a:b@127.0.0.1?tls=none").3, Some(("a".into(), "b".into())));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (text, says) in [
            ("mail.example.org", "no URL"),
            ("http://mail.example.org", "smtps://"),
            ("smtp://", "host"),
            ("smtps://u:hunter2@mail.example.org/inbox", "path"),
            ("smtps://u:hunter2@mail.example.org?tls=none", "TLS"),
            ("smtp://u:hunter2@mail.example.org?tls=none", "in clear"),
            ("smtp://u:hunter2@mail.example.org?tls=maybe", "tls"),
            ("smtp://u:hunter2@mail.example.org?retries=2", "option"),
            ("smtps://u@mail.example.org", "without a password"),
            ("smtps://:hunter2@mail.example.org", "without a name"),
            ("smtps://u:hunter2@mail.example.org:99999", "no URL"),
        ] {
            let error = format!("{:#}", Relay::parse(text).unwrap_err());
            assert!(error.contains(says) && !error.contains("hunter2"), "{text}: {error}");
        }
        let relay = Relay::parse("smtps://u:hunter2@mail.example.org").unwrap();
        assert_eq!(format!("{relay:?}"), "mail.example.org:465 (Tls, with a password)");
    }
}
