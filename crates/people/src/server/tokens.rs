//! One's tokens: made with one's password, ended by oneself.

use std::net::IpAddr;

use super::{
    joining::suspended,
    passwords,
    second_factor::{self, Account, required},
};
use crate::words::second_factor as words;
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId, SignInId},
    people::{Identity, MadeToken, SignInEnd, TokenWish},
};
use plenum_store::{
    active,
    db::{Activity, Tx},
};
use plenum_web::{
    sign_ins::{self, FreshToken, Which},
    state::AppState,
};

/// Makes a token of `person`, whose password was found to fit `hash`.
///
/// # Errors
/// 401 if the password has been changed since; 403 if they must set up a second factor first; 409 if there are too many tokens; 422 `scopes`.
pub async fn make(tx: &mut Tx, person: PersonId, hash: &str, wish: &TokenWish, address: IpAddr) -> AppResult<FreshToken> {
    // A changed password has ended all tokens: none may come after it.
    let organisation: Option<OrganisationId> =
        sqlx::query_scalar("select organisation_id from people where id = $1 and password_hash = $2")
            .bind(person)
            .bind(hash)
            .fetch_optional(&mut **tx)
            .await?;
    let organisation = organisation.ok_or_else(|| AppError::unauthorised("The password was changed elsewhere just now."))?;
    if !active::is_active(tx, person).await? {
        return Err(suspended());
    }
    if required::is_lacking(tx, person).await? {
        return Err(AppError::forbidden(words::SET_UP_FIRST));
    }
    let made = sign_ins::create_token(tx, person, wish, &address.to_string()).await?;
    let created = Record::TokenCreated { scopes: wish.scopes.clone() };
    tx.record(Activity::new(organisation, Some(person), created, Subject::named(made.id.0, &wish.name)).about(person)).await?;
    Ok(made)
}

/// Makes a token for who asks, who gives their password again, and the code of their second factor if they have one: whoever finds an open
/// browser takes no lasting access away.
///
/// # Errors
/// 409; 422 with the field `current` if that is not the password, `code`, or `scopes`; 429 after failures.
pub async fn make_own(
    state: &AppState,
    who: Identity,
    address: IpAddr,
    current: String,
    code: String,
    wish: TokenWish,
) -> AppResult<MadeToken> {
    let (_, hash) = passwords::confirm(state, &who, address, current).await?;
    second_factor::ask(state, Account { person: who.person, organisation: who.organisation, address }, code).await?;
    let scopes = wish.scopes.clone();
    let made = state.store.write(async move |tx: &mut Tx| make(tx, who.person, &hash, &wish, address).await).await?;
    Ok(MadeToken { id: made.id, token: made.secret.reveal().to_owned(), scopes, expires_at: made.expires_at })
}

/// Ends one of one's tokens; its sockets close.
///
/// # Errors
/// 404 if one has no such token.
pub async fn end(tx: &mut Tx, who: &Identity, id: SignInId) -> AppResult<()> {
    let ended = sign_ins::end(tx, who.person, Which::Token(id), SignInEnd::EndedElsewhere, who.person).await?;
    if ended.is_empty() { Err(AppError::no_such("token")) } else { Ok(()) }
}
