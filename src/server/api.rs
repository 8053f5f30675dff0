//! The public JSON API, `/api/v1`: what its endpoints have in common. Each feature has its own in a
//! file `public.rs`, which calls the same functions as its server functions do.
//!
//! A program asks with a bearer token ([`Program`]); errors are problem details
//! ([`Problem`]); a POST may carry an `Idempotency-Key`.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    problem::Problem,
    sign_ins::{self, Identity},
    state::AppState,
};
use crate::error::{AppError, AppResult};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To see what its person sees.
    Read,
    /// To do what its person may do.
    Write,
    /// To open sockets (`/broadcasting/auth`).
    Connect,
    /// To see and do what its person may as an admin.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Connect, Self::Admin];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Connect => "connect",
            Self::Admin => "admin",
        }
    }

    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A program that asks for a person.
pub struct Program {
    /// The state of the application.
    pub state: AppState,
    /// Whose token it is.
    pub who: Identity,
    scopes: String,
}

impl Program {
    /// A question.
    ///
    /// # Errors
    /// 403 without the scope `read`.
    pub fn asks(&self) -> AppResult<()> {
        self.needs(Scope::Read)
    }

    /// A command, counted against `limits.commands_per_minute`.
    ///
    /// # Errors
    /// 403 without the scope `write`; 429.
    pub fn commands(&self) -> AppResult<()> {
        self.needs(Scope::Write)?;
        self.state.rates.command(self.who.person)
    }

    /// A mark (read, typing, here), counted against `limits.marks_per_minute`.
    ///
    /// # Errors
    /// 403 without the scope `write`; 429.
    pub fn marks(&self) -> AppResult<()> {
        self.needs(Scope::Write)?;
        self.state.rates.mark(self.who.person)
    }

    /// # Errors
    /// 403 without `scope`.
    pub fn needs(&self, scope: Scope) -> AppResult<()> {
        let has = self.scopes.split_whitespace().any(|word| word == scope.word());
        if has { Ok(()) } else { Err(AppError::forbidden(format!("This token lacks the scope {}.", scope.word()))) }
    }
}

impl FromRequestParts<AppState> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let found = sign_ins::by_token(&state.store, &parts.headers).await?;
        let (who, scopes) = found.ok_or_else(|| AppError::unauthorised("Send a token: Authorization: Bearer …"))?;
        Ok(Self { state: state.clone(), who, scopes })
    }
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| AppError::invalid("body", "The body is too long."))?;
        let body =
            serde_json::from_slice(&bytes).map_err(|error| AppError::invalid("body", format!("The body cannot be read: {error}")))?;
        Ok(Self(body))
    }
}

/// The request's `Idempotency-Key`, if it has one: the same key again has one effect.
pub struct IdempotencyKey(pub Option<String>);

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = key.to_str().map_err(|_| AppError::invalid("Idempotency-Key", "A key is made of plain characters."))?;
        Ok(Self(Some(key.to_owned())))
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// The cursor of the next page, to be sent as `after` or `before`; null on the last one.
    pub next: Option<i64>,
}
