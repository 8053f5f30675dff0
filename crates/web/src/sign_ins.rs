//! Sign-ins: which browser is whose.
//!
//! A browser holds 32 random bytes in a cookie; the database holds only their SHA-256,
//! so that a stolen backup signs nobody in. Each sign-in is a new row with a new secret
//! (nothing that a browser held before is ever promoted), it ends after 30 days, and
//! ending one announces it, so that its sockets close with 4009 in commit order.

mod device;
mod tokens;

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::LocalBoxFuture;
use sha2::{Digest as _, Sha256};

pub use device::device;
pub use tokens::{FreshToken, by_token, create_token, end_token, tokens};

use super::settings::Server;
use super::state::AppState;
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId, PersonId, SignInId},
    people::{Identity, Privacy, Role, SignIn},
};
use plenum_store::db::{self, Conn, Scope, Store, Tx};

/// Is told of each visit of a browser, in the transaction that notes it; the composition root hands one down.
pub trait Visits: Send + Sync {
    /// `person` is here at `at`.
    fn visited<'a>(&'a self, tx: &'a mut Tx, person: PersonId, at: Millis) -> LocalBoxFuture<'a, AppResult<()>>;
}

/// The cookie that holds a sign-in's secret.
pub const COOKIE: &str = "plenum_sign_in";
/// How long a sign-in lasts.
const LIFETIME: Millis = 30 * 24 * 3_600_000;
/// `used_at` is exact to this.
const USED_EVERY: Millis = 60_000;
/// Sign-ins of one person; beyond, the one used longest ago ends.
const MAX_SIGN_INS: i64 = 50;

/// A sign-in's or invitation's secret: 32 random bytes, as text that is safe in cookies and addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// Reads one back; nothing if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The text, to be shown to its owner only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database holds.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secret in the request's cookies, if there is one.
pub fn secret_in(headers: &HeaderMap) -> Option<Secret> {
    cookie(headers, COOKIE).and_then(Secret::parse)
}

/// The value of the request's cookie called `name`.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The header that signs a browser in.
pub fn cookie_of(server: &Server, secret: &Secret) -> HeaderValue {
    cookie_header(server, secret.reveal(), LIFETIME / 1000)
}

/// The header that signs a browser out.
pub fn no_cookie(server: &Server) -> HeaderValue {
    cookie_header(server, "", 0)
}

