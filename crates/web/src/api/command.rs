//! What a program asks for with POST, and that the same key has one effect.
//!
//! Every POST of the public API takes a [`Command`]: its JSON body together with the `Idempotency-Key`
//! that it may carry. [`Program::once`] then runs the effect in one transaction with the key, so that a
//! crash leaves both or neither. What a key stands for is the method, the path and the body.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::Program;
use crate::{problem::Problem, state::AppState};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::PersonId,
};
use plenum_store::{
    db::Tx,
    idempotency::{self, parse_key},
};

/// The header, and the field of errors about it.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// A POST: its body, and the key that it carries. A body that says nothing is [`serde::de::IgnoredAny`].
#[derive(Debug)]
pub struct Command<T> {
    /// The body.
    pub body: T,
    key: Option<String>,
    request: Asked,
}

/// The header in the description of an endpoint that takes a [`Command`].
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is a description only")]
pub struct Keyed {
    /// 8 to 64 letters (`A` to `Z`, `a` to `z`), digits or hyphens, yours alone: the same request with the same key has one effect,
    /// however often it is sent.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 8,
        max_length = 64,
        pattern = "^[A-Za-z0-9-]{8,64}$",
        example = "timetable-2026-11-21"
    )]
    idempotency_key: String,
}

/// What a key stands for.
#[derive(Debug, Clone, Serialize)]
struct Asked {
    command: String,
    /// As it came, but for blanks and the order of its fields.
    body: Value,
}

impl<T: DeserializeOwned> FromRequest<AppState> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let command = format!("{} {}", request.method(), request.uri().path());
        let key = request.headers().get(IDEMPOTENCY_KEY).map(|key| key.to_str().unwrap_or_default());
        let key = key.map(parse_key).transpose().map_err(in_header)?;
        let bytes = Bytes::from_request(request, state).await.map_err(|_| AppError::invalid("body", "The body is too long."))?;
        let unreadable = |error| AppError::invalid("body", format!("The body cannot be read: {error}"));
        let value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).map_err(unreadable)? };
        let body = T::deserialize(&value).map_err(unreadable)?;
        Ok(Self { body, key, request: Asked { command, body: value } })
    }
}

impl<T> Command<T> {
    /// True if it carries a key.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Its key, taken out; `fresh` for one that carries none.
    pub fn take_key(&mut self, fresh: impl FnOnce() -> String) -> String {
        self.key.take().unwrap_or_else(fresh)
    }

    /// Leaves a field of the body out of what the key stands for: not even the hash of a password is kept.
    pub fn forget(&mut self, field: &str) {
        if let Some(fields) = self.request.body.as_object_mut() {
            fields.remove(field);
        }
    }

    /// Runs `effect` in this transaction, once for the command's key, if it carries one. The same command
    /// again gets the stored reply.
    ///
    /// # Errors
    /// What `effect` returns; 422 `Idempotency-Key` if the key came with another command.
    pub async fn once<R>(&self, tx: &mut Tx, person: PersonId, effect: impl AsyncFnOnce(&mut Tx, &T) -> AppResult<R>) -> AppResult<R>
    where
        R: Serialize + DeserializeOwned,
    {
        self.once_if(tx, person, |_| true, effect).await
    }

    /// As [`Self::once`], but a reply that is not `done` does not use the key up.
    ///
    /// # Errors
    /// As [`Self::once`].
    pub async fn once_if<R>(
        &self,
        tx: &mut Tx,
        person: PersonId,
        done: impl FnOnce(&R) -> bool,
        effect: impl AsyncFnOnce(&mut Tx, &T) -> AppResult<R>,
    ) -> AppResult<R>
    where
        R: Serialize + DeserializeOwned,
    {
        let Some(key) = &self.key else { return effect(tx, &self.body).await };
        let effect = async |tx: &mut Tx| effect(tx, &self.body).await;
        idempotency::once_if(tx, person, key, &self.request, done, effect).await.map_err(in_header)
    }
}

impl Program {
    /// Runs `effect` in a transaction of its own, once for the command's key.
    ///
    /// # Errors
    /// As [`Command::once`].
    pub async fn once<T, R, F>(&self, command: Command<T>, effect: F) -> AppResult<R>
    where
        T: Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
        F: AsyncFn(&mut Tx, &T) -> AppResult<R> + Send + 'static,
    {
        let person = self.who.person;
        self.state.store.write(async move |tx: &mut Tx| command.once(tx, person, &effect).await).await
    }

    /// True unless the command's key has been used for it before: for effects that are not stored, such as a sign of typing.
    /// Without a key nothing is written.
    ///
    /// # Errors
    /// 422 `Idempotency-Key` if the key came with another command.
    pub async fn first<T: Send + 'static>(&self, command: Command<T>) -> AppResult<bool> {
        if !command.has_key() {
            return Ok(true);
        }
        let person = self.who.person;
        let body = async move |tx: &mut Tx| {
            let mut first = false;
            let effect = async |_: &mut Tx, _: &T| {
                first = true;
                Ok(())
            };
            command.once(tx, person, effect).await.map(|()| first)
        };
        self.state.store.write(body).await
    }
}

/// An error about the key names the header that it came in.
pub fn in_header(error: AppError) -> AppError {
    if error.code == Some(ErrorCode::IdempotencyKey) { error.at_field(IDEMPOTENCY_KEY) } else { error }
}
