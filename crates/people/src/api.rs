//! The browser's private API of people: who asks, is the input valid, call the server's
//! function, translate the error. Each command is also a plain HTML form: with scripts
//! off it answers with a redirect to where it leads ([`reply`]), with scripts on it
//! returns that path.
//!
//! Here stands what is asked at the door and by every page; [`own`] is what people change
//! about themselves, [`tokens`] what their programs ask with, [`admin`] what admins do.

pub mod admin;
pub mod own;
#[cfg(feature = "ssr")]
mod reply;
pub mod tokens;

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use plenum_core::people;
use plenum_core::{codec::Json, error::AppError, live::Snapshot};
#[cfg(feature = "ssr")]
use {
    super::server,
    plenum_core::people::Email,
    plenum_web::request::{answer, state, visitor},
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
///
/// # Errors
/// Internal only.
#[server(prefix = "/fn", endpoint = "people/shell", input = GetUrl, output = Json)]
pub async fn shell() -> Result<Snapshot<people::Shell>, AppError> {
    let (state, who, host) = (state()?, visitor(), reply::host());
    answer(async move { server::shell_snapshot(&state, who.as_ref(), &host).await }).await
}

/// Signs in. `next` is a path of this site to go to, `/` if it is missing or anything else.
/// Returns where to go; the page is to be loaded anew there.
///
/// # Errors
/// 401 for the field `password` if they do not fit; 422 for `email`; 429.
#[server(prefix = "/fn", endpoint = "people/sign_in", output = Json)]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    next: Option<String>,
) -> Result<String, AppError> {
    let (asked, browser) = (reply::visitor_command(), reply::browser());
    let signed_in = answer(async move {
        let (state, email) = (asked?, Email::parse(&email)?);
        server::joining::sign_in(&state, email, password, browser?).await
    });
    reply::signed_in(&signed_in.await?)?;
    Ok(reply::go_to(reply::local_path(next.as_deref())))
}

/// Registers and signs in; `invitation` is the secret of one's invitation, `zone` the browser's time zone.
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
) -> Result<String, AppError> {
    let (asked, browser) = (reply::visitor_command(), reply::browser());
    let registered = answer(async move {
        let state = asked?;
        let registration = server::joining::Registration::parse(&name, &email, password, invitation.as_deref(), zone)?;
        server::joining::register(&state, registration, browser?).await
    });
    reply::signed_in(&registered.await?)?;
    Ok(reply::go_to("/"))
}

/// Signs out; not being signed in is no error.
///
/// # Errors
/// Internal only.
#[server(prefix = "/fn", endpoint = "people/sign_out", output = Json)]
pub async fn sign_out() -> Result<String, AppError> {
    let (state, who) = (state()?, visitor());
    let store = state.store.clone();
    answer(async move {
        let Some(who) = who else { return Ok(()) };
        store.write(async move |tx| server::joining::sign_out(tx, &who).await).await
    })
    .await?;
    reply::signed_out(&state);
    Ok(reply::go_to("/sign-in"))
}

/// Asks for a mail with a link that sets a new password. The answer is the same whether or not there is such an account.
///
/// # Errors
/// 422 for `email`; 429.
#[server(prefix = "/fn", endpoint = "people/request_reset", output = Json)]
pub async fn request_reset(#[server(default)] email: String) -> Result<String, AppError> {
    let (asked, host) = (reply::visitor_command(), reply::host());
    answer(async move {
        server::passwords::request_reset(&asked?, Email::parse(&email)?, host);
        Ok(())
    })
    .await?;
    Ok(reply::go_to("/forgot?done=mailed"))
}

/// Sets a new password with the secret of that mail; all sign-ins of the person end.
///
/// # Errors
/// 422 with the field `token` or `password`; 429.
#[server(prefix = "/fn", endpoint = "people/reset_password", output = Json)]
pub async fn reset_password(#[server(default)] token: String, #[server(default)] password: String) -> Result<String, AppError> {
    let asked = reply::visitor_command();
    answer(async move { server::passwords::reset(&asked?, &token, password).await }).await?;
    Ok(reply::go_to("/sign-in?done=reset"))
}

/// Whom an invitation is for.
///
/// # Errors
/// 422 if it is not valid, or no longer; 429.
#[server(prefix = "/fn", endpoint = "people/invitation", input = GetUrl, output = Json)]
pub async fn invitation(token: String) -> Result<InvitationFor, AppError> {
    let asked = reply::visitor_command();
    answer(async move {
        let mut tx = asked?.store.read().await?;
        let (organisation_name, email) = server::invitations::read(&mut tx, &token).await?;
        Ok(InvitationFor { organisation_name, email })
    })
    .await
}
