//! The browser's private API of people: who asks, is the input valid, call the server's
//! function. Each command is also a plain HTML form: with scripts
//! off it answers with a redirect to where it leads ([`reply`]), with scripts on it
//! returns that path.
//!
//! Here stands what is asked at the door and by every page; [`own`] is what people change
//! about themselves, [`tokens`] what their programs ask with, [`admin`] what admins do.

pub mod admin;
pub mod own;
#[cfg(feature = "ssr")]
mod reply;
pub mod second_factor;
pub mod tokens;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::model::{Confirmed, PendingEmail};
use plenum_core::people;
use plenum_core::{codec::Json, error::AppError, live::Snapshot};
#[cfg(feature = "ssr")]
use {
    super::server::{self, joining::Step},
    plenum_core::people::Email,
    plenum_store::db::Tx,
    plenum_ui::redirect::{after_sign_in, with_next},
    plenum_web::{
        request,
        server_fn::{visitor_command, visitor_query},
        sign_ins,
    },
};

/// Whom an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationFor {
    /// The organisation's name.
    pub organisation_name: String,
    /// The only address that can use it, if it is for one.
    pub email: Option<String>,
}

/// Who looks, and at what organisation, for a page that is open already.
#[server(prefix = "/fn", endpoint = "people/shell", input = GetUrl, output = Json)]
pub async fn shell() -> Result<Snapshot<people::Shell>, AppError> {
    visitor_query(async move |state, visitor| server::shell_snapshot(&state, visitor.who.as_ref(), &visitor.host).await).await
}

/// Signs in. `next` is a path of this site to go to, `/` if it is missing or anything else.
/// Returns where to go; the page is to be loaded anew there. Whoever has a second factor is sent to the page that asks for its code.
///
/// # Errors
/// 401 for the field `password` if they do not fit; 422 for `email`; 429.
#[server(prefix = "/fn", endpoint = "people/sign_in", output = Json)]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    next: Option<String>,
) -> Result<String, AppError> {
    let browser = reply::browser()?;
    let step =
        visitor_command(async move |state, _| server::joining::sign_in(&state, Email::parse(&email)?, password, browser).await).await?;
    match step {
        Step::SignedIn => Ok(reply::go_to(&after_sign_in(next.as_deref()))),
        Step::Code(pending) => {
            reply::set_cookie(&pending.set_cookie(&request::state()?.server));
            Ok(reply::go_to(&with_next("/sign-in/code", next.as_deref())))
        }
    }
}

/// Registers and signs in; `invitation` is the secret of one's invitation, `zone` the browser's time zone, `next` as for [`sign_in`].
///
/// # Errors
/// 403 without a right to join; 422 with the field; 429.
#[server(prefix = "/fn", endpoint = "people/register", output = Json)]
pub async fn register(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    invitation: Option<String>,
    zone: Option<String>,
    next: Option<String>,
) -> Result<String, AppError> {
    let browser = reply::browser()?;
    visitor_command(async move |state, _| {
        let registration = server::joining::Registration::parse(&name, &email, password, invitation.as_deref(), zone)?;
        server::joining::register(&state, registration, browser).await
    })
    .await?;
    Ok(reply::go_to(&after_sign_in(next.as_deref())))
}

/// Asks for a mail with a link to register with, where anybody may; `next` is where one is led then. The answer is the same whether or not
/// the address has an account.
///
/// # Errors
/// 403 where one needs an invitation; 422 for `email`; 429.
#[server(prefix = "/fn", endpoint = "people/request_registration", output = Json)]
pub async fn request_registration(#[server(default)] email: String, next: Option<String>) -> Result<String, AppError> {
    visitor_command(async move |state, visitor| server::registering::request(&state, Email::parse(&email)?, visitor.host, next).await)
        .await?;
    Ok(reply::go_to("/register?done=mailed"))
}

/// True if whoever registers without an invitation asks for a link first ([`request_registration`]).
#[server(prefix = "/fn", endpoint = "people/address_first", input = GetUrl, output = Json)]
pub async fn address_first() -> Result<bool, AppError> {
    visitor_query(async move |state, _| Ok(server::registering::proves_address(&state))).await
}

