//! How the people's commands read their request and answer a page without scripts.

use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::server::joining::Browser;
use plenum_core::error::AppResult;
use plenum_web::{request, sign_ins::device};

/// The browser that asks.
pub(super) fn browser() -> AppResult<Browser> {
    let headers = headers();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Ok(Browser { device: device(agent), address: request::client_address(), host: request::host(), session: request::session()? })
}

/// The headers of the request.
pub(super) fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

/// Has the browser keep or forget a cookie.
pub(super) fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Sends the browser to `path`, with scripts or without; a program gets the path as the answer.
pub(super) fn go_to(path: &str) -> String {
    leptos_axum::redirect(path);
    path.to_owned()
}
