//! Registering where anybody may, in an installation that sends mail: the address comes first. The link in the mail is an invitation for
//! this address alone; without it nobody registers, so that nobody has an account under somebody else's address, and the answer is the
//! same whether or not there is an account.

use super::{invitations, link, passwords};
use crate::words;
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{InvitationId, Millis, OrganisationId, PersonId},
    people::{Email, Role},
};
use plenum_directory::server::organisations::admit_person;
use plenum_store::{active, db::Tx};
use plenum_ui::redirect::with_next;
use plenum_web::{mail, security::organisation_of, state::AppState};

/// One mail in this time, per address.
const MAIL_EVERY: Millis = 60_000;

/// True if whoever registers without an invitation shows first that the address is theirs.
pub fn proves_address(state: &AppState) -> bool {
    state.mail.is_sent()
}

/// Sends a link to register with to this address; if it has an account, one to set a new password. It returns at once and the answer says
/// nothing either way: the work is done in a task of its own, so that not even the time tells. `next` is where the link leads on to.
///
/// # Errors
/// 403 unless anybody may register here.
pub async fn request(state: &AppState, email: Email, host: String, next: Option<String>) -> AppResult<()> {
    let tenant = organisation_of(&mut *state.store.look().await?, &host).await?;
    if !tenant.open_registration {
        return Err(AppError::forbidden(words::ask_an_admin(&tenant.name)));
    }
    let state = state.clone();
    tokio::spawn(async move {
        if let Err(error) = send(&state, tenant.id, email, next).await.or_else(unless_full) {
            tracing::error!(%error, "a link to register could not be sent");
        }
    });
    Ok(())
}

/// That the organisation has as many people as it may is no failure: whoever asks is answered as ever, and no mail comes.
fn unless_full(error: AppError) -> AppResult<()> {
    if error.code == Some(ErrorCode::LimitReached) { Ok(()) } else { Err(error) }
}

async fn send(state: &AppState, organisation: OrganisationId, email: Email, next: Option<String>) -> AppResult<()> {
    let at = state.clone();
    let write = async move |tx: &mut Tx| {
        let (host, name): (Option<String>, String) =
            sqlx::query_as("select host, name from organisations where id = $1").bind(organisation).fetch_one(&mut **tx).await?;
        let known: Option<(PersonId, String)> = sqlx::query_as("select id, name from people where organisation_id = $1 and email = $2")
            .bind(organisation)
            .bind(email.as_str())
            .fetch_optional(&mut **tx)
            .await?;
        if known.is_none() {
            admit_person(tx, organisation).await?;
        }
        if mail::refusal(tx, organisation, &email).await?.is_some() {
            return Ok(());
        }
        if let Some((person, own_name)) = known {
            if !active::is_active(tx, person).await? {
                return Ok(());
            }
            return passwords::remind(tx, person, |secret| {
                let address = link(&at, host.as_deref(), &format!("/reset?token={secret}"));
                let text = words::known_mail(&own_name, &name, &link(&at, host.as_deref(), "/sign-in"), &address);
                (organisation, email.clone(), words::known_mail_subject(&name), text)
            })
            .await;
        }
        let earlier: Vec<(InvitationId, Millis)> = sqlx::query_as(
            "select id, created_at from invitations
             where organisation_id = $1 and email = $2 and role = $3 and invited_by is null and used_by is null",
        )
        .bind(organisation)
        .bind(email.as_str())
        // Whoever runs the server has invited others, whom nobody else is to keep out.
        .bind(Role::Member)
        .fetch_all(&mut **tx)
        .await?;
        if earlier.iter().any(|(_, created_at)| *created_at > tx.now() - MAIL_EVERY) {
            return Ok(());
        }
        // The newest link alone can be used.
        for (id, _) in earlier {
            invitations::forget(tx, id).await?;
        }
        let (id, secret) = invitations::insert(tx, organisation, Some(&email), Role::Member, None).await?;
        let path = with_next(&format!("/register?invitation={}", secret.reveal()), next.as_deref());
        let address = link(&at, host.as_deref(), &path);
        invitations::enqueue(
            tx,
            organisation,
            id,
            email.clone(),
            words::registration_mail_subject(&name),
            words::registration_mail(&name, &address),
        )
        .await
    };
    state.store.write(write).await
}
