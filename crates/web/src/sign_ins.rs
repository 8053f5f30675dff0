//! Sign-ins: which browser is whose.
//!
//! The sign-in of a browser is a session of `tower-sessions` ([`sessions`]): its id is in a cookie ([`cookies`]), and the database holds
//! only the id's SHA-256, so that a stolen backup signs nobody in. Each sign-in is a new row with a new id (nothing that a browser held
//! before is ever promoted), and it ends after 30 days. Whatever ends one goes through [`end`], which records it and closes its sockets in
//! commit order; the cause says with which code ([`SignInEnd`]). A program's token is a sign-in with scopes, and no session ([`mod@tokens`]).
//! Who must set up a second factor first is asked where a sign-in is found ([`second_factor`]), for pages, server functions, sockets and
//! programs alike.

mod cookies;
mod device;
mod ending;
mod second_factor;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

use std::{net::IpAddr, sync::Arc};

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::LocalBoxFuture;
use sha2::{Digest as _, Sha256};

pub use cookies::{cookie, cookie_name, guard};
pub use device::device;
pub use ending::{Ended, Which, end};
pub use second_factor::MustSetUp;
pub(crate) use sessions::refused;
pub use sessions::{NewSignIn, Session, SessionId, SignIns, enter, hash, layer, leave, tell_refusals};
pub use tokens::{FreshToken, by_token, create_token, tokens};

use super::state::AppState;
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId, PersonId, SignInId},
    people::{Identity, Privacy, Role, Scopes, SignIn, SignInEnd},
};
use plenum_store::{
    db::{self, Conn, Store, Tx},
    person_is_active,
};

/// Is told of each visit of a browser, in the transaction that notes it; the composition root hands one down.
pub trait Visits: Send + Sync {
    /// `person` is here at `at`.
    fn visited<'a>(&'a self, tx: &'a mut Tx, person: PersonId, at: Millis) -> LocalBoxFuture<'a, AppResult<()>>;
}

/// How long a sign-in lasts.
const LIFETIME: Millis = 30 * 24 * 3_600_000;
/// `used_at` is exact to this.
const USED_EVERY: Millis = 60_000;
/// Sign-ins of one person; beyond, the one used longest ago ends.
const MAX_SIGN_INS: i64 = 50;

/// A token's or invitation's secret: 32 random bytes, as text that is safe in addresses.
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
    lacks_factor: bool,
}

/// Whose session it is.
#[derive(Debug, Clone)]
pub enum SessionOf {
    /// Somebody who is signed in.
    Person(Identity),
    /// Somebody who is, and does nothing else before they have set up their second factor.
    MustSetUp(MustSetUp),
}

/// Whose session it is, asked from `address`. Notes the use, at most once a minute and without keeping the request waiting. The session's
/// data is not loaded.
pub async fn lookup(state: &AppState, session: &Session, address: IpAddr) -> AppResult<Option<SessionOf>> {
    let Some(found) = find_browser(state, session.id()).await? else { return Ok(None) };
    if found.lacks_factor {
        return Ok(Some(SessionOf::MustSetUp(MustSetUp(found.identity))));
    }
    let visit = Visit { person: found.identity.person, address, visits: Arc::clone(&state.visits) };
    note_use_later(&state.store, found.identity.sign_in, found.used_at, Some(visit));
    Ok(Some(SessionOf::Person(found.identity)))
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

/// Who the request's cookie says it is, where no layer has read it, without noting the use.
pub async fn by_cookie(state: &AppState, headers: &HeaderMap) -> AppResult<Option<Identity>> {
    let found = find_browser(state, cookies::id_in(&state.server, headers)).await?;
    Ok(found.filter(|found| !found.lacks_factor).map(|found| found.identity))
}

async fn find_browser(state: &AppState, id: Option<SessionId>) -> AppResult<Option<Found>> {
    let Some(id) = id else { return Ok(None) };
    let found = find(&mut *state.store.look().await?, hash(&id), db::now()).await?;
    Ok(found.filter(|found| found.scopes.is_none()))
}

/// What a session's id or a token stands for.
struct Found {
    identity: Identity,
    used_at: Millis,
    /// Of a program's token; `None`: a browser.
    scopes: Option<String>,
    /// A role of theirs needs a second factor, and they have none.
    lacks_factor: bool,
}

/// The sign-in with this hash that has not ended at `now`. While its organisation is suspended there is none.
async fn find(conn: &mut Conn, hash: Vec<u8>, now: Millis) -> AppResult<Option<Found>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select sign_ins.id as sign_in, used_at, scopes, people.id as person, organisation_id as organisation, people.name, people.hue,
                show_presence, send_typing, send_read_marks, role, ",
        crate::lacks_factor!(),
        " as lacks_factor
         from sign_ins join people on people.id = sign_ins.person_id
         join organisations on organisations.id = organisation_id and suspended_at is null
         left join roles on roles.person_id = people.id
         where token_hash = $1 and expires_at > $2 and ",
        person_is_active!("people"),
    ))
    .bind(hash)
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
        Found { identity, used_at: row.used_at, scopes: row.scopes, lacks_factor: row.lacks_factor }
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

