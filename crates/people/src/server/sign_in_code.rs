//! Between password and code: a sign-in that is none yet.
//!
//! Whoever has a second factor and gave the right password gets a sealed cookie for five minutes, which says whose code is awaited and nothing
//! else. It is no session: no request takes an identity from it, and only [`finish`] reads it. There is no row of it, so that nothing is left
//! of sign-ins that nobody finishes. A password that is changed meanwhile makes it worthless.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    joining::{Browser, Given, let_in},
    second_factor,
};
use crate::words::second_factor as words;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, PersonId},
};
use plenum_store::{
    db, faults,
    sealing::{Sealing, SealingKey},
};
use plenum_web::{settings::Server, sign_ins, state::AppState};

/// How long the code may take.
const WAITS: Millis = 300_000;
/// What the cookie is sealed for.
const PURPOSE: &str = "sign-in that waits for its code";

fn cookie_name(server: &Server) -> &'static str {
    if server.is_secure() { "__Host-plenum_code" } else { "plenum_code" }
}

/// The value of a browser's cookie, which waits for the code.
pub struct PendingSignIn(String);

#[derive(Serialize, Deserialize)]
struct Pending {
    person: PersonId,
    /// Of the password's hash, so that a changed password ends it.
    fits: Vec<u8>,
    until: Millis,
}

impl PendingSignIn {
    /// The header that has the browser keep it.
    pub fn set_cookie(&self, server: &Server) -> String {
        cookie(server, &self.0, WAITS / 1000)
    }
}

/// The header that has the browser forget it.
pub fn remove_cookie(server: &Server) -> String {
    cookie(server, "", 0)
}

fn cookie(server: &Server, value: &str, seconds: Millis) -> String {
    let secure = if server.is_secure() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", cookie_name(server))
}

/// What the request's cookie holds.
pub fn held(state: &AppState, headers: &HeaderMap) -> Option<PendingSignIn> {
    sign_ins::cookie(headers, cookie_name(&state.server)).map(|value| PendingSignIn(value.to_owned()))
}

/// Waits for the code of `person`, whose password was found to fit `hash`.
pub(super) fn begin(state: &AppState, person: PersonId, hash: &str) -> AppResult<PendingSignIn> {
    let pending = Pending { person, fits: fingerprint(hash), until: db::now() + WAITS };
    let text = serde_json::to_vec(&pending).map_err(|error| faults::because(&format!("a pending sign-in: {error}")))?;
    Ok(PendingSignIn(URL_SAFE_NO_PAD.encode(state.store.part::<Sealing>().key()?.seal_with_id(PURPOSE, &text)?)))
}

fn fingerprint(hash: &str) -> Vec<u8> {
    Sha256::digest(hash).to_vec()
}

fn opened(key: &SealingKey, held: Option<&PendingSignIn>, now: Millis) -> Option<Pending> {
    let sealed = URL_SAFE_NO_PAD.decode(&held?.0).ok()?;
    let pending: Pending = serde_json::from_slice(&key.open_with_id(PURPOSE, &sealed)?).ok()?;
    (now < pending.until).then_some(pending)
}

/// True if a code is awaited from the browser that holds this.
///
/// # Errors
/// Internal, without a key.
pub fn is_pending(state: &AppState, held: Option<&PendingSignIn>) -> AppResult<bool> {
    Ok(opened(state.store.part::<Sealing>().key()?, held, db::now()).is_some())
}

/// Signs the browser in with the code of the person whose password it has given.
///
/// # Errors
/// 401 if it has given none, or more than five minutes ago, or the password was changed since; 422 `code`; 429 after failures.
pub async fn finish(state: &AppState, held: Option<PendingSignIn>, code: String, browser: Browser) -> AppResult<()> {
    let over = || AppError::unauthorised(words::SIGN_IN_AGAIN);
    let pending = opened(state.store.part::<Sealing>().key()?, held.as_ref(), db::now()).ok_or_else(over)?;
    let person = pending.person;
    let hash: Option<String> = sqlx::query_scalar("select password_hash from people where id = $1")
        .bind(person)
        .fetch_optional(&mut *state.store.look().await?)
        .await?;
    let hash = hash.filter(|hash| fingerprint(hash) == pending.fits).ok_or_else(over)?;
    second_factor::ask_at(state, person, browser.address, code).await?;
    let_in(person, hash, browser, Given::Code).await
}
