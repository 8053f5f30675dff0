//! Another e-mail address: a person asks with their password, both addresses confirm by a link, and then it changes. Where no mail leaves,
//! an admin sets it.

use std::net::IpAddr;

use super::{
    link, news, passwords,
    second_factor::{self, Account},
};
use crate::{
    model::{ChangeSide, Confirmed, PendingEmail},
    words,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId, SignInId},
    mail::MailKind,
    people::{Email, Identity, Role, SignInEnd},
};
use plenum_directory::server::require_role;
use plenum_store::db::{self, Conn, Tx, violates_unique};
use plenum_web::{
    mail::{self, Mail},
    sign_ins::{self, Secret, Which},
    state::AppState,
};

/// How long the links can be used.
const LIFETIME: Millis = 24 * 3_600_000;
/// One change in this time, per person.
const ASK_EVERY: Millis = 60_000;

/// What the mails about a change of `person` are withdrawn by.
fn about(person: PersonId) -> String {
    format!("email_change:{person}")
}

fn spent() -> AppError {
    AppError::invalid("token", "This link is not valid, or no longer. Ask for the change again in your settings.")
}

fn letter(organisation: OrganisationId, person: PersonId, to: Email, subject: String, text: String) -> Mail {
    Mail::new(organisation, MailKind::PasswordReset, about(person), to, LIFETIME).saying(subject, text)
}

/// Asks for another address, with the password and the code of the second factor if there is one: a link goes to each of the two, in place
/// of earlier ones. The answer is the same whether or not the address
/// belongs to somebody; then nothing is sent to it.
///
/// # Errors
/// 409 where no mail leaves, or within a minute of the last one; 422 `current` for the password, `code` for the second factor, `email` for one's own address or one that
/// refuses mail; 429 after failures.
pub async fn request(state: &AppState, who: Identity, address: IpAddr, new: Email, current: String, code: String) -> AppResult<()> {
    if !state.mail.is_sent() {
        return Err(AppError::conflict("This site sends no mail. Ask an admin to change your address.").at_field("email"));
    }
    let (old, _) = passwords::confirm(state, &who, address, current).await?;
    if old == new.as_str() {
        return Err(AppError::invalid("email", "This is your address already."));
    }
    second_factor::ask(state, Account { person: who.person, organisation: who.organisation, address }, code).await?;
    let at = state.clone();
    state
        .store
        .write(async move |tx: &mut Tx| {
            let now = tx.now();
            let asked_at: Option<Millis> = sqlx::query_scalar("select asked_at from email_changes where person_id = $1")
                .bind(who.person)
                .fetch_optional(&mut **tx)
                .await?;
            if asked_at.is_some_and(|asked_at| asked_at > now - ASK_EVERY) {
                return Err(AppError::conflict("You asked for this a moment ago. Try again in a minute.").at_field("email"));
            }
            if let Some(reason) = mail::refusal(tx, who.organisation, &new).await? {
                return Err(AppError::invalid("email", words::new_address_refused(&reason)));
            }
            let (old_secret, new_secret) = (Secret::random(), Secret::random());
            sqlx::query(
                "insert into email_changes (person_id, email, old_hash, new_hash, sign_in_id, asked_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (person_id) do update set email = excluded.email, old_hash = excluded.old_hash, new_hash = excluded.new_hash,
                   sign_in_id = excluded.sign_in_id, asked_at = excluded.asked_at, expires_at = excluded.expires_at",
            )
            .bind(who.person)
            .bind(new.as_str())
            .bind(old_secret.hash())
            .bind(new_secret.hash())
            .bind(who.sign_in)
            .bind(now)
            .bind(now + LIFETIME)
            .execute(&mut **tx)
            .await?;
            mail::withdraw(tx, &about(who.person)).await?;
            let (host, name, old): (Option<String>, String, String) = sqlx::query_as(
                "select o.host, o.name, p.email from people p join organisations o on o.id = p.organisation_id where p.id = $1",
            )
            .bind(who.person)
            .fetch_one(&mut **tx)
            .await?;
            let address = |secret: &Secret| link(&at, host.as_deref(), &format!("/confirm-email?token={}", secret.reveal()));
            let to_old = words::old_address_mail(&who.name, &name, new.as_str(), &address(&old_secret));
            let letter_to = |to, text| letter(who.organisation, who.person, to, words::change_mail_subject(&name), text);
            mail::enqueue(tx, letter_to(Email::parse(&old)?, to_old)).await?;
            if !is_taken(tx, who.organisation, &new).await? {
                let to_new = words::new_address_mail(&name, &address(&new_secret));
                mail::enqueue(tx, letter_to(new.clone(), to_new)).await?;
            }
            Ok(())
        })
        .await
}

async fn is_taken(conn: &mut Conn, organisation: OrganisationId, email: &Email) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from people where organisation_id = $1 and email = $2)")
        .bind(organisation)
        .bind(email.as_str())
        .fetch_one(conn)
        .await?)
}

/// The address that waits to be confirmed, if who asks has asked for one.
pub async fn pending(conn: &mut Conn, who: &Identity) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar("select email from email_changes where person_id = $1 and expires_at > $2")
        .bind(who.person)
        .bind(db::now())
        .fetch_optional(conn)
        .await?)
}

/// A change and which of its secrets was given.
struct Change {
    person: PersonId,
    organisation: OrganisationId,
    organisation_name: String,
    old: String,
    new: String,
    sign_in: SignInId,
    side: ChangeSide,
    /// The other address has confirmed.
    other_confirmed: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    person_id: PersonId,
    organisation_id: OrganisationId,
    organisation_name: String,
    old: String,
    email: String,
    sign_in_id: SignInId,
    is_old: bool,
    other_confirmed: bool,
}

