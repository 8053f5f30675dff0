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
    crate::server,
    plenum_core::people::{Identity, TokenWish},
    plenum_store::db::Conn,
    plenum_web::{
        request::{client_address, told_once},
        server_fn::{command, command_with_state, query},
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
    let made = told_once(TOKEN);
    query(async move |conn: &mut Conn, who: &Identity| Ok(OwnTokens { tokens: sign_ins::tokens(conn, who).await?, made })).await
}

/// Makes a token; its secret is told now and never again. `current` is one's password, `code` that of one's second factor if one has it.
///
/// # Errors
/// 401; 409 if there are too many; 422 with the field `current`, `code`, `name`, `scopes` or `expires_in_days`; 429.
#[server(prefix = "/fn", endpoint = "people/create_token", output = Json)]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    expires_in_days: Option<u32>,
    #[server(default)] current: String,
    #[server(default)] code: String,
) -> Result<MadeToken, AppError> {
    let address = client_address();
    command_with_state(async move |state, who| {
        let wish = TokenWish::parse(&name, &scopes, expires_in_days)?;
        server::tokens::make_own(&state, who, address, current, code, wish).await
    })
    .done("/settings?done=token#tokens")
    .shown_once(TOKEN)
    .await
}

/// Ends one of one's tokens; its sockets close.
///
/// # Errors
/// 401; 404; 429.
#[server(prefix = "/fn", endpoint = "people/end_token", output = Json)]
pub async fn end_token(id: SignInId) -> Result<(), AppError> {
    command(async move |tx, who| server::tokens::end(tx, who, id).await).done("/settings?done=token-ended#tokens").await
}
