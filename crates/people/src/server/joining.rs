//! Coming in: registering, signing in and out.

use std::net::IpAddr;

use super::{
    announce_card, grant, news, registering, second_factor,
    sign_in_code::{self, PendingSignIn},
};
use crate::{
    model::{check_password, parse_name},
    words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{InvitationId, OrganisationId, PersonId, SignInId},
    people::{Email, Identity, PersonState, Role, SignInEnd},
};
use plenum_directory::server::organisations::admit_person;
use plenum_inbox as inbox;
use plenum_messages as messages;
use plenum_store::{
    active,
    db::{Activity, Conn, Tx, violates_unique},
    zones,
};
use plenum_web::{
    password, search,
    security::organisation_of,
    sign_ins::{self, NewSignIn, Secret, Session, Which},
    state::AppState,
};

/// The browser that signs in.
#[derive(Debug, Clone)]
pub struct Browser {
    /// What it calls itself, in words.
    pub device: String,
    /// Where it is.
    pub address: IpAddr,
    /// The host name that it asked.
    pub host: String,
    /// Its session. What it was signed in with until now ends.
    pub session: Session,
}

/// Someone who wants to register, with valid input.
#[derive(Debug, Clone)]
pub struct Registration {
    name: String,
    email: Email,
    password: String,
    invitation: Option<Secret>,
    zone: Option<String>,
}

impl Registration {
    /// Reads the form. `invitation` and `zone` (an IANA name) may be missing or empty; an unknown zone is ignored.
    ///
    /// # Errors
    /// Invalid, with the field.
    pub fn parse(name: &str, email: &str, password: String, invitation: Option<&str>, zone: Option<String>) -> AppResult<Self> {
        let invitation = match invitation.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(Secret::parse(text).ok_or_else(spent)?),
            None => None,
        };
        let (name, email) = (parse_name(name)?, Email::parse(email)?);
        check_password("password", &password, email.as_str())?;
        Ok(Self { name, email, password, invitation, zone: zone.filter(|zone| zones::is_known(zone)) })
    }
}

fn spent() -> AppError {
    AppError::invalid("invitation", "This invitation is not valid, or no longer. Ask for a new one.")
}

/// One answer to everything that can be wrong about a sign-in: it does not say what.
fn wrong() -> AppError {
    AppError::unauthorised("E-mail or password is wrong.").at_field("password")
}

/// The password is right, and does not let anybody in.
pub(super) fn suspended() -> AppError {
    AppError::forbidden("Your account is suspended. Ask an administrator.").at_field("password")
}

/// Where someone may register, and as what.
struct Entrance {
    organisation: OrganisationId,
    invitation: Option<InvitationId>,
    role: Role,
    invited_by: Option<PersonId>,
}

/// An invitation that can be used.
#[derive(sqlx::FromRow)]
struct Found {
    id: InvitationId,
    organisation_id: OrganisationId,
    email: Option<String>,
    role: Role,
    invited_by: Option<PersonId>,
}

/// Finds the organisation and the right to join it: the invitation's, else the host's if it is open.
async fn entrance(conn: &mut Conn, registration: &Registration, host: &str, now: i64) -> AppResult<Entrance> {
    let Some(secret) = &registration.invitation else {
        let tenant = organisation_of(conn, host).await?;
        if !tenant.open_registration {
            return Err(AppError::forbidden(format!("{} is open to people with an invitation. Ask an admin for one.", tenant.name)));
        }
        return Ok(Entrance { organisation: tenant.id, invitation: None, role: Role::Member, invited_by: None });
    };
    let found: Option<Found> = sqlx::query_as(
        "select id, organisation_id, email, role, invited_by from invitations where token_hash = $1 and used_by is null and expires_at > $2",
    )
    .bind(secret.hash())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    let found = found.ok_or_else(spent)?;
    if found.email.is_some_and(|email| email != registration.email.as_str()) {
        return Err(AppError::invalid("email", "This invitation is for another e-mail address."));
    }
    Ok(Entrance { organisation: found.organisation_id, invitation: Some(found.id), role: found.role, invited_by: found.invited_by })
}

/// Registers a person and signs them in.
///
/// # Errors
/// 403 without a right to join, or without the link that shows that the address is theirs; 422 if the address has an account or the invitation is not valid.
pub async fn register(state: &AppState, registration: Registration, browser: Browser) -> AppResult<()> {
    let mut tx = state.store.read().await?;
    entrance(&mut tx, &registration, &browser.host, plenum_store::db::now()).await?;
    if registration.invitation.is_none() && registering::proves_address(state) {
        return Err(AppError::forbidden(words::ADDRESS_FIRST));
    }
    drop(tx);
    let hash = password::hash(&state.store, registration.password.clone()).await?;
    sign_ins::enter(&browser.session.clone(), async move |tx, new| {
        let person = join(tx, &registration, &browser.host, &hash).await?;
        // That a browser is signed in belongs to the registration, and has no row of its own.
        enter(tx, new, person, &browser).await.map(drop)
    })
    .await
}

