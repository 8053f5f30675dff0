//! The response of the page that is being made. The browser has a twin of this module
//! that does nothing.

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Gives the page this status, if it is one.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Makes the response a redirect.
pub fn redirect(path: &str) {
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.set_status(StatusCode::FOUND);
        response.insert_header(header::LOCATION, location);
    }
}

/// The path of the request, with its query.
pub fn address() -> Option<String> {
    Some(use_context::<Parts>()?.uri.path_and_query()?.as_str().to_owned())
}

/// What the request's cookie `name` says.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(header::COOKIE);
    let pairs = cookies.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Has the browser keep a cookie for a year. `value` is a plain word; scripts may read it.
pub fn set_cookie(name: &str, value: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    // Nothing is lost if such a cookie travels in clear: it names a colour, not a person.
    if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}
