//! Whose page made a browser send a request: the rules, without a database.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

use super::super::settings::Server;

/// Whose page sent the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginCheck {
    /// One of ours.
    Own,
    /// No `Origin`: a program, or a browser that saw no reason to say.
    Absent,
    /// Another site's, or none that has a name (`null`).
    Foreign(String),
}

/// Compares the `Origin` with `server.public_url`; unset, with `http://` and the `bound` address,
/// where `localhost`, `127.0.0.1` and `[::1]` on its port are equal.
pub(super) fn check(headers: &HeaderMap, server: &Server, bound: SocketAddr) -> OriginCheck {
    let mut origins = headers.get_all(header::ORIGIN).into_iter();
    let Some(origin) = origins.next() else { return OriginCheck::Absent };
    let text = String::from_utf8_lossy(origin.as_bytes()).into_owned();
    let ours = origins.next().is_none() && is_ours(&text, server, bound);
    if ours { OriginCheck::Own } else { OriginCheck::Foreign(text) }
}

fn is_ours(origin: &str, server: &Server, bound: SocketAddr) -> bool {
    let Some(origin) = canonical(origin) else { return false };
    if canonical(&server.url(bound)).as_ref() == Some(&origin) {
        return true;
    }
    let port = bound.port();
    server.public_url.is_empty()
        && origin.0 == "http"
        && origin.2 == port
        && ["localhost", "127.0.0.1", "[::1]"].contains(&origin.1.as_str())
}

/// The host name of `origin` if it has the scheme and port that this server has: the name may be an organisation's.
pub(super) fn host_under(origin: &str, server: &Server, bound: SocketAddr) -> Option<String> {
    let (scheme, host, port) = canonical(origin)?;
    let (own_scheme, _, own_port) = canonical(&server.url(bound))?;
    (scheme == own_scheme && port == own_port).then_some(host)
}

/// May a request without an `Origin` go on?
pub(super) fn allowed_without(fetch_site: Option<&[u8]>, has_sign_in: bool) -> bool {
    match fetch_site {
        Some(site) => site == b"same-origin" || site == b"none",
        None => !has_sign_in,
    }
}

/// Scheme, host in lower case, port.
fn canonical(origin: &str) -> Option<(&'static str, String, u16)> {
    let (scheme, authority) = origin.split_once("://")?;
    let (scheme, usual) = match scheme {
        "http" => ("http", 80),
        "https" => ("https", 443),
        _ => return None,
    };
    let host = without_port(authority);
    let port = match authority.get(host.len()..)? {
        "" => usual,
        port => port.strip_prefix(':')?.parse().ok()?,
    };
    let plain = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
    plain.then(|| (scheme, host.to_lowercase(), port))
}

/// `host` or `[v6]` without `:port`.
pub fn without_port(authority: &str) -> &str {
    let end = if authority.starts_with('[') { authority.find(']').map(|end| end + 1) } else { authority.find(':') };
    end.and_then(|end| authority.get(..end)).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn at(public_url: &str, origin: &str) -> OriginCheck {
        let server = Server { public_url: public_url.to_owned(), ..Server::default() };
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        check(&headers, &server, "127.0.0.1:8080".parse().unwrap())
    }

    #[test]
    fn the_public_address_is_ours_in_any_spelling() {
        for (public_url, origin) in [
            ("https://plenum.example", "https://plenum.example"),
            ("https://Plenum.example:443", "https://plenum.example"),
            ("http://plenum.example:8080", "http://plenum.example:8080"),
            ("", "http://127.0.0.1:8080"),
            ("", "http://localhost:8080"),
            ("", "http://[::1]:8080"),
        ] {
            assert_eq!(at(public_url, origin), OriginCheck::Own, "{public_url} {origin}");
        }
    }

    #[test]
    fn everything_else_is_foreign() {
        for (public_url, origin) in [
            ("https://plenum.example", "http://plenum.example"),
            ("https://plenum.example", "https://plenum.example:8443"),
            ("https://plenum.example", "https://plenum.example.evil.example"),
            ("https://plenum.example", "https://evil.example"),
            ("https://plenum.example", "null"),
            ("https://plenum.example", ""),
            ("https://plenum.example", "http://localhost:8080"),
            ("", "https://localhost:8080"),
            ("", "http://localhost:8081"),
            ("", "http://localhost"),
            ("", "http://localhost.evil.example:8080"),
            ("", "http://localhost:8080@evil.example"),
            ("", "chrome-extension://abc"),
        ] {
            assert_eq!(at(public_url, origin), OriginCheck::Foreign(origin.to_owned()), "{public_url} {origin}");
        }
    }

    #[test]
    fn two_origins_are_none_of_ours() {
        let mut headers = HeaderMap::new();
        for _ in 0..2 {
            headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost:8080"));
        }
        assert!(matches!(check(&headers, &Server::default(), "127.0.0.1:8080".parse().unwrap()), OriginCheck::Foreign(_)));
        assert_eq!(check(&HeaderMap::new(), &Server::default(), "127.0.0.1:8080".parse().unwrap()), OriginCheck::Absent);
    }

    #[test]
    fn without_an_origin_programs_go_on_and_cookies_do_not() {
        assert!(allowed_without(None, false));
        assert!(!allowed_without(None, true));
        for signed_in in [false, true] {
            assert!(allowed_without(Some(b"same-origin"), signed_in) && allowed_without(Some(b"none"), signed_in));
            assert!(!allowed_without(Some(b"cross-site"), signed_in) && !allowed_without(Some(b"same-site"), signed_in));
        }
    }

    #[test]
    fn an_organisations_host_has_the_servers_scheme_and_port() {
        let server = Server { public_url: "https://plenum.example".to_owned(), ..Server::default() };
        let bound = "127.0.0.1:8080".parse().unwrap();
        assert_eq!(host_under("https://College.example", &server, bound), Some("college.example".to_owned()));
        assert_eq!(host_under("http://college.example", &server, bound), None);
        assert_eq!(host_under("https://college.example:8443", &server, bound), None);
    }
}
