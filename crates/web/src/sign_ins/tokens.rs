//! Tokens: a program's access, a sign-in with scopes. Hashed, listed and ended as a browser's is.

use axum::http::{HeaderMap, header};

use super::{MAX_SIGN_INS, Secret, find, note_use_later};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, PersonId, SignInId},
    people::{Identity, Role, Scope, Scopes, Token, TokenWish},
};
use plenum_store::db::{self, Conn, Store, Tx};

const DAY: Millis = 24 * 3_600_000;

/// Who the request's bearer token says it is, and the token's scopes. Notes the use, at most once a minute.
///
/// # Errors
/// 401 for a token that is none or has ended; 403 while its person must set up a second factor.
pub async fn by_token(store: &Store, headers: &HeaderMap) -> AppResult<Option<(Identity, Scopes)>> {
    let Some(token) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")) else {
        return Ok(None);
    };
    let ended = || AppError::unauthorised("This token is not valid, or has ended.");
    let secret = Secret::parse(token.trim()).ok_or_else(ended)?;
    let found = find(&mut *store.look().await?, secret.hash(), db::now()).await?.ok_or_else(ended)?;
    let Some(scopes) = found.scopes else { return Err(ended()) };
    if found.lacks_factor {
        return Err(AppError::forbidden("Your role needs two-factor authentication: sign in with a browser and set it up first."));
    }
    note_use_later(store, found.identity.sign_in, found.used_at, None);
    Ok(Some((found.identity, Scopes::stored(Some(&scopes)))))
}

/// A token that was just made.
pub struct FreshToken {
    pub id: SignInId,
    /// Told here and never again.
    pub secret: Secret,
    /// Until when.
    pub expires_at: Millis,
}

/// Makes a token of `person`, who is at `address`.
///
/// # Errors
/// 409 if there are too many; 422 `scopes` for a scope that the person's roles do not fill.
pub async fn create_token(tx: &mut Tx, person: PersonId, wish: &TokenWish, address: &str) -> AppResult<FreshToken> {
    if wish.scopes.contains(&Scope::Admin) {
        let admin: Option<PersonId> = sqlx::query_scalar("select person_id from roles where person_id = $1 and role = $2")
            .bind(person)
            .bind(Role::Admin)
            .fetch_optional(&mut **tx)
            .await?;
        admin.ok_or_else(|| AppError::invalid("scopes", "The scope admin is for people who are admins."))?;
    }
    let count: i64 = sqlx::query_scalar("select count(*) from sign_ins where person_id = $1 and scopes is not null and expires_at > $2")
        .bind(person)
        .bind(tx.now())
        .fetch_one(&mut **tx)
        .await?;
    if count >= MAX_SIGN_INS {
        return Err(AppError::conflict("Fifty tokens are valid already. End some of them first."));
    }
    let (secret, expires_at) = (Secret::random(), tx.now() + Millis::from(wish.days) * DAY);
    let id = sqlx::query_scalar(
        "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at, scopes)
         values ($1, $2, $3, $4, $5, $5, $6, $7) returning id",
    )
    .bind(person)
    .bind(secret.hash())
    .bind(&wish.name)
    .bind(address)
    .bind(tx.now())
    .bind(expires_at)
    .bind(wish.words())
    .fetch_one(&mut **tx)
    .await?;
    Ok(FreshToken { id, secret, expires_at })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SignInId,
    name: String,
    scopes: String,
    created_at: Millis,
    used_at: Millis,
    expires_at: Millis,
}

/// The tokens of the person who asks, by last use.
pub async fn tokens(conn: &mut Conn, who: &Identity) -> AppResult<Vec<Token>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, device as name, scopes, created_at, used_at, expires_at from sign_ins
         where person_id = $1 and scopes is not null and expires_at > $2 order by used_at desc, id desc",
    )
    .bind(who.person)
    .bind(db::now())
    .fetch_all(conn)
    .await?;
    let token = |Row { id, name, scopes, created_at, used_at, expires_at }| Token {
        id,
        name,
        scopes: scopes.split_whitespace().filter_map(|word| word.parse().ok()).collect(),
        created_at,
        used_at,
        expires_at,
    };
    Ok(rows.into_iter().map(token).collect())
}
