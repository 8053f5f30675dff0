//! Settings of the HTTP server and of mail.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use serde::Deserialize;

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The address that people use, without a path; unset: `http://` and the bound address.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Bearer token for `/metrics` from elsewhere than loopback; empty: loopback only.
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

    /// True if only this machine can reach what `public_url` names.
    pub fn is_loopback(&self) -> bool {
        let url = &self.public_url;
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        let host = if host.starts_with('[') {
            host.split_once(']').map_or(host, |(host, _)| host).trim_start_matches('[')
        } else {
            host.split(':').next().unwrap_or(host)
        };
        url.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// True if neither the address that people use nor the one that is listened on is another machine's to reach.
    pub fn is_only_here(&self, bound: SocketAddr) -> bool {
        self.is_loopback() && bound.ip().is_loopback()
    }

    /// True if only this machine can reach what is served at `bound`; where `public_url` is unset, the address decides.
    pub fn serves_only_here(&self, bound: SocketAddr) -> bool {
        self.is_loopback() && (!self.public_url.is_empty() || bound.ip().is_loopback())
    }
}

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The folder that mails are written to, relative to the settings file.
    pub outbox: PathBuf,
    /// The sender's address.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { outbox: "data/outbox".into(), from: "Plenum <no-reply@plenum.example>".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
