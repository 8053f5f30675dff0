//! Settings of the HTTP server and of mail.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Context as _, ensure};
use lettre::message::Mailbox;
use serde::Deserialize;

use super::mail::relay::Relay;

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The address that people use, without a path; unset: `http://` and the bound address.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Bearer token for figures of the process (`/metrics`) from elsewhere than this machine, and behind a proxy; empty: there is none.
    pub metrics_token: String,
    /// Seconds over which sockets are closed at shutdown.
    pub drain_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self { public_url: String::new(), trusted_proxies: Vec::new(), metrics_token: String::new(), drain_seconds: 5 }
    }
}

impl Server {
    /// The address that people use: `public_url`, else `http://` and the bound address.
    pub fn url(&self, bound: SocketAddr) -> String {
        if self.public_url.is_empty() { format!("http://{bound}") } else { self.public_url.clone() }
    }

    /// True if the site is served over TLS, so that cookies are Secure.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// True if `public_url` is unset, or names this machine only.
    pub(crate) fn is_loopback(&self) -> bool {
        let url = &self.public_url;
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        let host = if host.starts_with('[') {
            host.split_once(']').map_or(host, |(host, _)| host).trim_start_matches('[')
        } else {
            host.split(':').next().unwrap_or(host)
        };
        url.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// True if neither the address that people use nor the one that is listened on is another machine's to reach. Demo mode, seeds, the
    /// simulated gateway and tests ask this.
    pub fn is_only_here(&self, bound: SocketAddr) -> bool {
        self.is_loopback() && bound.ip().is_loopback()
    }
}

/// `[security]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Security {
    /// The file with the key under which secrets are sealed in the database, relative to the settings file; empty: beside the database.
    pub key_file: PathBuf,
}

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The mail server, as `smtps://name:password@host`; empty: mails are written to the folder.
    pub smtp_url: Concealed,
    /// The folder that mails are written to, relative to the settings file.
    pub outbox: PathBuf,
    /// The sender's address.
    pub from: String,
    /// Seconds that one conversation with the mail server may take.
    pub timeout_seconds: u64,
}

/// A text with a password in it, which is shown nowhere.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Concealed(String);

impl Concealed {
    /// The text itself, for whoever it is meant for.
    pub fn text(&self) -> &str {
        self.0.trim()
    }
}

impl fmt::Debug for Concealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "unset" } else { "set" })
    }
}

impl Default for Mail {
    fn default() -> Self {
        let from = "Plenum <no-reply@plenum.example>".to_owned();
        Self { smtp_url: Concealed::default(), outbox: "data/outbox".into(), from, timeout_seconds: 30 }
    }
}

impl Mail {
    /// True if mails are sent to a mail server.
    pub fn is_sent(&self) -> bool {
        !self.smtp_url.0.is_empty()
    }

    /// The mail server, if there is one.
    ///
    /// # Errors
    /// What is wrong with `mail.smtp_url`; it is not repeated.
    pub fn relay(&self) -> anyhow::Result<Option<Relay>> {
        self.is_sent().then(|| Relay::parse(self.smtp_url.0.trim()).context("mail.smtp_url is refused")).transpose()
    }

    /// The sender.
    ///
    /// # Errors
    /// If `mail.from` is no sender.
    pub fn sender(&self) -> anyhow::Result<Mailbox> {
        let sender = self.from.parse::<Mailbox>();
        sender.context("mail.from must be an address like Plenum <no-reply@example.org>")
    }

    /// # Errors
    /// The setting that is wrong, and why.
    pub fn check(&self) -> anyhow::Result<()> {
        self.relay()?;
        self.sender()?;
        // A job has 85 seconds, and writes down what has come of it in that time too.
        ensure!((1..=60).contains(&self.timeout_seconds), "mail.timeout_seconds must be 1 to 60");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is for trying Plenum out opens to nobody else: the bound address counts, too.
    #[test]
    fn only_here_needs_both_addresses() {
        let here = |url: &str, bound: &str| Server { public_url: url.into(), ..Server::default() }.is_only_here(bound.parse().unwrap());
        assert!(here("", "127.0.0.1:8080"));
        assert!(here("http://localhost:8080", "[::1]:8080"));
        for (url, bound) in [("http://localhost:8080", "0.0.0.0:8080"), ("", "0.0.0.0:8080"), ("https://plenum.example", "127.0.0.1:8080")]
        {
            assert!(!here(url, bound), "{url} {bound}");
        }
    }

    #[test]
    fn loopback_is_recognised() {
        let at = |url: &str| Server { public_url: url.into(), ..Server::default() };
        for url in ["", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(at(url).is_loopback(), "{url}");
        }
        for url in ["https://plenum.example", "http://127.0.0.1.example", "http://localhost.example:1"] {
            assert!(!at(url).is_loopback(), "{url}");
        }
    }
}
