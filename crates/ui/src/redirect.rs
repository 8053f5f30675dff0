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

/// The path of a page with its query, which may begin with a question mark or not.
pub fn with_query(path: &str, search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => path.to_owned(),
        search => format!("{path}?{search}"),
    }
}

/// The sign-in page that leads back to `from` (a path with its query).
pub fn sign_in_path(from: &str) -> String {
    with_next("/sign-in", Some(from))
}

/// The page of visitors at `path`, which may have a query, from which one is led on to `next` once one is signed in.
pub fn with_next(path: &str, next: Option<&str>) -> String {
    match next.and_then(own_path) {
        Some(next) if next != "/" && !next.starts_with("/sign-in") => {
            let mark = if path.contains('?') { '&' } else { '?' };
            format!("{path}{mark}next={}", encoded(next))
        }
        _ => path.to_owned(),
    }
}

/// Where `?next=` leads, as a header can say it: `/` if it is missing or leads anywhere else than to this site.
pub fn after_sign_in(next: Option<&str>) -> String {
    let path = next.and_then(own_path).unwrap_or("/");
    path.chars().map(|c| if c.is_ascii_graphic() { c.to_string() } else { encoded(&c.to_string()) }).collect()
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
    fn a_page_has_its_query() {
        let of = |search| with_query("/messages/search", search);
        assert_eq!(
            [of("q=a"), of("?q=a"), of(""), of("?")],
            ["/messages/search?q=a", "/messages/search?q=a", "/messages/search", "/messages/search"]
        );
    }

    #[test]
    fn one_comes_back_to_what_one_looked_for() {
        let from = "/messages/search?q=winter%20gala&in=a%26b";
        let query = crate::Query::parse(sign_in_path(from).split_once('?').unwrap().1);
        assert_eq!(after_sign_in(query.get_str("next")), from);
        assert_eq!(after_sign_in(Some("/people?q=M\u{fc}ller x")), "/people?q=M%C3%BCller%20x");
        for foreign in [None, Some(""), Some("//evil.example"), Some("/\\evil.example"), Some("/a\r\nSet-Cookie: x"), Some("messages")] {
            assert_eq!(after_sign_in(foreign), "/", "{foreign:?}");
        }
        assert_eq!(with_next("/register", Some("/events/3")), "/register?next=/events/3");
        assert_eq!(with_next("/register", Some("/")), "/register");
        assert_eq!(with_next("/register?invitation=a", Some("/events/3")), "/register?invitation=a&next=/events/3");
    }

    #[test]
    fn the_sign_in_page_knows_the_way_back() {
        assert_eq!(sign_in_path("/messages/4?at=3#m"), "/sign-in?next=/messages/4%3Fat%3D3%23m");
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("//x"), "/sign-in");
        assert_eq!(sign_in_path("/sign-in?next=/a"), "/sign-in");
    }
}
