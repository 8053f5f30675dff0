//! What a server function asks of its request: the state, who is there, and the
//! status of its answer.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    flash::Told,
    security::{self, ClientAddress},
    state::AppState,
};
use plenum_core::error::{AppError, AppResult};
use plenum_core::people::Identity;
use plenum_store::faults;

/// The state of the application.
///
/// # Errors
/// Internal, outside a request.
pub fn state() -> AppResult<AppState> {
    use_context().ok_or_else(AppError::internal)
}

/// Who is signed in, if anyone. The middleware of [`security`] has looked it up.
pub fn visitor() -> Option<Identity> {
    use_context::<Parts>()?.extensions.get::<Identity>().cloned()
}

/// Who is signed in.
///
/// # Errors
/// 401 if nobody is.
pub fn identity() -> AppResult<Identity> {
    visitor().ok_or_else(AppError::signed_out).inspect_err(set_status)
}

/// The host that the request names.
pub fn host() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| security::host(&parts.headers).to_owned())
}

/// The address of the client, as `server.trusted_proxies` lets it be known.
pub fn client_address() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<ClientAddress>().copied())
        .map_or_else(String::new, |address| address.0.to_string())
}

/// Who asks for a command, counted against `limits.commands_per_minute`.
///
/// # Errors
/// 401 if nobody is signed in, 429 with the time to wait if it was too often.
pub fn commander() -> AppResult<(AppState, Identity)> {
    let (state, identity) = (state()?, identity()?);
    state.rates.command(identity.person).inspect_err(set_status)?;
    Ok((state, identity))
}

/// The same for marks (read, delivered, typing), which have a limit of their own.
///
/// # Errors
/// As [`commander`].
pub fn marker() -> AppResult<(AppState, Identity)> {
    let (state, identity) = (state()?, identity()?);
    state.rates.mark(identity.person).inspect_err(set_status)?;
    Ok((state, identity))
}

/// The state, for a command of somebody who need not be signed in: counted by address.
///
/// # Errors
/// 429.
pub fn visitor_command() -> AppResult<AppState> {
    let state = state()?;
    let address = use_context::<Parts>().and_then(|parts| parts.extensions.get::<ClientAddress>().copied());
    let address = address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.0);
    state.rates.command_from_address(address).inspect_err(set_status)?;
    Ok(state)
}

/// Who asks a question; not counted.
///
/// # Errors
/// 401 if nobody is signed in.
pub fn asker() -> AppResult<(AppState, Identity)> {
    Ok((state()?, identity()?))
}

/// Runs a server function's body in a task of its own, so that a client which goes away
/// does not stop it, and gives an error the status that its kind has.
///
/// # Errors
/// What the body returned.
pub async fn answer<T: Send + 'static>(body: impl Future<Output = AppResult<T>> + Send + 'static) -> AppResult<T> {
    let outcome = tokio::spawn(body).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a server function panicked");
        Err(faults::because("a server function panicked"))
    });
    let outcome = outcome.map_err(faults::with_reference);
    if let Err(error) = &outcome {
        set_status(error);
    }
    outcome
}

/// A command of the person who asks; then a page without scripts goes to `done`.
///
/// # Errors
/// 401, 429, and those of `command`.
pub async fn command<T, F>(done: &str, command: impl FnOnce(AppState, Identity) -> F + Send + 'static) -> AppResult<T>
where
    T: Send + 'static,
    F: Future<Output = AppResult<T>> + Send,
{
    let asked = commander();
    let outcome = answer(async move {
        let (state, who) = asked?;
        command(state, who).await
    });
    let outcome = outcome.await?;
    show_done(done);
    Ok(outcome)
}

/// A command whose answer is told once: with scripts it is the answer, which no cache keeps; a page without them finds it as
/// `what` in [`ToldOnce`](crate::flash::ToldOnce) when it goes to `done`.
///
/// # Errors
/// As [`command`].
pub async fn command_told_once<T, F>(
    done: &str,
    what: &'static str,
    command: impl FnOnce(AppState, Identity) -> F + Send + 'static,
) -> AppResult<T>
where
    T: Serialize + Send + 'static,
    F: Future<Output = AppResult<T>> + Send,
{
    let plain = is_plain_form();
    let told = self::command(done, move |state, who| async move {
        let (waiting, sign_in) = (Arc::clone(&state.told), who.sign_in);
        let told = command(state, who).await?;
        if plain {
            waiting.keep(sign_in, what, &told);
        }
        Ok(told)
    });
    let told = told.await?;
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(told)
}

/// What this page tells, once, if it is `what`.
pub fn told_once<T: DeserializeOwned>(what: &str) -> Option<T> {
    use_context::<Parts>()?.extensions.get::<Told>()?.get(what)
}

/// Sets the response's status for `error`, unless a page without scripts posted the form: it
/// is redirected back, and shows the error there. And lets the error be counted.
pub fn set_status(error: &AppError) {
    if let Some(slot) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<faults::Slot>().cloned()) {
        slot.put(error, visitor().map(|who| who.organisation));
    }
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if is_plain_form() {
        return;
    }
    response.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    if let Some(seconds) = error.retry_after {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Sends a page without scripts to `path`, where it says what was done; with scripts the page stays.
pub fn show_done(path: &str) {
    if is_plain_form() {
        leptos_axum::redirect(path);
    }
}

/// True if the request comes from a form of a page without scripts.
fn is_plain_form() -> bool {
    let accept = use_context::<Parts>().and_then(|parts| parts.headers.get(header::ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}
