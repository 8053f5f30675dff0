//! The second factor: one's own, the code at signing in, and what admins demand and reset.
//!
//! One's own is asked for as an *owner*: whoever must set it up before anything else is known here and nowhere else.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::second_factor::{OwnFactor, Requirement};
use plenum_core::{codec::Json, error::AppError, ids::PersonId, people::Role};
#[cfg(feature = "ssr")]
use {
    super::reply,
    crate::server::{passwords, second_factor as server, second_factor::required, sign_in_code},
    plenum_core::people::Identity,
    plenum_store::db::{Conn, Tx},
    plenum_ui::redirect::after_sign_in,
    plenum_web::{
        request::{self, client_address, told_once},
        server_fn::{command, command_with_state, owner_command, owner_query, query, visitor_command, visitor_query},
    },
};

/// The name under which recovery codes wait for a page without scripts.
#[cfg(feature = "ssr")]
const RECOVERY_CODES: &str = "recovery codes";

/// How one's own stands.
///
/// # Errors
/// 401.
#[server(name = OwnSecondFactor, prefix = "/fn", endpoint = "people/second_factor", input = GetUrl, output = Json)]
pub async fn own() -> Result<OwnFactor, AppError> {
    let made = told_once(RECOVERY_CODES);
    owner_query(async move |state, who| server::own(&state, &who, made).await).await
}

/// Begins to set one's own up; `current` is one's password.
///
/// # Errors
/// 401; 409 if it is on; 422 for `current`; 429.
#[server(name = BeginSecondFactor, prefix = "/fn", endpoint = "people/begin_second_factor", output = Json)]
pub async fn begin(#[server(default)] current: String) -> Result<(), AppError> {
    let address = client_address();
    owner_command(async move |state, who| server::begin(&state, who, address, current).await)
        .done("/settings?done=factor-begun#second-factor")
        .await
}

/// Turns it on with the first code of the app. The answer is the recovery codes, which are shown now and never again.
///
/// # Errors
/// 401; 409 if it is on, or was begun too long ago; 422 for `code`; 429.
#[server(name = ConfirmSecondFactor, prefix = "/fn", endpoint = "people/confirm_second_factor", output = Json)]
pub async fn confirm(#[server(default)] code: String) -> Result<Vec<String>, AppError> {
    owner_command(async move |state, who| server::confirm(&state, who, code).await)
        .done("/settings?done=recovery-codes#second-factor")
        .shown_once(RECOVERY_CODES)
        .await
}

/// Makes new recovery codes, which are shown now and never again; those before work no more.
///
/// # Errors
/// 401; 409 if it is off; 422 for `current` or `code`; 429.
#[server(name = RenewRecoveryCodes, prefix = "/fn", endpoint = "people/renew_recovery_codes", output = Json)]
pub async fn renew_codes(#[server(default)] current: String, #[server(default)] code: String) -> Result<Vec<String>, AppError> {
    let address = client_address();
    command_with_state(async move |state, who| server::renew_codes(&state, who, address, current, code).await)
        .done("/settings?done=recovery-codes#second-factor")
        .shown_once(RECOVERY_CODES)
        .await
}

/// Turns one's own off.
///
/// # Errors
/// 401; 409 if a role needs it, or it is off; 422 for `current` or `code`; 429.
#[server(name = TurnSecondFactorOff, prefix = "/fn", endpoint = "people/turn_second_factor_off", output = Json)]
pub async fn turn_off(#[server(default)] current: String, #[server(default)] code: String) -> Result<(), AppError> {
    let address = client_address();
    command_with_state(async move |state, who| server::turn_off(&state, who, address, current, code).await)
        .done("/settings?done=factor-off#second-factor")
        .await
}

/// True if this browser has given a password and its code is awaited.
#[server(prefix = "/fn", endpoint = "people/code_awaited", input = GetUrl, output = Json)]
pub async fn code_awaited() -> Result<bool, AppError> {
    let headers = reply::headers();
    visitor_query(async move |state, _| sign_in_code::is_pending(&state, sign_in_code::held(&state, &headers).as_ref())).await
}

/// Signs in with the code that follows the password. `next` and the answer are as for signing in.
///
/// # Errors
/// 401 if no password was given in the last five minutes; 422 for `code`; 429.
#[server(name = SignInCode, prefix = "/fn", endpoint = "people/sign_in_code", output = Json)]
pub async fn sign_in_code(#[server(default)] code: String, next: Option<String>) -> Result<String, AppError> {
    let (browser, headers) = (reply::browser()?, reply::headers());
    visitor_command(async move |state, _| {
        let held = sign_in_code::held(&state, &headers);
        sign_in_code::finish(&state, held, code, browser).await
    })
    .await?;
    reply::set_cookie(&sign_in_code::remove_cookie(&request::state()?.server));
    Ok(reply::go_to(&after_sign_in(next.as_deref())))
}

/// True if setting a new password with the secret of a mail asks for a code. A POST, because a secret stands in no address that is logged.
///
/// # Errors
/// 422 if the secret is not valid, or no longer; 429.
#[server(prefix = "/fn", endpoint = "people/reset_asks_code", output = Json)]
pub async fn reset_asks_code(#[server(default)] token: String) -> Result<bool, AppError> {
    visitor_command(async move |state, _| passwords::reset_asks_code(&mut *state.store.read().await?, &token).await).await
}

/// Removes the second factor of somebody who has lost it; all their sign-ins and tokens end.
///
/// # Errors
/// 401; 403; 404; 409 if they have none; 429.
#[server(name = ResetSecondFactor, prefix = "/fn", endpoint = "people/reset_second_factor", output = Json)]
pub async fn reset(person: PersonId) -> Result<(), AppError> {
    command(async move |tx, who| server::reset(tx, who, person).await).done("/admin/people?done=factor-reset").await
}

/// For which roles it is demanded, and who lacks it.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = SecondFactorRequirement, prefix = "/fn", endpoint = "people/second_factor_requirement", input = GetUrl, output = Json)]
pub async fn requirement() -> Result<Requirement, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| required::read(conn, who).await).await
}

/// Demands it for `roles` and no others.
///
/// # Errors
/// 401; 403; 429.
#[server(name = RequireSecondFactor, prefix = "/fn", endpoint = "people/require_second_factor", output = Json)]
pub async fn require(#[server(default)] roles: Vec<Role>) -> Result<(), AppError> {
    command_with_state(async move |state, who: Identity| {
        let organisation = who.organisation;
        state.store.write(async move |tx: &mut Tx| required::set(tx, &who, &roles).await).await?;
        required::close_sockets(&state, organisation).await
    })
    .done("/admin/sign-ins?done=factor-required")
    .await
}
