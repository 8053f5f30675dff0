//! Sending somebody to another page: one wrapper for server and browser.

use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{browser, effect, response};

/// Sends whoever is on this page to `path`; called in a component's body.
///
/// On the server it is the response, whatever the client accepts, so that it works
/// without scripts. In the browser the page is replaced without being loaded.
pub fn redirect(path: &str) {
    response::redirect(path);
    let path = path.to_owned();
    let navigate = use_navigate();
    effect(move |_| navigate(&path, NavigateOptions { replace: true, ..NavigateOptions::default() }));
}

/// The sign-in page that leads back to `from` (a path with its query).
pub fn sign_in_path(from: &str) -> String {
    match own_path(from) {
        Some(path) if path != "/" && !path.starts_with("/sign-in") => format!("/sign-in?next={}", encoded(path)),
        _ => "/sign-in".to_owned(),
    }
}

/// `path` if it leads nowhere but to this site: what stands in `?next=` comes from outside.
pub fn own_path(path: &str) -> Option<&str> {
    let mut characters = path.chars();
    let begins = characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
    (begins && !path.chars().any(|c| c.is_control() || c == '\\')).then_some(path)
}

/// `text` as the value of a query's parameter.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Decides how the browser follows a server function's redirect; called once, before the
/// router makes its own choice.
///
/// To or from the pages of visitors the whole page is loaded, because everything on it is
/// somebody's; elsewhere the router goes there.
pub fn follow_redirects(signed_in: bool) {
    browser::follow_redirects(signed_in);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_leads_nowhere_else() {
        assert_eq!(own_path("/messages/4?at=3"), Some("/messages/4?at=3"));
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb", "/a\\b"] {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn the_sign_in_page_knows_the_way_back() {
        assert_eq!(sign_in_path("/messages/4?at=3#m"), "/sign-in?next=/messages/4%3Fat%3D3%23m");
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("//x"), "/sign-in");
        assert_eq!(sign_in_path("/sign-in?next=/a"), "/sign-in");
    }
}
