//! What people change about themselves.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use plenum_core::{
    codec::Json,
    error::AppError,
    ids::SignInId,
    people::{SignIn, Viewer},
};
use plenum_ui::page::theme::Theme;
#[cfg(feature = "ssr")]
use {
    crate::server,
    plenum_core::people::{Identity, Privacy},
    plenum_store::{db::Conn, zones},
    plenum_web::{
        request::client_address,
        server_fn::{command, command_with_input, command_with_state, query},
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
}

/// What the settings page shows.
///
/// # Errors
/// 401.
#[server(prefix = "/fn", endpoint = "people/settings", input = GetUrl, output = Json)]
pub async fn settings() -> Result<OwnSettings, AppError> {
    let theme = Theme::of_request();
    query(async move |conn: &mut Conn, who: &Identity| {
        let viewer = server::viewer(conn, who).await?;
        let sign_ins = sign_ins::list(conn, who).await?;
        let second_factor = server::second_factor::is_on(conn, who.person).await?;
        Ok(OwnSettings { viewer, theme, zones: zones::names(), sign_ins, second_factor })
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
