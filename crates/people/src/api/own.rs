//! What people change about themselves.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use plenum_core::{
    codec::Json,
    error::AppError,
    ids::SignInId,
    mail::MailWay,
    people::{SignIn, Viewer},
};
use plenum_ui::page::theme::Theme;
#[cfg(feature = "ssr")]
use {
    crate::server,
    plenum_core::people::{Email, Privacy},
    plenum_store::zones,
    plenum_web::{
        mail::figures,
        request::client_address,
        server_fn::{command, command_with_input, command_with_state, query_with_state},
        sign_ins,
    },
};

/// What the settings page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    /// The person.
    pub viewer: Viewer,
    /// The colours that this browser has chosen.
    pub theme: Theme,
    /// The time zones to choose from.
    pub zones: Vec<String>,
    /// Where they are signed in; the browser that asks comes first.
    pub sign_ins: Vec<SignIn>,
    /// They have a second factor, whose code other forms ask for.
    pub second_factor: bool,
    /// The address that waits to be confirmed.
    pub pending_email: Option<String>,
    /// Whether mail leaves the server.
    pub mail: MailWay,
}

/// What the settings page shows.
///
/// # Errors
/// 401.
#[server(prefix = "/fn", endpoint = "people/settings", input = GetUrl, output = Json)]
pub async fn settings() -> Result<OwnSettings, AppError> {
    let theme = Theme::of_request();
    query_with_state(async move |state, who| {
        let mut tx = state.store.read().await?;
        let viewer = server::viewer(&mut tx, &who).await?;
        let sign_ins = sign_ins::list(&mut tx, &who).await?;
        let second_factor = server::second_factor::is_on(&mut tx, who.person).await?;
        let pending_email = server::emails::pending(&mut tx, &who).await?;
        let mail = figures::way(&mut tx, &state.mail).await?;
        Ok(OwnSettings { viewer, theme, zones: zones::names(), sign_ins, second_factor, pending_email, mail })
    })
    .await
}

/// Changes name, avatar colour and time zone.
///
/// # Errors
/// 401; 422 with the field; 429.
#[server(prefix = "/fn", endpoint = "people/update_profile", output = Json)]
pub async fn update_profile(
    #[server(default)] name: String,
    #[server(default)] hue: u8,
    #[server(default)] zone: String,
) -> Result<(), AppError> {
    let profile = move || server::profile::Profile::parse(&name, hue, zone);
    command_with_input(profile, async move |tx, who, profile| server::profile::update(tx, who, profile).await)
        .done("/settings?done=profile")
        .await
}

/// Changes what others see. A switch that is off is missing, as in a form.
///
/// # Errors
/// 401; 429.
#[server(prefix = "/fn", endpoint = "people/update_privacy", output = Json)]
pub async fn update_privacy(
    #[server(default)] show_presence: bool,
    #[server(default)] send_typing: bool,
    #[server(default)] send_read_marks: bool,
) -> Result<(), AppError> {
    let privacy = Privacy { show_presence, send_typing, send_read_marks };
    command(async move |tx, who| server::profile::set_privacy(tx, who, privacy).await).done("/settings?done=privacy").await
}

/// Changes one's password, with the code of one's second factor if one has it; one's other sign-ins end.
///
/// # Errors
/// 401; 422 with the field `current`, `code` or `password`; 429.
#[server(prefix = "/fn", endpoint = "people/change_password", output = Json)]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<(), AppError> {
    let address = client_address();
    command_with_state(async move |state, who| server::passwords::change(&state, who, address, current, code, password).await)
        .done("/settings?done=password")
        .await
}

/// Asks for another e-mail address: a link goes to both.
///
/// # Errors
/// 401; 409 where no mail leaves, or within a minute; 422 with the field `email`, `current` or `code`; 429.
#[server(prefix = "/fn", endpoint = "people/request_email", output = Json)]
pub async fn request_email(
    #[server(default)] email: String,
    #[server(default)] current: String,
    #[server(default)] code: String,
) -> Result<(), AppError> {
    let address = client_address();
    command_with_state(async move |state, who| server::emails::request(&state, who, address, Email::parse(&email)?, current, code).await)
        .done("/settings?done=email")
        .await
}

/// Cancels the change of one's address.
///
/// # Errors
/// 401; 429.
#[server(prefix = "/fn", endpoint = "people/cancel_own_email", output = Json)]
pub async fn cancel_own_email() -> Result<(), AppError> {
    command(async move |tx, who| server::emails::cancel_own(tx, who).await).done("/settings?done=email_cancelled").await
}

/// Ends one of one's sign-ins.
///
/// # Errors
/// 401; 404 if it has ended; 429.
#[server(prefix = "/fn", endpoint = "people/revoke_sign_in", output = Json)]
pub async fn revoke_sign_in(id: SignInId) -> Result<(), AppError> {
    command(async move |tx, who| server::profile::end_sign_in(tx, who, id).await).done("/settings?done=sign_ins").await
}

/// Ends all sign-ins but this one.
///
/// # Errors
/// 401; 429.
#[server(prefix = "/fn", endpoint = "people/revoke_others", output = Json)]
pub async fn revoke_others() -> Result<(), AppError> {
    command(async move |tx, who| server::profile::end_other_sign_ins(tx, who).await).done("/settings?done=sign_ins").await
}
