//! The sign-in's cookie: its name, and what is mended around the layer of the sessions.
//!
//! - The layer decodes the names of cookies, and trims whatever Unicode calls blank. A page of a sibling domain could so set a cookie whose
//!   name browsers do not take for one with the prefix `__Host-`, and the layer does. It finds the one with this very name only.
//! - The layer sets the cookie at each save. It is sent when it is new: the late answer to an old request puts no ended sign-in in the place
//!   of a new one.
//! - The layer removes the cookie without `Secure`. Browsers refuse that for a name with the prefix.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use cookie::Cookie;

use super::SessionId;
use crate::{settings::Server, state::AppState};

/// The name of the cookie that holds a sign-in's id. Where the site is https it has the prefix with which browsers take it from this
/// very host only: no page of a sibling domain can sign its visitors in as somebody else.
pub fn cookie_name(server: &Server) -> &'static str {
    if server.is_secure() { "__Host-plenum_sign_in" } else { "plenum_sign_in" }
}

/// The value of the request's cookie called `name`.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The id in the request's cookie, where no layer has read it.
pub(super) fn id_in(server: &Server, headers: &HeaderMap) -> Option<SessionId> {
    cookie(headers, cookie_name(server))?.parse().ok()
}

/// Middleware around the layer of the sessions.
pub async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let name = cookie_name(&state.server);
    leave_one(name, request.headers_mut());
    let held = cookie(request.headers(), name).map(str::to_owned);
    let mut response = next.run(request).await;
    mend(&state.server, held.as_deref(), response.headers_mut());
    response
}

/// Leaves at most one cookie in `headers` that the layer takes for `name`: the one that [`cookie()`] finds.
fn leave_one(name: &str, headers: &mut HeaderMap) {
    let values = headers.get_all(header::COOKIE).into_iter().map(HeaderValue::as_bytes);
    let pairs: Vec<&[u8]> = values.flat_map(|value| value.split(|byte| *byte == b';')).collect();
    let mut found = false;
    let stays = |pair: &&[u8]| {
        let Ok(text) = str::from_utf8(pair) else { return false };
        let (Ok(layers), true) = (Cookie::parse_encoded(text), text.is_ascii()) else { return false };
        if layers.name() != name {
            return true;
        }
        let exact = text.trim().split_once('=').is_some_and(|(key, _)| key == name);
        exact && !std::mem::replace(&mut found, true)
    };
    let kept: Vec<&[u8]> = pairs.iter().copied().filter(stays).collect();
    if kept.len() == pairs.len() {
        return;
    }
    let kept = HeaderValue::from_bytes(&kept.join(&b';'));
    headers.remove(header::COOKIE);
    if let Ok(kept) = kept {
        headers.insert(header::COOKIE, kept);
    }
}

/// Drops what the browser holds already from the answer's `headers`, and completes the removal. `held` is what it sent.
fn mend(server: &Server, held: Option<&str>, headers: &mut HeaderMap) {
    let prefix = format!("{}=", cookie_name(server));
    let value_of = |header: &HeaderValue| {
        let text = header.to_str().ok()?.strip_prefix(&prefix)?;
        text.split(';').next().map(str::to_owned)
    };
    let set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).into_iter().cloned().collect();
    if set.iter().all(|header| value_of(header).is_none()) {
        return;
    }
    headers.remove(header::SET_COOKIE);
    for header in set {
        match value_of(&header) {
            Some(value) if value.is_empty() => {
                headers.append(header::SET_COOKIE, removal(server));
            }
            Some(value) if Some(value.as_str()) == held => {}
            _ => {
                headers.append(header::SET_COOKIE, header);
            }
        }
    }
}

fn removal(server: &Server) -> HeaderValue {
    HeaderValue::from_static(if server.is_secure() {
        "__Host-plenum_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    } else {
        "plenum_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).unwrap())).collect()
    }

    fn secure() -> Server {
        Server { public_url: "https://plenum.example".to_owned(), ..Server::default() }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&["theme=dark; xplenum_sign_in=no", "a=b;plenum_sign_in=yes; plenum_sign_in=second"]);
        assert_eq!(cookie(&headers, cookie_name(&Server::default())), Some("yes"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "plenum"), None);
    }

    /// What browsers do not take for the cookie with the prefix the layer does not see at all.
    #[test]
    fn no_other_name_is_taken_for_the_cookie() {
        let name = cookie_name(&secure());
        let left = |cookies: &[&str]| {
            let mut headers = headers(cookies);
            leave_one(name, &mut headers);
            headers.get_all(header::COOKIE).into_iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let untouched = ["theme=dark; __Host-plenum_sign_in=mine", "a=%20b; c"];
        assert_eq!(left(&untouched[..1]), untouched[..1]);
        for forged in [
            "%5F%5FHost-plenum_sign_in=theirs",
            "__Host-plenum%5fsign_in=theirs",
            "\u{2000}__Host-plenum_sign_in=theirs",
            "__Host-plenum_sign_in =theirs",
            "__Host-plenum_sign_in=later",
        ] {
            assert_eq!(left(&["theme=dark;__Host-plenum_sign_in=mine", forged]), ["theme=dark;__Host-plenum_sign_in=mine"], "{forged}");
        }
        assert_eq!(left(&["%5F%5FHost-plenum_sign_in=theirs"]), [""]);
        assert_eq!(left(&["plenum_sign_in=theirs"]), ["plenum_sign_in=theirs"], "a name that nobody asks for");
    }

    #[test]
    fn the_cookie_is_sent_when_it_is_new() {
        let answer = |held: Option<&str>, set: &[&'static str]| {
            let mut headers: HeaderMap = set.iter().map(|value| (header::SET_COOKIE, HeaderValue::from_static(value))).collect();
            mend(&Server::default(), held, &mut headers);
            headers.get_all(header::SET_COOKIE).into_iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let set = ["theme=dark; Path=/", "plenum_sign_in=same; HttpOnly"];
        assert_eq!(answer(None, &set), set);
        assert_eq!(answer(Some("other"), &set), set);
        assert_eq!(answer(Some("same"), &set), ["theme=dark; Path=/"]);
        assert_eq!(
            answer(Some("same"), &["plenum_sign_in=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]),
            ["plenum_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]
        );
    }

    /// A browser takes a removal only with what it took the cookie with.
    #[test]
    fn the_removal_has_its_prefix_secure() {
        for server in [Server::default(), secure()] {
            let text = removal(&server).to_str().unwrap().to_owned();
            assert!(text.starts_with(&format!("{}=; Path=/;", cookie_name(&server))), "{text}");
            assert_eq!(text.ends_with("; Secure"), server.is_secure(), "{text}");
        }
    }
}
