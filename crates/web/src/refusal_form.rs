//! In which form a request is told why it was refused, where no handler answers it.

use axum::{
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::problem::Problem;
use plenum_core::error::AppError;
use plenum_store::faults;

/// The form that a request can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalForm {
    /// A server function that scripts call: the error itself.
    Error,
    /// A program, an upload: problem details.
    Problem,
    /// A page, a form without scripts, an external application: the sentence.
    Sentence,
}

impl RefusalForm {
    /// The form for `request`.
    pub(crate) fn of(request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        match request.uri().path() {
            path if path.starts_with("/apps/") || path.starts_with("/users/") => Self::Sentence,
            path if path.starts_with("/api/") || path.starts_with("/broadcasting/") => Self::Problem,
            _ if accept.contains("text/html") => Self::Sentence,
            path if path.starts_with("/fn/") => Self::Error,
            _ => Self::Problem,
        }
    }

    /// The answer that says `error`.
    pub(crate) fn response(self, error: AppError) -> Response {
        match self {
            Self::Problem => Problem(error).into_response(),
            Self::Sentence => faults::error_response(error),
            Self::Error => {
                let error = faults::with_reference(error);
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = (status, axum::Json(&error)).into_response();
                response.extensions_mut().insert(error);
                response
            }
        }
    }
}
