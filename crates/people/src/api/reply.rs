//! How the people's commands read their request and answer a page without scripts.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::server::joining::Browser;
use plenum_core::error::AppResult;
use plenum_web::{
    request::state,
    security::{self, ClientAddress},
    sign_ins::{self, Secret, device, secret_in},
    state::AppState,
};

fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

/// The host name that was asked.
pub(super) fn host() -> String {
    security::host(&headers()).to_owned()
}

/// The client's address.
pub(super) fn address() -> IpAddr {
    let known = use_context::<Parts>().and_then(|parts| parts.extensions.get::<ClientAddress>().copied());
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.0)
}

/// The browser that asks.
pub(super) fn browser() -> AppResult<Browser> {
    let headers = headers();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Ok(Browser { device: device(agent), address: address(), host: security::host(&headers).to_owned(), former: secret_in(&headers) })
}

/// The state, for a command of somebody who need not be signed in: counted by address.
///
/// # Errors
/// 429.
pub(super) fn visitor_command() -> AppResult<AppState> {
    let state = state()?;
    state.rates.command_from_address(address())?;
    Ok(state)
}

/// Gives the browser its new secret.
pub(super) fn signed_in(secret: &Secret) -> AppResult<()> {
    set_cookie(sign_ins::cookie_of(&state()?.server, secret));
    Ok(())
}

/// Takes the secret from the browser.
pub(super) fn signed_out(state: &AppState) {
    set_cookie(sign_ins::no_cookie(&state.server));
}

/// Adds a cookie to the answer.
pub(super) fn set_cookie(value: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Sends the browser to `path`, with scripts or without; a program gets the path as the answer.
pub(super) fn go_to(path: &str) -> String {
    leptos_axum::redirect(path);
    path.to_owned()
}

/// `next` if it is a path of this site, else `/`.
pub(super) fn local_path(next: Option<&str>) -> &str {
    let is_local =
        |path: &&str| path.starts_with('/') && !path.starts_with("//") && path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    next.filter(is_local).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_never_leaves_the_site() {
        for path in ["/", "/messages/4?at=38", "/a//b"] {
            assert_eq!(local_path(Some(path)), path);
        }
        for path in [
            "",
            "messages",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\u{e9}",
            "/\t/evil.example",
        ] {
            assert_eq!(local_path(Some(path)), "/", "{path:?}");
        }
        assert_eq!(local_path(None), "/");
    }
}
