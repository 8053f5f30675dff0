//! What a request says: the state, who asks and from where; and the status of its answer. How a server function begins is
//! [`server_fn`](crate::server_fn).

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;

use super::{
    once::ShownOnce,
    security::{self, ClientAddress},
    sign_ins::{MustSetUp, Session},
    state::AppState,
};
use plenum_core::error::{AppError, AppResult};
use plenum_core::people::Identity;
use plenum_store::faults;

/// Somebody who need not be signed in.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who they are, if they are signed in.
    pub who: Option<Identity>,
    /// The host that the request names.
    pub host: String,
    /// The address that they ask from.
    pub address: IpAddr,
}

impl Visitor {
    /// Who asks this request.
    pub fn asking() -> Self {
        Self { who: signed_in(), host: host(), address: client_address() }
    }
}

/// Somebody who is signed in, also while they must set up their second factor before anything else.
#[derive(Debug, Clone)]
pub struct Owner(pub Identity);

impl Owner {
    /// Who asks this request.
    ///
    /// # Errors
    /// 401 if nobody is signed in.
    pub fn asking() -> AppResult<Self> {
        let setting_up = || use_context::<Parts>()?.extensions.get::<MustSetUp>().map(|who| who.0.clone());
        signed_in().or_else(setting_up).map(Self).ok_or_else(AppError::signed_out)
    }
}

/// The state of the application.
///
/// # Errors
/// Internal, outside a request.
pub fn state() -> AppResult<AppState> {
    use_context().ok_or_else(AppError::internal)
}

/// Who is signed in.
///
/// # Errors
/// 401 if nobody is.
pub fn identity() -> AppResult<Identity> {
    signed_in().ok_or_else(AppError::signed_out)
}

/// The middleware of [`security`] has looked it up.
fn signed_in() -> Option<Identity> {
    use_context::<Parts>()?.extensions.get::<Identity>().cloned()
}

/// The host that the request names.
pub fn host() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| security::host(&parts.headers).to_owned())
}

/// The address of the client, as `server.trusted_proxies` lets it be known.
pub fn client_address() -> IpAddr {
    let known = use_context::<Parts>().and_then(|parts| parts.extensions.get::<ClientAddress>().copied());
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.0)
}

/// The session of the browser that asks; of a visitor it is empty.
///
/// # Errors
/// Internal, where no layer has put one into the request.
pub fn session() -> AppResult<Session> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Session>().cloned()).ok_or_else(AppError::internal)
}

/// What this page shows, once, if it is `what`.
pub fn told_once<T: DeserializeOwned>(what: &str) -> Option<T> {
    use_context::<Parts>()?.extensions.get::<ShownOnce>()?.get(what)
}

/// Sets the response's status for `error`, unless a page without scripts posted the form: it
/// is redirected back, and shows the error there. And lets the error be counted.
pub fn set_status(error: &AppError) {
    if let Some(slot) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<faults::Slot>().cloned()) {
        slot.put(error, signed_in().map(|who| who.organisation));
    }
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if is_plain_form() {
        return;
    }
    response.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    if let Some(seconds) = error.retry_after {
        response.insert_header(header::RETRY_AFTER, seconds.into());
    }
}

/// True if the request comes from a form of a page without scripts.
pub(crate) fn is_plain_form() -> bool {
    let accept = use_context::<Parts>().and_then(|parts| parts.headers.get(header::ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}
