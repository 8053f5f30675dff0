//! How the daily mail ends for whoever is not signed in: by the link that is in each of them.
//!
//! The link names its person and is signed, so that nobody can stop another's mails; it does not expire, because mails are kept. All
//! that it can do is stop them.

use super::{digest, reading};
use crate::{live::InboxEvent, model::preferences::Subscription};
use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
};
use plenum_live::plenum_auth::AppSecret;
use plenum_store::db::{Conn, Tx};

/// What is signed: nothing else that this secret signs looks like it.
fn message(person: PersonId) -> String {
    format!("unsubscribe:{person}")
}

/// The token of `person`'s link.
pub fn token(secret: &AppSecret, person: PersonId) -> String {
    format!("{person}.{}", secret.sign(message(person).as_bytes()))
}

fn broken() -> AppError {
    AppError::invalid("token", "This link is not whole. Open it from the mail once more, or sign in and change it in your settings.")
}

/// Whose link this is.
///
/// # Errors
/// 422 `token` if it is nobody's.
pub fn person(secret: &AppSecret, token: &str) -> AppResult<PersonId> {
    let (person, signature) = token.trim().split_once('.').ok_or_else(broken)?;
    let person: PersonId = person.parse().map_err(|_| broken())?;
    if secret.verify(message(person).as_bytes(), signature) { Ok(person) } else { Err(broken()) }
}

/// What the link would stop.
///
/// # Errors
/// 422 `token` if its person is gone.
pub async fn subscription(conn: &mut Conn, person: PersonId) -> AppResult<Subscription> {
    let row: Option<(String, String)> =
        sqlx::query_as("select p.email, o.name from people p join organisations o on o.id = p.organisation_id where p.id = $1")
            .bind(person)
            .fetch_optional(&mut *conn)
            .await?;
    let (email, organisation) = row.ok_or_else(broken)?;
    let on = reading::preferences(conn, person).await?.digest.is_some();
    Ok(Subscription { address: masked(&email), organisation, on })
}

/// Stops the mails of `person`; that there are none is no error.
pub async fn stop(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    let before = reading::preferences(tx, person).await?;
    if before.digest.is_some() {
        digest::set(tx, person, None).await?;
        let kept = reading::preferences(tx, person).await?;
        tx.announce(person, &InboxEvent::PreferencesChanged(kept));
    }
    Ok(())
}

/// Enough of an address to know one's own; a mail that was passed on tells no more than it does itself.
fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}…@{domain}", name.chars().take(1).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_its_persons_alone() {
        let (secret, other) = (AppSecret::new("secret"), AppSecret::new("another"));
        let link = token(&secret, PersonId(12));
        assert_eq!(person(&secret, &link), Ok(PersonId(12)));
        assert!(person(&other, &link).is_err());
        let forged = link.replacen("12.", "1.", 1);
        for wrong in ["", "12", "12.", "x.00", forged.as_str(), &link[..link.len() - 2], &format!("0{link}")] {
            assert_eq!(person(&secret, wrong).unwrap_err().field.as_deref(), Some("token"), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_told_in_part() {
        assert_eq!(masked("lena@plenum.example"), "l…@plenum.example");
    }
}
