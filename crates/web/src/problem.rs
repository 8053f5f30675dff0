//! Errors as RFC 9457 problem details, for programs.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use plenum_core::error::{AppError, ErrorCode};
use plenum_store::faults;

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(examples(json!({ "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "Write something first.", "field": "text" })))]
pub struct ProblemDetails {
    /// `about:blank`: the status says what sort of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A sentence for a person.
    detail: String,
    /// The input that is meant: a field of the body, or a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What happened, where a program may act on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<ErrorCode>,
    /// Under which word those who run the place find what went wrong on their side.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// An error on its way to a program.
#[derive(Debug)]
pub struct Problem(pub AppError);

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = faults::with_reference(self.0);
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = ProblemDetails {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail: error.message.clone(),
            field: error.field.clone(),
            code: error.code,
            reference: error.reference.clone(),
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = error.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For who counts: see `faults::watch`.
        response.extensions_mut().insert(error);
        response
    }
}