fn cookie_header(server: &Server, value: &str, seconds: Millis) -> HeaderValue {
    let secure = if server.is_secure() { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Base64url and digits only: it cannot fail.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[derive(sqlx::FromRow)]
struct Row {
    sign_in: SignInId,
    used_at: Millis,
    scopes: Option<String>,
    person: PersonId,
    organisation: OrganisationId,
    name: String,
    hue: u8,
    show_presence: bool,
    send_typing: bool,
    send_read_marks: bool,
    role: Option<Role>,
}

/// Who the request's cookie says it is. Notes the use, at most once a minute and without keeping the request waiting.
///
/// # Errors
/// If the database refuses.
pub async fn lookup(state: &AppState, headers: &HeaderMap, address: IpAddr) -> AppResult<Option<Identity>> {
    let Some(secret) = secret_in(headers) else { return Ok(None) };
    let now = db::now();
    let found = find(&mut *state.store.look().await?, &secret, now).await?;
    let Some(found) = found.filter(|found| found.scopes.is_none()) else { return Ok(None) };
    let visit = Visit { person: found.identity.person, address, visits: Arc::clone(&state.visits) };
    note_use_later(&state.store, found.identity.sign_in, found.used_at, Some(visit));
    Ok(Some(found.identity))
}

/// A use of a sign-in by a browser: somebody is here.
struct Visit {
    person: PersonId,
    address: IpAddr,
    visits: Arc<dyn Visits>,
}

/// Notes a use, at most once a minute and without keeping the request waiting. A program that asks is nobody who is here: it makes no visit.
fn note_use_later(store: &Store, id: SignInId, used_at: Millis, visit: Option<Visit>) {
    if db::now() - used_at < USED_EVERY {
        return;
    }
    let store = store.clone();
    tokio::spawn(async move {
        let noted = store.write(async move |tx: &mut Tx| {
            note_use(tx, id, visit.as_ref().map(|visit| visit.address)).await?;
            let now = tx.now();
            match &visit {
                Some(visit) => visit.visits.visited(tx, visit.person, now).await,
                None => Ok(()),
            }
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the use of a sign-in could not be noted");
        }
    });
}

/// Who the request's cookie says it is, without noting the use.
///
/// # Errors
/// If the database refuses.
pub async fn by_cookie(store: &Store, headers: &HeaderMap) -> AppResult<Option<Identity>> {
    let Some(secret) = secret_in(headers) else { return Ok(None) };
    let found = find(&mut *store.look().await?, &secret, db::now()).await?;
    Ok(found.filter(|found| found.scopes.is_none()).map(|found| found.identity))
}

/// What a secret stands for.
struct Found {
    identity: Identity,
    used_at: Millis,
    /// Of a program's token; `None`: a browser.
    scopes: Option<String>,
}

/// The sign-in of `secret` that has not ended at `now`.
async fn find(conn: &mut Conn, secret: &Secret, now: Millis) -> AppResult<Option<Found>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select sign_ins.id as sign_in, used_at, scopes, people.id as person, organisation_id as organisation, name, hue,
                show_presence, send_typing, send_read_marks, role
         from sign_ins join people on people.id = sign_ins.person_id left join roles on roles.person_id = people.id
         where token_hash = $1 and expires_at > $2",
    )
    .bind(secret.hash())
    .bind(now)
    .fetch_all(conn)
    .await?;
    let mut roles: Vec<Role> = rows.iter().filter_map(|row| row.role).collect();
    roles.sort_unstable();
    Ok(rows.into_iter().next().map(|row| {
        let privacy = Privacy { show_presence: row.show_presence, send_typing: row.send_typing, send_read_marks: row.send_read_marks };
        let identity = Identity {
            person: row.person,
            organisation: row.organisation,
            sign_in: row.sign_in,
            name: row.name,
            hue: row.hue,
            privacy,
            roles,
        };
        Found { identity, used_at: row.used_at, scopes: row.scopes }
    }))
}

async fn note_use(tx: &mut Tx, id: SignInId, address: Option<IpAddr>) -> AppResult<()> {
    let now = tx.now();
    sqlx::query("update sign_ins set used_at = $2, address = coalesce($3, address) where id = $1 and used_at <= $4")
        .bind(id)
        .bind(now)
        .bind(address.map(|address| address.to_string()))
        .bind(now - USED_EVERY)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "update people set last_seen_at = $2 where id = (select person_id from sign_ins where id = $1) and coalesce(last_seen_at, 0) < $2",
    )
    .bind(id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Signs `person` in on a browser: a new row with a new secret. Beyond 50 sign-ins the one used longest ago ends.
///
/// # Errors
/// If the database refuses.
pub async fn create(tx: &mut Tx, person: PersonId, device: &str, address: &str) -> AppResult<(SignInId, Secret)> {
    let secret = Secret::random();
    let now = tx.now();
    let id = sqlx::query_scalar(
        "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at) values ($1, $2, $3, $4, $5, $5, $6) returning id",
    )
        .bind(person)
        .bind(secret.hash())
        .bind(device)
        .bind(address)
        .bind(now)
        .bind(now + LIFETIME)
        .fetch_one(&mut **tx)
        .await?;
    let surplus: Vec<SignInId> = sqlx::query_scalar(
        "select id from sign_ins where person_id = $1 and scopes is null order by used_at desc, id desc limit 1000 offset $2",
    )
    .bind(person)
    .bind(MAX_SIGN_INS)
    .fetch_all(&mut **tx)
    .await?;
    for id in surplus {
        end(tx, person, id).await?;
    }
    Ok((id, secret))
}

/// Ends `person`'s sign-in `id`: true if there was one. Its sockets close with 4009.
///
/// # Errors
/// If the database refuses.
pub async fn end(tx: &mut Tx, person: PersonId, id: SignInId) -> AppResult<bool> {
    let ended = sqlx::query("delete from sign_ins where id = $1 and person_id = $2")
        .bind(id)
        .bind(person)
        .execute(&mut **tx)
        .await?
        .rows_affected()
        > 0;
    if ended {
        tx.revoke(person, Scope::SignIn(id));
    }
    Ok(ended)
}

/// Ends the sign-in that `secret` belongs to, whoever's it is: a browser that signs in anew leaves the old one behind.
///
/// # Errors
/// If the database refuses.
pub async fn end_secret(tx: &mut Tx, secret: &Secret) -> AppResult<()> {
    let row: Option<(PersonId, SignInId)> =
        sqlx::query_as("select person_id, id from sign_ins where token_hash = $1").bind(secret.hash()).fetch_optional(&mut **tx).await?;
    if let Some((person, id)) = row {
        end(tx, person, id).await?;
    }
    Ok(())
}

/// Ends all sign-ins of `person` but `kept`; returns how many.
///
/// # Errors
/// If the database refuses.
pub async fn end_others(tx: &mut Tx, person: PersonId, kept: Option<SignInId>) -> AppResult<usize> {
    let ids: Vec<SignInId> = sqlx::query_scalar("select id from sign_ins where person_id = $1 and id <> $2 order by id")
        .bind(person)
        .bind(kept.unwrap_or(SignInId(0)))
        .fetch_all(&mut **tx)
        .await?;
    let ended = ids.len();
    for id in ids {
        end(tx, person, id).await?;
    }
    Ok(ended)
}

/// The sign-ins of the person who asks, the one they ask with first, then by last use.
///
/// # Errors
/// If the database refuses.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<SignIn>> {
    let rows: Vec<(SignInId, String, String, Millis, Millis)> = sqlx::query_as(
        "select id, device, address, created_at, used_at from sign_ins where person_id = $1 and scopes is null and expires_at > $2
         order by (case when id = $3 then 0 else 1 end), used_at desc, id desc",
    )
    .bind(who.person)
    .bind(db::now())
    .bind(who.sign_in)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, device, address, created_at, used_at)| SignIn { id, device, address, created_at, used_at, current: id == who.sign_in })
        .collect())
}