async fn join(tx: &mut Tx, registration: &Registration, host: &str, hash: &str) -> AppResult<PersonId> {
    let now = tx.now();
    let entrance = entrance(tx, registration, host, now).await?;
    admit_person(tx, entrance.organisation).await?;
    let hue = rand::random_range(0..plenum_core::people::HUES);
    let inserted: Result<PersonId, sqlx::Error> = sqlx::query_scalar(
        "insert into people (organisation_id, email, name, password_hash, hue, time_zone, created_at, name_folded)
         values ($1, $2, $3, $4, $5, coalesce($6, 'Europe/Berlin'), $7, $8) returning id",
    )
    .bind(entrance.organisation)
    .bind(registration.email.as_str())
    .bind(&registration.name)
    .bind(hash)
    .bind(hue)
    .bind(&registration.zone)
    .bind(now)
    .bind(search::folded(&registration.name))
    .fetch_one(&mut **tx)
    .await;
    let person = match inserted {
        Err(error) if violates_unique(&error, "people.organisation_id, people.email") => {
            return Err(AppError::invalid("email", "There is an account with this address. Sign in, or set a new password."));
        }
        inserted => inserted?,
    };
    if let Some(invitation) = entrance.invitation {
        sqlx::query("update invitations set used_by = $2 where id = $1").bind(invitation).bind(person).execute(&mut **tx).await?;
    }
    let registered = Record::PersonRegistered { invitation: entrance.invitation };
    tx.record(Activity::new(entrance.organisation, Some(person), registered, Subject::named(person.0, &registration.name))).await?;
    grant(tx, entrance.organisation, person, Role::Member, entrance.invited_by).await?;
    if entrance.role != Role::Member {
        grant(tx, entrance.organisation, person, entrance.role, entrance.invited_by).await?;
    }
    announce_card(tx, entrance.organisation, person).await?;
    messages::server::welcome(tx, person, entrance.organisation).await?;
    Ok(person)
}

/// Signs the browser in as `person`; what it was signed in with before ends.
async fn enter(tx: &mut Tx, new: &NewSignIn, person: PersonId, browser: &Browser) -> AppResult<SignInId> {
    sign_ins::replace(tx, new).await?;
    let address = browser.address.to_string();
    news::signed_in(tx, person, &browser.device, &address).await?;
    let made = sign_ins::create(tx, new, person, &browser.device, &address).await?;
    let now = tx.now();
    inbox::server::note_here(tx, person, now).await?;
    Ok(made)
}

/// Checks address and password in the organisation of `host`, at the pace that failures before it allow.
///
/// # Errors
/// 401 if they do not fit; 403 if they do, and the account is suspended; 429 if too many wait in line.
pub async fn check(state: &AppState, email: &Email, password: String, host: &str, address: IpAddr) -> AppResult<(PersonId, String)> {
    let mut tx = state.store.read().await?;
    let tenant = organisation_of(&mut tx, host).await?;
    let account: Option<(PersonId, String, PersonState)> =
        sqlx::query_as("select id, password_hash, state from people where organisation_id = $1 and email = $2 and state <> 'removed'")
            .bind(tenant.id)
            .bind(email.as_str())
            .fetch_optional(&mut *tx)
            .await?;
    drop(tx);
    let attempt = state.rates.sign_in_try(tenant.id, email.as_str(), address).await?;
    let right = password::verify(&state.store, password, account.as_ref().map(|(_, hash, _)| hash.clone())).await?;
    match account {
        Some((person, hash, state)) if right => {
            attempt.succeeded();
            // Only whoever knows the password learns it.
            if state == PersonState::Active { Ok((person, hash)) } else { Err(suspended()) }
        }
        _ => Err(wrong()),
    }
}

/// What follows a right password.
pub enum Step {
    /// The browser is signed in.
    SignedIn,
    /// A code is asked for.
    Code(PendingSignIn),
}

/// Signs in, or goes on to the code of the second factor of whoever has one.
///
/// # Errors
/// As [`check`].
pub async fn sign_in(state: &AppState, email: Email, password: String, browser: Browser) -> AppResult<Step> {
    let (person, hash) = check(state, &email, password, &browser.host, browser.address).await?;
    if second_factor::is_on(&mut *state.store.look().await?, person).await? {
        return sign_in_code::begin(state, person, &hash).map(Step::Code);
    }
    let_in(person, hash, browser, Given::Password).await.map(|()| Step::SignedIn)
}

/// What somebody who signs in has given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// Their password alone.
    Password,
    /// The code of their second factor, too.
    Code,
}

/// Signs the browser in as `person`, whose password was found to fit `hash`.
///
/// # Errors
/// 401 if the password has been changed since, or a second factor was turned on whose code was not given.
pub(super) async fn let_in(person: PersonId, hash: String, browser: Browser, given: Given) -> AppResult<()> {
    sign_ins::enter(&browser.session.clone(), async move |tx, new| {
        // The password may have been changed while it was being checked.
        let stands: Option<OrganisationId> = sqlx::query_scalar("select organisation_id from people where id = $1 and password_hash = $2")
            .bind(person)
            .bind(&hash)
            .fetch_optional(&mut **tx)
            .await?;
        let organisation = stands.ok_or_else(wrong)?;
        if !active::is_active(tx, person).await? {
            return Err(suspended());
        }
        if given == Given::Password && second_factor::is_on(tx, person).await? {
            return Err(wrong());
        }
        let id = enter(tx, new, person, &browser).await?;
        let created = Record::SignInCreated { device: browser.device.clone(), address: browser.address.to_string() };
        tx.record(Activity::new(organisation, Some(person), created, Subject::unnamed(id.0)).about(person)).await
    })
    .await?;
    tracing::info!(person.id = person.0, "signed in");
    Ok(())
}

/// Signs the browser out; its sockets close.
pub async fn sign_out(tx: &mut Tx, who: &Identity) -> AppResult<()> {
    sign_ins::end(tx, who.person, Which::One(who.sign_in), SignInEnd::SignedOut, who.person).await.map(drop)
}
