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
    super::reply,
    crate::server,
    plenum_core::people::Privacy,
    plenum_store::zones,
    plenum_web::{
        request::{answer, asker, command},
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
}

/// What the settings page shows.
///
/// # Errors
/// 401.
#[server(prefix = "/fn", endpoint = "people/settings", input = GetUrl, output = Json)]
pub async fn settings() -> Result<OwnSettings, AppError> {
    let (asked, theme) = (asker(), Theme::of_request());
    answer(async move {
        let (state, who) = asked?;
        let mut tx = state.store.read().await?;
        let viewer = server::viewer(&mut tx, &who).await?;
        let sign_ins = sign_ins::list(&mut tx, &who).await?;
        Ok(OwnSettings { viewer, theme, zones: zones::names(), sign_ins })
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
    command("/settings?done=profile", move |state, who| async move {
        let profile = server::profile::Profile::parse(&name, hue, zone)?;
        state.store.write(async move |tx| server::profile::update(tx, &who, &profile).await).await
    })
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
    command("/settings?done=privacy", move |state, who| async move {
        state.store.write(async move |tx| server::profile::set_privacy(tx, &who, privacy).await).await
    })
    .await
}

/// Changes one's password; one's other sign-ins end.
///
/// # Errors
/// 401; 422 with the field `current` or `password`; 429.
#[server(prefix = "/fn", endpoint = "people/change_password", output = Json)]
pub async fn change_password(#[server(default)] current: String, #[server(default)] password: String) -> Result<(), AppError> {
    let address = reply::address();
    command(
        "/settings?done=password",
        move |state, who| async move { server::passwords::change(&state, who, address, current, password).await },
    )
    .await
}

/// Ends one of one's sign-ins.
///
/// # Errors
/// 401; 404 if it has ended; 429.
#[server(prefix = "/fn", endpoint = "people/revoke_sign_in", output = Json)]
pub async fn revoke_sign_in(id: SignInId) -> Result<(), AppError> {
    command("/settings?done=sign_ins", move |state, who| async move {
        state.store.write(async move |tx| server::profile::end_sign_in(tx, &who, id).await).await
    })
    .await
}

/// Ends all sign-ins but this one.
///
/// # Errors
/// 401; 429.
#[server(prefix = "/fn", endpoint = "people/revoke_others", output = Json)]
pub async fn revoke_others() -> Result<(), AppError> {
    command("/settings?done=sign_ins", |state, who| async move {
        state.store.write(async move |tx| server::profile::end_other_sign_ins(tx, &who).await).await
    })
    .await
}