/// The change whose secret `token` is.
async fn find(conn: &mut Conn, token: &str, now: Millis) -> AppResult<Change> {
    let secret = Secret::parse(token.trim()).ok_or_else(spent)?;
    let row: Option<Row> = sqlx::query_as(
        "select c.person_id, p.organisation_id, o.name as organisation_name, p.email as old, c.email, c.sign_in_id,
                (c.old_hash is not null and c.old_hash = $1) as is_old,
                (case when c.old_hash = $1 then c.new_hash is null else c.old_hash is null end) as other_confirmed
         from email_changes c join people p on p.id = c.person_id join organisations o on o.id = p.organisation_id
         where (c.old_hash = $1 or c.new_hash = $1) and c.expires_at > $2",
    )
    .bind(secret.hash())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    let row = row.ok_or_else(spent)?;
    Ok(Change {
        person: row.person_id,
        organisation: row.organisation_id,
        organisation_name: row.organisation_name,
        old: row.old,
        new: row.email,
        sign_in: row.sign_in_id,
        side: if row.is_old { ChangeSide::Old } else { ChangeSide::New },
        other_confirmed: row.other_confirmed,
    })
}

/// What the secret of a mail is about.
///
/// # Errors
/// 422 `token` if it is not valid, or no longer.
pub async fn shown(conn: &mut Conn, token: &str) -> AppResult<PendingEmail> {
    let change = find(conn, token, db::now()).await?;
    Ok(PendingEmail { email: change.new, side: change.side })
}

/// Confirms a change with the secret of a mail, once; with the second of the two the address changes, and one's other sign-ins end.
///
/// # Errors
/// 409 if the address belongs to somebody by now; 422 `token` if it is not valid, or no longer.
pub async fn confirm(tx: &mut Tx, token: &str) -> AppResult<Confirmed> {
    let now = tx.now();
    let change = find(tx, token, now).await?;
    if !change.other_confirmed {
        let statement = match change.side {
            ChangeSide::Old => "update email_changes set old_hash = null where person_id = $1",
            ChangeSide::New => "update email_changes set new_hash = null where person_id = $1",
        };
        sqlx::query(statement).bind(change.person).execute(&mut **tx).await?;
        return Ok(Confirmed::One);
    }
    let (old, new) = (Email::parse(&change.old)?, Email::parse(&change.new)?);
    set(tx, change.person, &new, Which::AllBut(change.sign_in), change.person).await?;
    for (to, text) in [
        (old, words::changed_mail_to_old(&change.organisation_name, &change.new)),
        (new, words::changed_mail_to_new(&change.organisation_name)),
    ] {
        let subject = words::changed_mail_subject(&change.organisation_name);
        mail::enqueue(tx, letter(change.organisation, change.person, to, subject, text)).await?;
    }
    Ok(Confirmed::Both)
}

/// Gives `person` another address: what was sent to the old one is of no use, and sign-ins end as if the password had changed.
async fn set(tx: &mut Tx, person: PersonId, email: &Email, ends: Which, by: PersonId) -> AppResult<()> {
    let changed = sqlx::query("update people set email = $2 where id = $1").bind(person).bind(email.as_str()).execute(&mut **tx).await;
    changed.map_err(|error| {
        if violates_unique(&error, "people.organisation_id, people.email") {
            AppError::conflict("This address belongs to an account already.").at_field("email")
        } else {
            error.into()
        }
    })?;
    forget(tx, person).await?;
    sqlx::query("delete from password_resets where person_id = $1").bind(person).execute(&mut **tx).await?;
    mail::withdraw(tx, &format!("password_reset:{person}")).await?;
    sign_ins::end(tx, person, ends, SignInEnd::EmailChanged, by).await?;
    news::email_changed(tx, person).await
}

async fn forget(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    sqlx::query("delete from email_changes where person_id = $1").bind(person).execute(&mut **tx).await?;
    mail::withdraw(tx, &about(person)).await
}

/// Cancels a change with the secret of one of its mails.
///
/// # Errors
/// 422 `token` if it is not valid, or no longer.
pub async fn cancel(tx: &mut Tx, token: &str) -> AppResult<()> {
    let now = tx.now();
    let change = find(tx, token, now).await?;
    forget(tx, change.person).await
}

/// Cancels one's own change. That there is none is no error.
pub async fn cancel_own(tx: &mut Tx, who: &Identity) -> AppResult<()> {
    forget(tx, who.person).await
}

/// Gives somebody of the organisation another address, where no mail could confirm it.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 where mail leaves, or `email` if it is taken; 422 if it is theirs already.
pub async fn set_by_admin(state: &AppState, who: Identity, person: PersonId, email: Email) -> AppResult<()> {
    if state.mail.is_sent() {
        return Err(AppError::conflict("People change their address in their settings.").at_field("email"));
    }
    state
        .store
        .write(async move |tx: &mut Tx| {
            require_role(tx, &who, Role::Admin).await?;
            let old: Option<String> = sqlx::query_scalar("select email from people where id = $1 and organisation_id = $2")
                .bind(person)
                .bind(who.organisation)
                .fetch_optional(&mut **tx)
                .await?;
            let old = old.ok_or_else(|| AppError::no_such("person here"))?;
            if old == email.as_str() {
                return Err(AppError::invalid("email", "This is their address already."));
            }
            let ends = if person == who.person { Which::AllBut(who.sign_in) } else { Which::All };
            set(tx, person, &email, ends, who.person).await
        })
        .await
}
