//! The one error that crosses the wire. Server functions, pages and the public
//! API return it; its kind decides the HTTP status, its message is a sentence
//! for a person, and its field says which input is meant. What went wrong
//! inside (SQL, I/O) is logged where it happens and never leaves.

use std::sync::Arc;

use leptos::prelude::{FromServerFnError, ServerFnErrorErr, use_context};
use serde::{Deserialize, Serialize};

use crate::codec::JsonText;

/// What sort of refusal this is; one HTTP status each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// 422: the input is not acceptable; `field` names it.
    Invalid,
    /// 401: nobody is signed in.
    SignedOut,
    /// 403: signed in, but without the right.
    Forbidden,
    /// 404: there is no such thing, or not for this person.
    NotFound,
    /// 409: the state of things does not allow it now.
    Conflict,
    /// 413: the request has more bytes than it may.
    TooLarge,
    /// 429: too often; `retry_after` says when again, in seconds.
    TooMany,
    /// 500: our fault; the details are in the server's log.
    Internal,
    /// 503: the server could not be reached, or cannot do it just now.
    Unreachable,
}

/// What happened, where somebody acts on it: callers, pages and programs compare this, never a sentence or a field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The account has less money than is needed.
    InsufficientBalance,
    /// The order costs something else than the person has seen.
    TotalChanged,
    /// The promo code does not apply, or not any more.
    PromoRefused,
    /// The hold has ended; its places are free again.
    HoldEnded,
    /// Somebody else has the places.
    PlacesTaken,
    /// A ticket of the order was used already.
    TicketUsed,
    /// The idempotency key is not acceptable, or came with another request before.
    IdempotencyKey,
    /// The browser's person is not the one who wrote this.
    OtherAuthor,
    /// The request's body is longer than it may be.
    BodyTooLong,
    /// The organisation has as much as its operator allows it.
    LimitReached,
    /// There is no room to write anything.
    StorageFull,
}

/// An error that a person may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What sort of refusal this is.
    pub kind: ErrorKind,
    /// A sentence that says what happened and what to do.
    pub message: String,
    /// The input that is meant, by its form name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What happened, where somebody acts on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Seconds until it may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Internal errors: under which word the cause is found by those who run the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The result of everything that a person can ask for.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, code: None, retry_after: None, reference: None }
    }

    /// 422 for the input named `field`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(ErrorKind::Invalid, message) }
    }

    /// 401.
    pub fn signed_out() -> Self {
        Self::new(ErrorKind::SignedOut, "You are signed out. Sign in to go on.")
    }

    /// 401, with what is wrong with what was brought.
    pub fn unauthorised(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::SignedOut, message)
    }

    /// 403, with what is missing.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// 404, with what was looked for.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// 404, by the name of what was looked for: "order".
    pub fn no_such(thing: &str) -> Self {
        Self::not_found(format!("There is no such {thing}."))
    }

    /// 409, with what stands in the way.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// 413, with how much may be sent.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooLarge, message).with_code(ErrorCode::BodyTooLong)
    }

    /// 429, to be tried again in `seconds`.
    pub fn too_many(seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(ErrorKind::TooMany, format!("That was too often. Try again in {seconds} s.")) }
    }

    /// 500. The caller logs the cause.
    pub fn internal() -> Self {
        Self::new(ErrorKind::Internal, "Something went wrong on our side. It has been noted; please try again.")
    }

    /// 503, with what cannot be done just now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreachable, message)
    }

    /// 503: nothing can be written.
    pub fn storage_full() -> Self {
        Self::unavailable("There is no room to store anything just now. What is here can be read; try again later.")
            .with_code(ErrorCode::StorageFull)
    }

    /// The server could not be reached.
    pub fn unreachable() -> Self {
        Self::new(ErrorKind::Unreachable, "The server cannot be reached just now.")
    }

    /// The same error, about the input named `field`.
    #[must_use]
    pub fn at_field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// The same error, with what happened for those who act on it.
    #[must_use]
    pub fn with_code(self, code: ErrorCode) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The HTTP status of this error.
    pub fn status(&self) -> u16 {
        match self.kind {
            ErrorKind::Invalid => 422,
            ErrorKind::SignedOut => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::Conflict => 409,
            ErrorKind::TooLarge => 413,
            ErrorKind::TooMany => 429,
            ErrorKind::Internal => 500,
            ErrorKind::Unreachable => 503,
        }
    }

    /// True if the same request may succeed later without anything being changed.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ErrorKind::TooMany | ErrorKind::Internal | ErrorKind::Unreachable)
    }
}

/// Is given each error that a server function's own machinery makes; the router provides one that sets the response's status.
#[derive(Clone)]
pub struct ErrorReporter(pub Arc<dyn Fn(&AppError) + Send + Sync>);

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    /// What the server function's own machinery met: made in the browser, or on the server before the body runs.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) | ServerFnErrorErr::Deserialization(_) => Self::unreachable(),
            ServerFnErrorErr::Args(reason) => Self::invalid("form", format!("The request could not be read: {reason}")),
            ServerFnErrorErr::MissingArg(field) => Self::invalid(field, "This is missing."),
            _ => Self::internal(),
        };
        if let Some(reporter) = use_context::<ErrorReporter>() {
            reporter.0(&error);
        }
        error
    }
}