/// Does `person`'s sign-in `id` still stand, and then: in which organisation, and do they let others see them online?
///
/// # Errors
/// If the database refuses.
pub async fn standing(conn: &mut Conn, id: SignInId, person: PersonId) -> AppResult<Option<(OrganisationId, bool)>> {
    let standing = sqlx::query_as(
        "select organisation_id, show_presence from sign_ins join people on people.id = sign_ins.person_id
         where sign_ins.id = $1 and person_id = $2 and expires_at > $3",
    )
    .bind(id)
    .bind(person)
    .bind(db::now())
    .fetch_optional(conn)
    .await?;
    Ok(standing)
}

/// Removes what has ended by itself, a batch at a time: sign-ins and password resets. True if there may be more.
///
/// # Errors
/// If the database refuses.
pub async fn sweep(tx: &mut Tx) -> AppResult<bool> {
    let ended: Vec<(PersonId, SignInId)> =
        sqlx::query_as("select person_id, id from sign_ins where expires_at <= $1 limit 200").bind(tx.now()).fetch_all(&mut **tx).await?;
    for (person, id) in &ended {
        end(tx, *person, *id).await?;
    }
    let now = tx.now();
    sqlx::query("delete from password_resets where expires_at <= $1").bind(now).execute(&mut **tx).await?;
    Ok(ended.len() == 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&["theme=dark; xplenum_sign_in=no", "a=b;plenum_sign_in=yes; plenum_sign_in=second"]);
        assert_eq!(cookie(&headers, COOKIE), Some("yes"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "plenum"), None);
    }

    #[test]
    fn secrets_are_32_random_bytes() {
        let secret = Secret::random();
        assert_eq!(Secret::parse(secret.reveal()), Some(secret.clone()));
        assert_ne!(Secret::random(), secret);
        assert_eq!(secret.hash().len(), 32);
        for wrong in ["", "abc", "a b", &"A".repeat(44)] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_and_to_other_sites() {
        let server = Server::default();
        let header = cookie_of(&server, &Secret::random());
        let text = header.to_str().unwrap();
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Secure"));
        assert_eq!(no_cookie(&server), "plenum_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        let secure = Server { public_url: "https://plenum.example".to_owned(), ..Server::default() };
        assert!(cookie_of(&secure, &Secret::random()).to_str().unwrap().ends_with("; Secure"));
    }
}
