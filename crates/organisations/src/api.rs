//! What the pages of organisations ask.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::{Organisations, OwnOrganisation, PublicPage};
use plenum_core::{codec::Json, error::AppError, ids::OrganisationId, live::Snapshot};
#[cfg(feature = "ssr")]
use {
    crate::{
        model::Limits,
        server::{
            host::Host,
            operating::{self, Edit, Wish},
            own::{self, Saying},
        },
    },
    plenum_core::{cursor::Epoch, error::AppResult, look::hue_of, people::Identity},
    plenum_people::server::{administration::parse_organisation_name, invitations},
    plenum_store::db::{Conn, Tx},
    plenum_web::{
        request::told_once,
        server_fn::{command, command_with_input, command_with_state, query_snapshot, visitor_query},
        state::AppState,
    },
};

/// What a page without scripts is told once.
#[cfg(feature = "ssr")]
const INVITATION: &str = "organisation.invitation";

/// The address of this server.
#[cfg(feature = "ssr")]
fn own_address(state: &AppState) -> String {
    state.server.url(state.leptos.site_addr)
}

/// All organisations.
///
/// # Errors
/// 401; 403 unless one is the operator.
#[server(prefix = "/fn", endpoint = "organisations/list", input = GetUrl, output = Json)]
pub async fn list() -> Result<Snapshot<Organisations>, AppError> {
    let made = told_once(INVITATION);
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| operating::list(conn, who, epoch, made.clone()).await).await
}

/// Makes an organisation, and returns the address at which its first admin registers. It is told only now.
///
/// # Errors
/// 401; 403; 422 for `name` or `host`; 429.
#[server(prefix = "/fn", endpoint = "organisations/create", output = Json)]
pub async fn create(
    #[server(default)] name: String,
    #[server(default)] host: String,
    #[server(default)] open_registration: bool,
) -> Result<String, AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let host = Host::parse(&host, &own_address(&state))?;
        let wish = Wish { name: parse_organisation_name(&name)?, host, open_registration };
        let at = wish.host.clone();
        let secret = state.store.write(async move |tx: &mut Tx| operating::create(tx, Some(&who), &wish).await).await?;
        Ok(invitations::address(&state, Some(at.as_str()), &secret))
    })
    .shown_once(INVITATION)
    .done("/admin/organisations?done=made")
    .await
}

/// Invites the first admin of an organisation that has none.
///
/// # Errors
/// 401; 403; 404; 409 if it has an admin; 429.
#[server(prefix = "/fn", endpoint = "organisations/invite", output = Json)]
pub async fn invite(id: OrganisationId) -> Result<String, AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let invited = async move |tx: &mut Tx| AppResult::Ok((operating::invite(tx, &who, id).await?, operating::host_of(tx, id).await?));
        let (secret, host) = state.store.write(invited).await?;
        Ok(invitations::address(&state, host.as_deref(), &secret))
    })
    .shown_once(INVITATION)
    .done("/admin/organisations?done=made")
    .await
}

/// Changes an organisation: its name, its host (but for the first), who may register, its limits. A switch that is off is missing, an
/// empty limit is none.
///
/// # Errors
/// 401; 403; 404; 422 for a field; 429.
#[server(prefix = "/fn", endpoint = "organisations/update", output = Json)]
pub async fn update(
    id: OrganisationId,
    #[server(default)] name: String,
    #[server(default)] host: String,
    #[server(default)] open_registration: bool,
    #[server(default)] people: String,
    #[server(default)] messages_a_day: String,
) -> Result<(), AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let host = if host.trim().is_empty() { None } else { Some(Host::parse(&host, &own_address(&state))?) };
        let limits = Limits::parse(&people, &messages_a_day)?;
        let edit = Edit { name: parse_organisation_name(&name)?, host, open_registration, limits };
        state.store.write(async move |tx: &mut Tx| operating::update(tx, &who, id, &edit).await).await
    })
    .after_commit(|state, ()| {
        let state = state.clone();
        async move { operating::settle(&state).await }
    })
    .done("/admin/organisations?done=saved")
    .await
}

/// Suspends an organisation.
///
/// # Errors
/// 401; 403; 404; 409; 429.
#[server(prefix = "/fn", endpoint = "organisations/suspend", output = Json)]
pub async fn suspend(id: OrganisationId) -> Result<(), AppError> {
    command(async move |tx, who| operating::suspend(tx, who, id).await)
        .after_commit(move |state, ()| {
            let state = state.clone();
            async move { operating::settle_suspended(&state, id).await }
        })
        .done("/admin/organisations?done=suspended")
        .await
}

/// Lets a suspended organisation go on.
///
/// # Errors
/// 401; 403; 404; 409; 429.
#[server(prefix = "/fn", endpoint = "organisations/resume", output = Json)]
pub async fn resume(id: OrganisationId) -> Result<(), AppError> {
    command(async move |tx, who| operating::resume(tx, who, id).await)
        .after_commit(|state, ()| {
            let state = state.clone();
            async move { operating::settle(&state).await }
        })
        .done("/admin/organisations?done=resumed")
        .await
}

/// One's own organisation.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(prefix = "/fn", endpoint = "organisations/own", input = GetUrl, output = Json)]
pub async fn own() -> Result<Snapshot<OwnOrganisation>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| own::read(conn, who, epoch).await).await
}

/// Changes what one's own organisation says of itself: Markdown for the pages that anyone may read, none for no page.
///
/// # Errors
/// 401; 403; 422 for a field; 429.
#[server(prefix = "/fn", endpoint = "organisations/say", output = Json)]
pub async fn say(
    #[server(default)] postal_address: String,
    #[server(default)] imprint: String,
    #[server(default)] privacy: String,
) -> Result<(), AppError> {
    let say = async move |tx: &mut Tx, who: &Identity, saying: &Saying| own::say(tx, who, saying).await;
    command_with_input(move || Saying::parse(&postal_address, &imprint, &privacy), say).done("/admin/organisation?done=said").await
}

/// Gives one's own organisation a colour; without `own`, Plenum's.
///
/// # Errors
/// 401; 403; 422 for `colour`; 429.
#[server(prefix = "/fn", endpoint = "organisations/set_colour", output = Json)]
pub async fn set_colour(#[server(default)] colour: String, #[server(default)] own: bool) -> Result<(), AppError> {
    let set = async move |tx: &mut Tx, who: &Identity, hue: &Option<u16>| own::set_hue(tx, who, *hue).await;
    command_with_input(move || own.then(|| hue_of(&colour)).transpose(), set).done("/admin/organisation?done=colour").await
}

/// Takes the logo of one's own organisation away.
///
/// # Errors
/// 401; 403; 429.
#[server(prefix = "/fn", endpoint = "organisations/remove_logo", output = Json)]
pub async fn remove_logo() -> Result<(), AppError> {
    command(async move |tx, who| own::set_logo(tx, who, None).await.map(drop)).done("/admin/organisation?done=logo#logo").await
}

/// What a page says that anyone may read, as sanitised HTML; empty if nothing is written.
#[server(prefix = "/fn", endpoint = "organisations/page", input = GetUrl, output = Json)]
pub async fn page(page: PublicPage) -> Result<String, AppError> {
    visitor_query(async move |state, visitor| own::public_page(&state, &visitor, page).await).await
}
