//! Who sees the figures of the process: a program on the same machine, or one that brings a token for it.
//!
//! A proxy on the same machine asks from a loopback address, too, and many say nothing of whom they ask for. So where `server.public_url`
//! names another host than this machine, something stands before this server, and being near is no longer enough.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

use super::{host, without_port};
use crate::{settings::Server, state::AppState};
use plenum_live::plenum_auth::{self, AppSecret};

/// Headers with which proxies say for whom they ask.
const FORWARDED: [&str; 5] = ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "via"];

/// True for a program on the same machine, or with `server.metrics_token`, or that can read the database.
pub fn may_see_figures(state: &AppState, peer: SocketAddr, headers: &HeaderMap) -> bool {
    is_near(&state.server, peer, headers) || has_token(&state.server, state.hub.secret(), headers)
}

/// True for a program on the same machine, which asks neither through a proxy nor from a page.
fn is_near(server: &Server, peer: SocketAddr, headers: &HeaderMap) -> bool {
    let told = FORWARDED.iter().any(|name| headers.contains_key(*name));
    let names_itself = |host: &str| {
        let name = without_port(host).trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    server.is_loopback()
        && peer.ip().to_canonical().is_loopback()
        && !told
        && !headers.contains_key(header::ORIGIN)
        && names_itself(host(headers))
}

fn has_token(server: &Server, secret: &AppSecret, headers: &HeaderMap) -> bool {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.is_some_and(|bearer| {
        let set = &server.metrics_token;
        (!set.is_empty() && equal_secrets(bearer, set)) || equal_secrets(bearer, &plenum_auth::figures_token(secret))
    })
}

/// Compares digests, so that the time taken tells nothing of the secret.
fn equal_secrets(given: &str, expected: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(expected)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn near(public_url: &str, peer: &str, pairs: &[(&'static str, &'static str)]) -> bool {
        let server = Server { public_url: public_url.to_owned(), ..Server::default() };
        is_near(&server, peer.parse().unwrap(), &headers(pairs))
    }

    /// B1: that a proxy adds no header proves nothing.
    #[test]
    fn a_silent_proxy_on_the_same_machine_is_not_near() {
        let here = [("host", "127.0.0.1:8080")];
        for (url, peer, host) in [
            ("", "127.0.0.1:40000", "127.0.0.1:8080"),
            ("http://localhost:8080", "[::1]:40000", "localhost:8080"),
            ("", "[::ffff:127.0.0.1]:40000", "[::1]:8080"),
        ] {
            assert!(near(url, peer, &[("host", host)]), "{url} {peer} {host}");
        }
        for pairs in [
            &[("host", "plenum.example")][..],
            &[("host", "localhost.example")],
            &[],
            &[here[0], ("x-forwarded-for", "203.0.113.7")],
            &[here[0], ("x-forwarded-host", "plenum.example")],
            &[here[0], ("via", "1.1 proxy")],
            &[here[0], ("origin", "http://127.0.0.1:8080")],
        ] {
            assert!(!near("", "127.0.0.1:40000", pairs), "{pairs:?}");
        }
        assert!(!near("", "192.0.2.1:40000", &here));
        // As nginx asks unless it is told otherwise: with the address that it was given for a host, and nothing else.
        assert!(!near("https://plenum.example", "127.0.0.1:40000", &here));
    }

    #[test]
    fn a_token_shows_them_to_anyone() {
        let server = Server { metrics_token: "let-me-see".to_owned(), ..Server::default() };
        let secret = AppSecret::new("own".to_owned());
        let with = |server: &Server, token: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
            has_token(server, &secret, &headers)
        };
        assert!(with(&server, "let-me-see") && with(&Server::default(), &plenum_auth::figures_token(&secret)));
        assert!(!with(&server, "let-me") && !with(&Server::default(), "") && !has_token(&server, &secret, &HeaderMap::new()));
    }
}
