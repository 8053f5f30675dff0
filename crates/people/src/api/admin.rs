//! What admins do.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::model::{AdminPerson, Invitation, PersonDetail, SignedIn};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{InvitationId, PersonId, SignInId},
    live::Snapshot,
    mail::MailWay,
    people::Role,
};
#[cfg(feature = "ssr")]
use {
    crate::{server, words},
    plenum_core::{
        cursor::Epoch,
        people::{Email, Identity},
    },
    plenum_store::db::{Conn, Tx},
    plenum_web::{
        mail::figures,
        request::told_once,
        server_fn::{command, command_with_input, command_with_state, query_snapshot, query_with_state},
    },
};

/// What a page without scripts is told once.
#[cfg(feature = "ssr")]
const INVITATION: &str = "invitation";

/// What the admins' page of people shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administration {
    /// The organisation's name.
    pub organisation_name: String,
    /// Anyone may register, or only with an invitation.
    pub open_registration: bool,
    /// One page of people.
    pub people: Vec<AdminPerson>,
    /// People of one page.
    pub size: u32,
    /// The invitations that can be used, and those that were lately.
    pub invitations: Vec<Invitation>,
    /// The address of the invitation that a page without scripts has just made; told to that page only.
    pub made: Option<String>,
    /// Whether mail leaves the server.
    pub mail: MailWay,
}

/// What the admins' page shows: the people whose name or address contains `query`, from `offset` on; invitations; the organisation.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(prefix = "/fn", endpoint = "people/overview", input = GetUrl, output = Json)]
pub async fn overview(#[server(default)] query: String, #[server(default)] offset: u32) -> Result<Administration, AppError> {
    let made = told_once(INVITATION);
    query_with_state(async move |state, who| {
        let mut tx = state.store.read().await?;
        let (organisation_name, open_registration) = server::administration::organisation(&mut tx, &who).await?;
        let people = server::administration::people(&mut tx, &who, &query, offset).await?;
        let invitations = server::invitations::list(&mut tx, &who).await?;
        let mail = figures::way(&mut tx, &state.mail).await?;
        Ok(Administration { organisation_name, open_registration, people, size: server::administration::PAGE, invitations, made, mail })
    })
    .await
}

/// Makes `roles` what `person` holds; everyone is a member.
///
/// # Errors
/// 401; 403; 404; 409 for the last admin; 429.
#[server(prefix = "/fn", endpoint = "people/set_roles", output = Json)]
pub async fn set_roles(person: PersonId, #[server(default)] roles: Vec<Role>) -> Result<(), AppError> {
    command(async move |tx, who| server::administration::set_roles(tx, who, person, &roles).await).done("/admin/people?done=roles").await
}

/// Gives somebody another e-mail address, where no mail leaves; their sign-ins end.
///
/// # Errors
/// 401; 403; 404; 409 where mail leaves, or if the address is taken; 422 `email`; 429.
#[server(prefix = "/fn", endpoint = "people/set_email", output = Json)]
pub async fn set_email(person: PersonId, #[server(default)] email: String) -> Result<(), AppError> {
    command_with_state(async move |state, who| server::emails::set_by_admin(&state, who, person, Email::parse(&email)?).await)
        .done("/admin/people?done=email")
        .await
}

/// Changes the organisation's name and who may register. A switch that is off is missing, as in a form.
///
/// # Errors
/// 401; 403; 422 for `name`; 429.
#[server(prefix = "/fn", endpoint = "people/update_organisation", output = Json)]
pub async fn update_organisation(#[server(default)] name: String, #[server(default)] open_registration: bool) -> Result<(), AppError> {
    let update = async move |tx: &mut Tx, who: &Identity, name: &String| {
        server::administration::update_organisation(tx, who, name, open_registration).await
    };
    command_with_input(move || server::administration::parse_organisation_name(&name), update).done("/admin/people?done=organisation").await
}

/// Invites somebody (only the person with the address `email`, if it is given, who then gets a
/// mail) and returns the address to register at. It is told only now.
///
/// # Errors
/// 401; 403; 409 if the address has an account; 422 for `email`, also if it has refused mail for good; 429.
#[server(prefix = "/fn", endpoint = "people/invite", output = Json)]
pub async fn invite(#[server(default)] email: String, role: Role) -> Result<String, AppError> {
    command_with_state(async move |state, who| {
        let email = if email.trim().is_empty() { None } else { Some(Email::parse(&email)?) };
        server::invitations::invite(&state, who, email, role).await
    })
    .shown_once(INVITATION)
    .done("/admin/people?done=invited")
    .await
}

