//! Invitations: a secret that lets one person join, with a role.

use super::{INVITATION_LIFETIME, link};
use crate::{model::Invitation, words};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{InvitationId, Millis, OrganisationId, PersonId},
    mail::MailKind,
    people::{Email, Identity, Role},
};
use plenum_directory::server::{organisations::admit_person, require_role};
use plenum_store::db::{self, Activity, Conn, Tx};
use plenum_web::{
    mail::{self, Mail},
    sign_ins::Secret,
    state::AppState,
};

/// A new invitation's id and secret. For `email` only, if given.
pub(super) async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    email: Option<&Email>,
    role: Role,
    by: Option<PersonId>,
) -> AppResult<(InvitationId, Secret)> {
    let (secret, now) = (Secret::random(), tx.now());
    let id: InvitationId = sqlx::query_scalar(
        "insert into invitations (organisation_id, token_hash, email, role, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(organisation)
    .bind(secret.hash())
    .bind(email.map(Email::as_str))
    .bind(role)
    .bind(by)
    .bind(now)
    .bind(now + INVITATION_LIFETIME)
    .fetch_one(&mut **tx)
    .await?;
    let subject = Subject::named(id.0, email.map_or("", Email::as_str));
    tx.record(Activity::new(organisation, by, Record::InvitationCreated { role }, subject)).await?;
    Ok((id, secret))
}

/// The address to register at with the secret `token`, for an organisation with this host name, if it has one.
pub fn address(state: &AppState, host: Option<&str>, token: &str) -> String {
    link(state, host, &format!("/register?invitation={token}"))
}

/// Invites somebody and returns the address to register at, which is told only now. With
/// `email` it also goes there by mail.
///
/// # Errors
/// 403 unless one is an admin; 409 if the address has an account here, or the organisation has as many people as it may; 422 if it has refused mail for good.
pub async fn invite(state: &AppState, who: Identity, email: Option<Email>, role: Role) -> AppResult<String> {
    who.require(Role::Admin)?;
    let at = state.clone();
    let (by, organisation) = (who.person, who.organisation);
    state
        .store
        .write(async move |tx| {
            require_role(tx, &who, Role::Admin).await?;
            admit_person(tx, organisation).await?;
            if let Some(email) = &email {
                if let Some(reason) = mail::refusal(tx, organisation, email).await? {
                    return Err(AppError::invalid("email", words::address_refused(&reason)));
                }
                let known: Option<i64> = sqlx::query_scalar("select id from people where organisation_id = $1 and email = $2")
                    .bind(organisation)
                    .bind(email.as_str())
                    .fetch_optional(&mut **tx)
                    .await?;
                if known.is_some() {
                    return Err(AppError::conflict("Somebody with this address is here already.").at_field("email"));
                }
            }
            let (id, secret) = insert(tx, organisation, email.as_ref(), role, Some(by)).await?;
            let (host, name): (Option<String>, String) =
                sqlx::query_as("select host, name from organisations where id = $1").bind(organisation).fetch_one(&mut **tx).await?;
            let address = address(&at, host.as_deref(), secret.reveal());
            if let Some(to) = &email {
                let (subject, text) = (words::invitation_mail_subject(&name), words::invitation_mail(&who.name, &name, &address));
                enqueue(tx, organisation, id, to.clone(), subject, text).await?;
            }
            Ok(address)
        })
        .await
}

/// Sends an invitation by mail.
pub(super) async fn enqueue(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: InvitationId,
    to: Email,
    subject: String,
    text: String,
) -> AppResult<()> {
    let mail = Mail::new(organisation, MailKind::Invitation, about(id), to, INVITATION_LIFETIME).saying(subject, text);
    mail::enqueue(tx, mail).await.map(drop)
}

/// Takes an invitation that nobody has used away, and its mail.
pub(super) async fn forget(tx: &mut Tx, id: InvitationId) -> AppResult<()> {
    sqlx::query("delete from invitations where id = $1 and used_by is null").bind(id).execute(&mut **tx).await?;
    mail::withdraw(tx, &about(id)).await.map(drop)
}

/// What its mail is withdrawn by.
fn about(id: InvitationId) -> String {
    format!("invitation:{id}")
}

/// The invitations of the last weeks that can be used or were, newest first.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<Invitation>> {
    who.require(Role::Admin)?;
    let rows: Vec<(InvitationId, Option<String>, Role, Millis, bool)> = sqlx::query_as(
        "select id, email, role, expires_at, used_by is not null from invitations
         where organisation_id = $1 and expires_at > $2 order by id desc limit 200",
    )
    .bind(who.organisation)
    .bind(db::now())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, email, role, expires_at, used)| Invitation { id, email, role, expires_at, used }).collect())
}

/// Withdraws an invitation that nobody has used.
///
/// # Errors
/// 403 unless one is an admin; 404 if there is none to withdraw.
pub async fn withdraw(tx: &mut Tx, who: &Identity, id: InvitationId) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let gone: Option<Option<String>> =
        sqlx::query_scalar("delete from invitations where id = $1 and organisation_id = $2 and used_by is null returning email")
            .bind(id)
            .bind(who.organisation)
            .fetch_optional(&mut **tx)
            .await?;
    let email = gone.ok_or_else(|| AppError::not_found("This invitation has been used or withdrawn already."))?;
    withdrawn(tx, who, id, email.as_deref()).await
}

/// Withdraws what `person` has invited to and nobody has used: links that they kept are worth nothing when they are no admin any more.
pub async fn withdraw_all(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<()> {
    withdraw_others(tx, who, person, Some(Role::Member)).await
}

/// Withdraws all that `person`, who is suspended or removed, has invited to and nobody has used.
pub async fn withdraw_every(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<()> {
    withdraw_others(tx, who, person, None).await
}

/// Withdraws those but for the role `kept`.
async fn withdraw_others(tx: &mut Tx, who: &Identity, person: PersonId, kept: Option<Role>) -> AppResult<()> {
    let gone: Vec<(InvitationId, Option<String>)> = sqlx::query_as(
        "delete from invitations where invited_by = $1 and used_by is null and role <> coalesce(cast($2 as text), '') returning id, email",
    )
    .bind(person)
    .bind(kept)
    .fetch_all(&mut **tx)
    .await?;
    for (id, email) in gone {
        withdrawn(tx, who, id, email.as_deref()).await?;
    }
    Ok(())
}

/// The invitation's mail does not leave any more, and the audit log has a row of it.
async fn withdrawn(tx: &mut Tx, who: &Identity, id: InvitationId, email: Option<&str>) -> AppResult<()> {
    mail::withdraw(tx, &about(id)).await?;
    tx.record(Activity::by(who, Record::InvitationWithdrawn, Subject::named(id.0, email.unwrap_or_default()))).await
}

/// Whom a secret invites: the organisation's name, and the address it is for, if it is for one only.
///
/// # Errors
/// 422 if the invitation is not valid, or no longer.
pub async fn read(conn: &mut Conn, token: &str) -> AppResult<(String, Option<String>)> {
    let spent = || AppError::invalid("invitation", "This invitation is not valid, or no longer. Ask for a new one.");
    let secret = Secret::parse(token.trim()).ok_or_else(spent)?;
    let row = sqlx::query_as(
        "select name, email from invitations join organisations on organisations.id = organisation_id
         where token_hash = $1 and used_by is null and expires_at > $2",
    )
    .bind(secret.hash())
    .bind(db::now())
    .fetch_optional(conn)
    .await?;
    row.ok_or_else(spent)
}
