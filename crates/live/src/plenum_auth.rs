//! Plenum's own application on other clients: a person's phone with pusher-js or Echo joins the same
//! channels by the same rules as their browser.
//!
//! A client without Plenum's cookie asks `/broadcasting/auth` for a signature. It is bound to the
//! socket, the channel and the person with their sign-in, and it admits nobody by itself: it only says
//! whose connection it is, and the rule is asked for that person as ever. When the sign-in ends, the
//! socket closes.

use std::sync::Arc;

use serde_json::Value;

use super::{connection::Connection, hub::Hub, pusher::signature};
use plenum_core::{
    error::AppResult,
    ids::{PersonId, SignInId},
    protocol::Subscribe,
};
use plenum_store::db::{Store, Tx};

pub use super::pusher::{names::USER_PREFIX, signature::AppSecret};

/// The key of Plenum's own application.
pub const OWN_KEY: &str = "plenum";

/// The secret of Plenum's own application; made once for each database.
pub async fn secret(store: &Store) -> AppResult<AppSecret> {
    let secret: String = store
        .write(async |tx: &mut Tx| {
            sqlx::query("insert into own_application (id, secret) values (1, $1) on conflict (id) do nothing")
                .bind(signature::hex(&rand::random::<[u8; 32]>()))
                .execute(&mut **tx)
                .await?;
            Ok(sqlx::query_scalar("select secret from own_application where id = 1").fetch_one(&mut **tx).await?)
        })
        .await?;
    Ok(AppSecret::new(secret))
}

/// With this a program of the server's own, which can read the database, asks it for figures of the process.
pub fn figures_token(secret: &AppSecret) -> String {
    secret.sign(b"figures-of-the-process")
}

/// `key:signature` of what is to be signed.
pub fn sign(secret: &AppSecret, message: &str) -> String {
    format!("{OWN_KEY}:{}", secret.sign(message.as_bytes()))
}

fn is_signed(secret: &AppSecret, message: &str, auth: &str) -> bool {
    auth.split_once(':').is_some_and(|(key, signature)| key == OWN_KEY && secret.verify(message.as_bytes(), signature))
}

/// A refusal: a status and a sentence.
pub type Refusal = (u16, &'static str);

/// Whose subscription this is, as the signature says; the connection is theirs from then on.
///
/// # Errors
/// 401 for a signature that is not ours or a sign-in that has ended, 403 if the connection is somebody else's.
pub async fn admit_subscriber(hub: &Arc<Hub>, connection: &Arc<Connection>, wish: &Subscribe) -> Result<(), Refusal> {
    let message = signature::subscription(&connection.id.socket_id(), &wish.channel, wish.channel_data.as_deref());
    if !is_signed(hub.secret(), &message, &wish.auth) {
        return Err((401, "The signature is not valid."));
    }
    admit(hub, connection, wish.channel_data.as_deref().unwrap_or_default(), "user_id").await
}

/// The same for `pusher:signin`.
///
/// # Errors
/// As [`admit_subscriber`].
pub async fn admit_user(hub: &Arc<Hub>, connection: &Arc<Connection>, auth: &str, user_data: &str) -> Result<(), Refusal> {
    if !is_signed(hub.secret(), &signature::sign_in(&connection.id.socket_id(), user_data), auth) {
        return Err((401, "The signature is not valid."));
    }
    admit(hub, connection, user_data, "id").await
}

async fn admit(hub: &Arc<Hub>, connection: &Arc<Connection>, data: &str, id: &str) -> Result<(), Refusal> {
    let (person, sign_in) = bound(data, id).ok_or((401, "The signed data names nobody."))?;
    let standing = async {
        let mut tx = hub.store().read().await?;
        hub.rules().whose(&mut tx, person, sign_in).await
    };
    match standing.await {
        Ok(Some((who, shown))) => hub.adopt(connection, who, shown).map_err(|reason| (403, reason)),
        Ok(None) => Err((401, "This sign-in has ended.")),
        Err(_) => Err((500, "The subscription could not be checked. Try again.")),
    }
}

/// The person and the sign-in that signed data names.
fn bound(data: &str, id: &str) -> Option<(PersonId, SignInId)> {
    let data: Value = serde_json::from_str(data).ok()?;
    let person = match data.get(id)? {
        Value::String(text) => text.parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    Some((PersonId(person), SignInId(data.get("sign_in")?.as_i64()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_data_names_a_person_and_a_sign_in() {
        assert_eq!(bound(r#"{"user_id":"7","sign_in":9}"#, "user_id"), Some((PersonId(7), SignInId(9))));
        assert_eq!(bound(r#"{"id":7,"sign_in":9}"#, "id"), Some((PersonId(7), SignInId(9))));
        for nobody in ["", "{}", r#"{"user_id":"7"}"#, r#"{"user_id":"x","sign_in":9}"#, r#"{"sign_in":9}"#] {
            assert_eq!(bound(nobody, "user_id"), None, "{nobody}");
        }
    }
}