/// Signs out; not being signed in is no error.
#[server(prefix = "/fn", endpoint = "people/sign_out", output = Json)]
pub async fn sign_out() -> Result<String, AppError> {
    let session = request::session()?;
    visitor_command(async move |state, visitor| {
        if let Some(who) = visitor.who {
            state.store.write(async move |tx| server::joining::sign_out(tx, &who).await).await?;
        }
        sign_ins::leave(&session).await
    })
    // Nobody is to stay signed in because of others at their address.
    .uncounted()
    .await?;
    Ok(reply::go_to("/sign-in"))
}

/// Asks for a mail with a link that sets a new password. The answer is the same whether or not there is such an account.
///
/// # Errors
/// 422 for `email`; 429.
#[server(prefix = "/fn", endpoint = "people/request_reset", output = Json)]
pub async fn request_reset(#[server(default)] email: String) -> Result<String, AppError> {
    visitor_command(async move |state, visitor| {
        server::passwords::request_reset(&state, Email::parse(&email)?, visitor.host);
        Ok(())
    })
    .await?;
    Ok(reply::go_to("/forgot?done=mailed"))
}

/// The address of the account that the secret of that mail is for. A POST, because a secret stands in no address that is logged.
///
/// # Errors
/// 422 if it is not valid, or no longer; 429.
#[server(prefix = "/fn", endpoint = "people/reset_address", output = Json)]
pub async fn reset_address(#[server(default)] token: String) -> Result<String, AppError> {
    // Counted: whoever has no mail could try secrets.
    visitor_command(async move |state, _| server::passwords::reset_address(&mut *state.store.read().await?, &token).await).await
}

/// Sets a new password with the secret of that mail, and the code of the second factor of whoever has one; all sign-ins of the person end.
///
/// # Errors
/// 422 with the field `token`, `password` or `code`; 429.
#[server(prefix = "/fn", endpoint = "people/reset_password", output = Json)]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<String, AppError> {
    visitor_command(async move |state, visitor| server::passwords::reset(&state, &token, password, code, visitor.address).await).await?;
    Ok(reply::go_to("/sign-in?done=reset"))
}

/// What the secret of a mail about another address is about. A POST, because a secret stands in no address that is logged.
///
/// # Errors
/// 422 if it is not valid, or no longer; 429.
#[server(prefix = "/fn", endpoint = "people/email_change", output = Json)]
pub async fn email_change(#[server(default)] token: String) -> Result<PendingEmail, AppError> {
    // Counted: whoever has no mail could try secrets.
    visitor_command(async move |state, _| server::emails::shown(&mut *state.store.read().await?, &token).await).await
}

/// Confirms another address with the secret of that mail; with the second of the two mails it changes.
///
/// # Errors
/// 409 if the address belongs to somebody by now; 422 `token`; 429.
#[server(prefix = "/fn", endpoint = "people/confirm_email", output = Json)]
pub async fn confirm_email(#[server(default)] token: String) -> Result<Confirmed, AppError> {
    let confirmed =
        visitor_command(async move |state, _| state.store.write(async move |tx: &mut Tx| server::emails::confirm(tx, &token).await).await)
            .await?;
    reply::go_to(match confirmed {
        Confirmed::One => "/confirm-email?done=one",
        Confirmed::Both => "/confirm-email?done=both",
    });
    Ok(confirmed)
}

/// Cancels the change with the secret of that mail.
///
/// # Errors
/// 422 `token`; 429.
#[server(prefix = "/fn", endpoint = "people/cancel_email", output = Json)]
pub async fn cancel_email(#[server(default)] token: String) -> Result<(), AppError> {
    visitor_command(async move |state, _| state.store.write(async move |tx: &mut Tx| server::emails::cancel(tx, &token).await).await)
        .await?;
    reply::go_to("/confirm-email?done=cancelled");
    Ok(())
}

/// Whom an invitation is for.
///
/// # Errors
/// 422 if it is not valid, or no longer; 429.
#[server(prefix = "/fn", endpoint = "people/invitation", input = GetUrl, output = Json)]
pub async fn invitation(token: String) -> Result<InvitationFor, AppError> {
    // Counted: whoever has no invitation could try secrets.
    visitor_command(async move |state, _| {
        let mut tx = state.store.read().await?;
        let (organisation_name, email) = server::invitations::read(&mut tx, &token).await?;
        Ok(InvitationFor { organisation_name, email })
    })
    .await
}
