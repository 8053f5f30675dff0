//! What the address of a request says, read so that a program is told in problem details what is wrong with it.

use axum::{
    extract::{self, FromRequestParts},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::{super::problem::Problem, AppError};

/// How axum begins to say what is wrong with a query.
const UNREADABLE: &str = "Failed to deserialize query string: ";

/// The ids in an address. What is not one names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(ids)) => Ok(Self(ids)),
            Err(_) => Err(AppError::not_found("There is nothing at this address.").into()),
        }
    }
}

/// What stands after the question mark of an address: 422 with the name of what cannot be read.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match extract::Query::from_request_parts(parts, state).await {
            Ok(extract::Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(refused(&rejection.body_text()).into()),
        }
    }
}

fn refused(text: &str) -> AppError {
    let text = text.strip_prefix(UNREADABLE).unwrap_or(text);
    match text.split_once(": ") {
        Some((field, reason)) if !field.contains(' ') => AppError::invalid(field, format!("This cannot be read: {reason}.")),
        _ => AppError::invalid("query", format!("The query cannot be read: {text}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let error = refused("Failed to deserialize query string: before: invalid digit found in string");
        assert_eq!(
            (error.field.as_deref(), error.message.as_str()),
            (Some("before"), "This cannot be read: invalid digit found in string.")
        );
        assert_eq!(refused("Failed to deserialize query string: missing field `token`").field.as_deref(), Some("query"));
    }
}
