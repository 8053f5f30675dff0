//! How the people's commands read their request and answer a page without scripts.

use axum::http::{header, request::Parts};
use leptos::prelude::use_context;

use crate::server::joining::Browser;
use plenum_core::error::AppResult;
use plenum_web::{request, sign_ins::device};

/// The browser that asks.
pub(super) fn browser() -> AppResult<Browser> {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Ok(Browser { device: device(agent), address: request::client_address(), host: request::host(), session: request::session()? })
}

/// Sends the browser to `path`, with scripts or without; a program gets the path as the answer.
pub(super) fn go_to(path: &str) -> String {
    leptos_axum::redirect(path);
    path.to_owned()
}
