//! Coming in: registering, signing in and out.

use std::net::IpAddr;

use super::{announce_card, grant, news};
use crate::model::{check_password, parse_name};
use plenum_core::{
    activity::Verb,
    error::{AppError, AppResult},
    ids::{InvitationId, OrganisationId, PersonId, SignInId},
    people::{Email, Identity, Role},
};
use plenum_inbox as inbox;
use plenum_messages as messages;
use plenum_store::{
    db::{Activity, Conn, Tx, violates_unique},
    zones,
};
use plenum_web::{
    password,
    security::organisation_of,
    sign_ins::{self, Secret},
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
    /// What it was signed in with until now; that ends.
    pub former: Option<Secret>,
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
    AppError { field: Some("password".to_owned()), ..AppError::unauthorised("E-mail or password is wrong.") }
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
/// 403 without a right to join; 422 if the address has an account or the invitation is not valid.
pub async fn register(state: &AppState, registration: Registration, browser: Browser) -> AppResult<Secret> {
    let mut tx = state.store.read().await?;
    entrance(&mut tx, &registration, &browser.host, plenum_store::db::now()).await?;
    drop(tx);
    let hash = password::hash(registration.password.clone()).await?;
    state
        .store
        .write(async move |tx| {
            let person = join(tx, &registration, &browser.host, &hash).await?;
            // That a browser is signed in belongs to the registration, and has no row of its own.
            Ok(enter(tx, person, &browser).await?.1)
        })
        .await
}

async fn join(tx: &mut Tx, registration: &Registration, host: &str, hash: &str) -> AppResult<PersonId> {
    let now = tx.now();
    let entrance = entrance(tx, registration, host, now).await?;
    let hue = rand::random_range(0..plenum_core::people::HUES);
    let inserted: Result<PersonId, sqlx::Error> = sqlx::query_scalar(
        "insert into people (organisation_id, email, name, password_hash, hue, time_zone, created_at)
         values ($1, $2, $3, $4, $5, coalesce($6, 'Europe/Berlin'), $7) returning id",
    )
    .bind(entrance.organisation)
    .bind(registration.email.as_str())
    .bind(&registration.name)
    .bind(hash)
    .bind(hue)
    .bind(&registration.zone)
    .bind(now)
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
    let registered = Activity::new(entrance.organisation, Some(person), Verb::PersonRegistered, person.0).named(&registration.name);
    tx.record(registered.with(serde_json::json!({ "invitation": entrance.invitation }))).await?;
    grant(tx, entrance.organisation, person, Role::Member, entrance.invited_by).await?;
    if entrance.role != Role::Member {
        grant(tx, entrance.organisation, person, entrance.role, entrance.invited_by).await?;
    }
    announce_card(tx, entrance.organisation, person).await?;
    messages::server::welcome(tx, person, entrance.organisation).await?;
    Ok(person)
}

/// Signs the browser in as `person`; what it was signed in with before ends.
async fn enter(tx: &mut Tx, person: PersonId, browser: &Browser) -> AppResult<(SignInId, Secret)> {
    if let Some(former) = &browser.former {
        sign_ins::end_secret(tx, former).await?;
    }
    let address = browser.address.to_string();
    news::signed_in(tx, person, &browser.device, &address).await?;
    let made = sign_ins::create(tx, person, &browser.device, &address).await?;
    let now = tx.now();
    inbox::server::note_here(tx, person, now).await?;
    Ok(made)
}

/// Checks address and password in the organisation of `host`, at the pace that failures before it allow.
///
/// # Errors
/// 401 if they do not fit; 429 if too many wait in line.
pub async fn check(state: &AppState, email: &Email, password: String, host: &str, address: IpAddr) -> AppResult<(PersonId, String)> {
    let mut tx = state.store.read().await?;
    let tenant = organisation_of(&mut tx, host).await?;
    let account: Option<(PersonId, String)> =
        sqlx::query_as("select id, password_hash from people where organisation_id = $1 and email = $2")
            .bind(tenant.id)
            .bind(email.as_str())
            .fetch_optional(&mut *tx)
            .await?;
    drop(tx);
    let attempt = state.rates.sign_in_try(tenant.id, email.as_str(), address).await?;
    let right = password::verify(password, account.as_ref().map(|(_, hash)| hash.clone())).await?;
    match account {
        Some(account) if right => {
            attempt.succeeded();
            Ok(account)
        }
        _ => Err(wrong()),
    }
}

/// Signs in.
///
/// # Errors
/// As [`check`].
pub async fn sign_in(state: &AppState, email: Email, password: String, browser: Browser) -> AppResult<Secret> {
    let (person, hash) = check(state, &email, password, &browser.host, browser.address).await?;
    let secret = state
        .store
        .write(async move |tx| {
            // The password may have been changed while it was being checked.
            let stands: Option<OrganisationId> =
                sqlx::query_scalar("select organisation_id from people where id = $1 and password_hash = $2")
                    .bind(person)
                    .bind(&hash)
                    .fetch_optional(&mut **tx)
                    .await?;
            let organisation = stands.ok_or_else(wrong)?;
            let (id, secret) = enter(tx, person, &browser).await?;
            let details = serde_json::json!({ "device": browser.device, "address": browser.address });
            tx.record(Activity::new(organisation, Some(person), Verb::SignInCreated, id.0).about(person).with(details)).await?;
            Ok(secret)
        })
        .await?;
    tracing::info!(person.id = person.0, "signed in");
    Ok(secret)
}

/// Signs the browser out; its sockets close.
///
/// # Errors
/// If the database refuses.
pub async fn sign_out(tx: &mut Tx, who: &Identity) -> AppResult<()> {
    let device: Option<String> =
        sqlx::query_scalar("select device from sign_ins where id = $1").bind(who.sign_in).fetch_optional(&mut **tx).await?;
    if !sign_ins::end(tx, who.person, who.sign_in).await? {
        return Ok(());
    }
    let left = Activity::by(who, Verb::SignedOut, who.sign_in.0);
    tx.record(left.with(serde_json::json!({ "device": device.unwrap_or_default() }))).await
}