/// Signs `person` in on a browser: a new row. Beyond 50 sign-ins the one used longest ago ends.
pub async fn create(tx: &mut Tx, new: &NewSignIn, person: PersonId, device: &str, address: &str) -> AppResult<SignInId> {
    let now = tx.now();
    let id = sqlx::query_scalar(
        "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at) values ($1, $2, $3, $4, $5, $5, $6) returning id",
    )
        .bind(person)
        .bind(&new.hash)
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
        end(tx, person, Which::One(id), SignInEnd::TooMany, person).await?;
    }
    Ok(id)
}

/// Ends the sign-in that the browser held until now, whoever's it is: a browser that signs in anew leaves the old one behind.
pub async fn replace(tx: &mut Tx, new: &NewSignIn) -> AppResult<()> {
    let Some(former) = &new.former else { return Ok(()) };
    let row: Option<(PersonId, SignInId)> = sqlx::query_as("select person_id, id from sign_ins where token_hash = $1 and scopes is null")
        .bind(former)
        .fetch_optional(&mut **tx)
        .await?;
    if let Some((person, id)) = row {
        end(tx, person, Which::One(id), SignInEnd::Replaced, person).await?;
    }
    Ok(())
}

/// Ends at most `most` sign-ins whose time is over. True if there were any.
pub async fn expire(tx: &mut Tx, most: i64) -> AppResult<bool> {
    let due: Vec<(PersonId, SignInId)> =
        sqlx::query_as("select person_id, id from sign_ins where expires_at <= $1 order by expires_at limit $2")
            .bind(tx.now())
            .bind(most)
            .fetch_all(&mut **tx)
            .await?;
    for (person, id) in &due {
        end(tx, *person, Which::One(*id), SignInEnd::Expired, *person).await?;
    }
    Ok(!due.is_empty())
}

/// The sign-ins of the person who asks, the one they ask with first, then by last use.
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

/// Does `person`'s sign-in `id` still stand, and then: in which organisation, do they let others see them online, and what may it be
/// used for? It does not while their organisation is suspended, or they must set up a second factor.
pub async fn standing(conn: &mut Conn, id: SignInId, person: PersonId) -> AppResult<Option<(OrganisationId, bool, Scopes)>> {
    let standing: Option<(OrganisationId, bool, Option<String>)> = sqlx::query_as(concat!(
        "select organisation_id, show_presence, scopes from sign_ins join people on people.id = sign_ins.person_id
         join organisations on organisations.id = organisation_id and suspended_at is null
         where sign_ins.id = $1 and person_id = $2 and expires_at > $3 and ",
        person_is_active!("people"),
        " and not (",
        crate::lacks_factor!(),
        ")",
    ))
    .bind(id)
    .bind(person)
    .bind(db::now())
    .fetch_optional(conn)
    .await?;
    Ok(standing.map(|(organisation, shown, scopes)| (organisation, shown, Scopes::stored(scopes.as_deref()))))
}
