//! The public JSON API, `/api/v1`: what its endpoints have in common. Each feature has its own in a
//! file `public.rs`, which calls the same functions as its server functions do.
//!
//! A program asks with a bearer token ([`Program`]); errors are problem details
//! ([`Problem`]); a POST is a [`Command`], which may carry an `Idempotency-Key`.

mod asked;
mod command;
pub mod description;
mod endpoints;

use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
    middleware::Next,
    response::Response,
};
use serde::Serialize;

pub use asked::{After, Before, Path, Query};
pub use command::{Command, IDEMPOTENCY_KEY, Keyed, in_header};
pub use endpoints::Endpoints;

use super::{problem::Problem, sign_ins, state::AppState};
use plenum_core::error::{AppError, AppResult};
pub use plenum_core::people::Scope;
use plenum_core::people::{Identity, Scopes};
use plenum_live::rules::Who;
use plenum_store::active;

/// A program that asks for a person.
pub struct Program {
    /// The state of the application.
    pub state: AppState,
    /// Whose token it is.
    pub who: Identity,
    scopes: Scopes,
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

    /// A command about what is others' (their orders, an event and all who have tickets, a broadcast), counted as [`Program::commands`].
    ///
    /// # Errors
    /// 403 without the scope `manage`; 429.
    pub fn manages(&self) -> AppResult<()> {
        self.needs(Scope::Manage)?;
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
        self.scopes.require(scope)
    }

    /// Who asks, as the live layer knows them.
    pub fn live(&self) -> Who {
        Who::new(&self.who, self.scopes)
    }
}

impl FromRequestParts<AppState> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let found = sign_ins::by_token(&state.store, &parts.headers).await?;
        let (who, scopes) = found.ok_or_else(|| AppError::unauthorised("Send a token: Authorization: Bearer …"))?;
        active::act_as(who.person);
        Ok(Self { state: state.clone(), who, scopes })
    }
}

/// Lets what a request writes be written for the person whose token it brings, once that is known.
pub async fn acting(request: Request, next: Next) -> Response {
    active::acting(None, next.run(request)).await
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// The cursor of the next page, to be sent back as `after` or `before`; null on the last one.
    pub next: Option<i64>,
}