/// Withdraws an invitation that nobody has used.
///
/// # Errors
/// 401; 403; 404; 429.
#[server(prefix = "/fn", endpoint = "people/withdraw_invitation", output = Json)]
pub async fn withdraw_invitation(id: InvitationId) -> Result<(), AppError> {
    command(async move |tx, who| server::invitations::withdraw(tx, who, id).await).done("/admin/people?done=withdrawn").await
}

/// Who is signed in: the browsers and tokens of those whose name or address contains `query`, from `offset` on.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(prefix = "/fn", endpoint = "people/sign_ins", input = GetUrl, output = Json)]
pub async fn sign_ins(#[server(default)] query: String, #[server(default)] offset: u32) -> Result<Snapshot<SignedIn>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        server::sign_ins::page(conn, who, epoch, &query, offset).await
    })
    .await
}

/// Ends somebody's sign-in or token.
///
/// # Errors
/// 401; 403; 404 if it has ended; 429.
#[server(prefix = "/fn", endpoint = "people/end_sign_in", output = Json)]
pub async fn end_sign_in(id: SignInId) -> Result<(), AppError> {
    command(async move |tx, who| server::sign_ins::end(tx, who, id).await).done("/admin/sign-ins?done=ended").await
}

/// A person as admins see them; those who could take over what they run are those whose name or address contains `query`.
///
/// # Errors
/// 401; 403 unless one is an admin; 404.
#[server(prefix = "/fn", endpoint = "people/detail", input = GetUrl, output = Json)]
pub async fn detail(person: PersonId, #[server(default)] query: String) -> Result<Snapshot<PersonDetail>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        server::leaving::detail(conn, who, epoch, person, &query).await
    })
    .await
}

/// Who takes over; nobody if nothing was chosen.
#[cfg(feature = "ssr")]
fn read_successor(text: &str) -> Result<Option<PersonId>, AppError> {
    let text = text.trim();
    let unknown = |_| AppError::invalid("successor", words::leaving::SUCCESSOR_UNKNOWN);
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(unknown) }
}

/// Suspends a person; what they run passes to `successor`, if one is named.
///
/// # Errors
/// 401; 403; 404; 409 for oneself, the last admin, and whoever is suspended; 422 `successor`; 429.
#[server(prefix = "/fn", endpoint = "people/suspend", output = Json)]
pub async fn suspend(person: PersonId, #[server(default)] successor: String) -> Result<(), AppError> {
    let suspend =
        async move |tx: &mut Tx, who: &Identity, successor: &Option<PersonId>| server::leaving::suspend(tx, who, person, *successor).await;
    command_with_input(move || read_successor(&successor), suspend).done(format!("/admin/people/{person}?done=suspended")).await
}

/// Restores a person who was suspended.
///
/// # Errors
/// 401; 403; 404; 409 unless they are suspended; 429.
#[server(prefix = "/fn", endpoint = "people/restore", output = Json)]
pub async fn restore(person: PersonId) -> Result<(), AppError> {
    command(async move |tx, who| server::leaving::restore(tx, who, person).await)
        .done(format!("/admin/people/{person}?done=restored"))
        .await
}

/// Removes a person for good; what they run passes to `successor`, who has to be named if there is anything.
///
/// # Errors
/// 401; 403; 404; 409 for oneself, the last admin, and whoever has money or open orders; 422 `successor` or `confirmed`; 429.
#[server(prefix = "/fn", endpoint = "people/remove", output = Json)]
pub async fn remove(person: PersonId, #[server(default)] successor: String, #[server(default)] confirmed: bool) -> Result<(), AppError> {
    let remove =
        async move |tx: &mut Tx, who: &Identity, successor: &Option<PersonId>| server::leaving::remove(tx, who, person, *successor).await;
    let input = move || {
        if confirmed { read_successor(&successor) } else { Err(AppError::invalid("confirmed", words::leaving::CONFIRM)) }
    };
    command_with_input(input, remove).done(format!("/admin/people/{person}")).await
}
