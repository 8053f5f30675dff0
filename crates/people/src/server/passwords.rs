//! Passwords: changing one's own, and setting a new one by mail when it is forgotten.

use std::net::IpAddr;

use super::{
    link, news,
    second_factor::{self, Account},
};
use crate::{model::check_password, words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId},
    mail::MailKind,
    people::{Email, Identity, SignInEnd},
};
use plenum_store::{
    db::{self, Tx},
    person_is_active,
};
use plenum_web::{
    mail::{self, Mail},
    password,
    security::organisation_of,
    sign_ins::{self, Secret, Which},
    state::AppState,
};

/// How long the link in the mail can be used.
const RESET_LIFETIME: Millis = 3_600_000;
/// One mail in this time, per account.
const MAIL_EVERY: Millis = 60_000;

/// Sends a link that sets a new password to the account of this address, if there is one.
/// It returns at once and says nothing either way: the work is done in a task of its own,
/// so that not even the time tells.
pub fn request_reset(state: &AppState, email: Email, host: String) {
    let state = state.clone();
    tokio::spawn(async move {
        if let Err(error) = send_reset(&state, email, &host).await {
            tracing::error!(%error, "a password reset could not be sent");
        }
    });
}

async fn send_reset(state: &AppState, email: Email, host: &str) -> anyhow::Result<()> {
    let mut tx = state.store.read().await?;
    let tenant = organisation_of(&mut tx, host).await?;
    let found: Option<(PersonId, String, Option<String>)> = sqlx::query_as(concat!(
        "select people.id, people.name, organisations.host from people join organisations on organisations.id = organisation_id
         where organisation_id = $1 and email = $2 and ",
        person_is_active!("people"),
    ))
    .bind(tenant.id)
    .bind(email.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    drop(tx);
    let Some((person, name, host)) = found else { return Ok(()) };
    let at = state.clone();
    let remind = async move |tx: &mut Tx| {
        remind(tx, person, |secret| {
            let address = link(&at, host.as_deref(), &format!("/reset?token={secret}"));
            let text = words::reset_mail(&name, &tenant.name, &address);
            (tenant.id, email.clone(), words::reset_mail_subject(&tenant.name), text)
        })
        .await
    };
    state.store.write(remind).await?;
    tracing::info!(person.id = person.0, "a password reset was asked for");
    Ok(())
}

/// Makes a reset for `person` and sends the mail that `says` what for its secret: of an organisation, to an address, with a subject and a
/// text. Nothing is sent if one was within the last minute.
pub(super) async fn remind(
    tx: &mut Tx,
    person: PersonId,
    says: impl FnOnce(&str) -> (OrganisationId, Email, String, String) + Send,
) -> AppResult<()> {
    let Some(secret) = create_reset(tx, person).await? else { return Ok(()) };
    // The newest link alone can be used.
    let about = format!("password_reset:{person}");
    mail::withdraw(tx, &about).await?;
    let (organisation, to, subject, text) = says(secret.reveal());
    let mail = Mail::new(organisation, MailKind::PasswordReset, about, to, RESET_LIFETIME).saying(subject, text);
    mail::enqueue(tx, mail).await.map(drop)
}

/// A new reset for `person`, in place of older ones; none if one was made within the last minute.
async fn create_reset(tx: &mut Tx, person: PersonId) -> AppResult<Option<Secret>> {
    let now = tx.now();
    let newest: Option<Millis> =
        sqlx::query_scalar("select max(expires_at) from password_resets where person_id = $1").bind(person).fetch_one(&mut **tx).await?;
    if newest.is_some_and(|newest| newest > now + RESET_LIFETIME - MAIL_EVERY) {
        return Ok(None);
    }
    let secret = Secret::random();
    sqlx::query("delete from password_resets where person_id = $1").bind(person).execute(&mut **tx).await?;
    sqlx::query("insert into password_resets (token_hash, person_id, expires_at) values ($1, $2, $3)")
        .bind(secret.hash())
        .bind(person)
        .bind(now + RESET_LIFETIME)
        .execute(&mut **tx)
        .await?;
    Ok(Some(secret))
}

fn spent() -> AppError {
    AppError::invalid("token", "This link is not valid, or no longer. Ask for a new one.")
}

/// The address of the account whose password the secret of a mail sets: whoever has the mail knows it, and a browser keeps the new
/// password with it.
///
/// # Errors
/// 422 `token` if the link is not valid or no longer.
pub async fn reset_address(conn: &mut db::Conn, token: &str) -> AppResult<String> {
    let secret = Secret::parse(token.trim()).ok_or_else(spent)?;
    Ok(resettable(conn, &secret, db::now()).await?.1)
}

/// True if whoever sets a new password with the secret of a mail is asked for the code of their second factor.
///
/// # Errors
/// 422 `token` if the link is not valid or no longer.
pub async fn reset_asks_code(conn: &mut db::Conn, token: &str) -> AppResult<bool> {
    let secret = Secret::parse(token.trim()).ok_or_else(spent)?;
    let (person, _) = resettable(conn, &secret, db::now()).await?;
    second_factor::is_on(conn, person).await
}

/// Sets a new password with the secret of a mail, and the code of the second factor of whoever has one: once, and all sign-ins of the
/// person end.
///
/// # Errors
/// 422 if the link is not valid or no longer, or for the password or the code; 429 after failures.
pub async fn reset(state: &AppState, token: &str, password: String, code: String, address: IpAddr) -> AppResult<()> {
    let secret = Secret::parse(token.trim()).ok_or_else(spent)?;
    let mut tx = state.store.read().await?;
    let (person, email) = resettable(&mut tx, &secret, db::now()).await?;
    drop(tx);
    check_password("password", &password, &email)?;
    second_factor::ask_at(state, person, address, code).await?;
    let hash = password::hash(&state.store, password).await?;
    state
        .store
        .write(async move |tx| {
            let now = tx.now();
            let (person, _) = resettable(tx, &secret, now).await?;
            sqlx::query("delete from password_resets where person_id = $1").bind(person).execute(&mut **tx).await?;
            sqlx::query("update people set password_hash = $2 where id = $1").bind(person).bind(&hash).execute(&mut **tx).await?;
            sign_ins::end(tx, person, Which::All, SignInEnd::PasswordReset, person).await?;
            news::password_changed(tx, person).await
        })
        .await
}

async fn resettable(conn: &mut db::Conn, secret: &Secret, now: Millis) -> AppResult<(PersonId, String)> {
    let row = sqlx::query_as(concat!(
        "select people.id, email from password_resets join people on people.id = person_id
         where token_hash = $1 and expires_at > $2 and ",
        person_is_active!("people"),
    ))
    .bind(secret.hash())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    row.ok_or_else(spent)
}

/// Address and password hash of who asks.
async fn own(state: &AppState, who: &Identity) -> AppResult<(String, String)> {
    let row: Option<(String, String)> = sqlx::query_as("select email, password_hash from people where id = $1")
        .bind(who.person)
        .fetch_optional(&mut *state.store.look().await?)
        .await?;
    row.ok_or_else(AppError::signed_out)
}

/// 422 `current` unless that is the password behind `hash`.
async fn fits(state: &AppState, who: &Identity, address: IpAddr, email: &str, hash: &str, current: String) -> AppResult<()> {
    // Whoever finds an open browser must not guess faster here than at the door.
    let attempt = state.rates.sign_in_try(who.organisation, email, address).await?;
    if !password::verify(&state.store, current, Some(hash.to_owned())).await? {
        return Err(AppError::invalid("current", "This is not your password."));
    }
    attempt.succeeded();
    Ok(())
}

/// Asks for one's own password again: address and password hash of who gave it.
///
/// # Errors
/// 422 `current` if it is not the password; 429 after failures.
pub async fn confirm(state: &AppState, who: &Identity, address: IpAddr, current: String) -> AppResult<(String, String)> {
    let (email, hash) = own(state, who).await?;
    fits(state, who, address, &email, &hash, current).await?;
    Ok((email, hash))
}

/// Changes one's own password, with the code of one's second factor if one has it; one's other sign-ins end.
///
/// # Errors
/// 422 with the field `current` if that is not the password, `code`, or `password` for the new one; 429 after failures.
pub async fn change(state: &AppState, who: Identity, address: IpAddr, current: String, code: String, new: String) -> AppResult<()> {
    let (email, old) = own(state, &who).await?;
    check_password("password", &new, &email)?;
    fits(state, &who, address, &email, &old, current).await?;
    second_factor::ask(state, Account { person: who.person, organisation: who.organisation, address }, code).await?;
    let hash = password::hash(&state.store, new).await?;
    state
        .store
        .write(async move |tx| {
            let changed = sqlx::query("update people set password_hash = $2 where id = $1 and password_hash = $3")
                .bind(who.person)
                .bind(&hash)
                .bind(&old)
                .execute(&mut **tx)
                .await?;
            if changed.rows_affected() == 0 {
                return Err(AppError::conflict("The password was changed elsewhere just now."));
            }
            sqlx::query("delete from password_resets where person_id = $1").bind(who.person).execute(&mut **tx).await?;
            sign_ins::end(tx, who.person, Which::AllBut(who.sign_in), SignInEnd::PasswordChanged, who.person).await?;
            news::password_changed(tx, who.person).await
        })
        .await
}
