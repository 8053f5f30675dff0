//! One's own tokens.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use plenum_core::{
    codec::Json,
    error::AppError,
    ids::SignInId,
    people::{MadeToken, Token},
};
#[cfg(feature = "ssr")]
use {
    super::reply,
    crate::server,
    plenum_core::people::TokenWish,
    plenum_web::{
        request::{answer, asker, command, command_told_once, told_once},
        sign_ins,
    },
};

/// The name under which a new token waits for a page without scripts.
#[cfg(feature = "ssr")]
const TOKEN: &str = "token";

/// One's tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTokens {
    /// By last use.
    pub tokens: Vec<Token>,
    /// The one that a page without scripts has just made; told to that page only.
    pub made: Option<MadeToken>,
}

/// One's tokens, by last use; and the one that this page tells, once.
///
/// # Errors
/// 401.
#[server(name = OwnTokensQuery, prefix = "/fn", endpoint = "people/tokens", input = GetUrl, output = Json)]
pub async fn tokens() -> Result<OwnTokens, AppError> {
    let (asked, made) = (asker(), told_once(TOKEN));
    answer(async move {
        let (state, who) = asked?;
        let tokens = sign_ins::tokens(&mut *state.store.look().await?, &who).await?;
        Ok(OwnTokens { tokens, made })
    })
    .await
}

/// Makes a token; its secret is told now and never again. `current` is one's password.
///
/// # Errors
/// 401; 409 if there are too many; 422 with the field `current`, `name`, `scopes` or `expires_in_days`; 429.
#[server(prefix = "/fn", endpoint = "people/create_token", output = Json)]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    expires_in_days: Option<u32>,
    #[server(default)] current: String,
) -> Result<MadeToken, AppError> {
    let address = reply::address();
    command_told_once("/settings?done=token#tokens", TOKEN, move |state, who| async move {
        let wish = TokenWish::parse(&name, &scopes, expires_in_days)?;
        server::tokens::make_own(&state, who, address, current, wish).await
    })
    .await
}

/// Ends one of one's tokens; its sockets close.
///
/// # Errors
/// 401; 404; 429.
#[server(prefix = "/fn", endpoint = "people/end_token", output = Json)]
pub async fn end_token(id: SignInId) -> Result<(), AppError> {
    command("/settings?done=token-ended#tokens", move |state, who| async move {
        state.store.write(async move |tx| server::tokens::end(tx, &who, id).await).await
    })
    .await
}
