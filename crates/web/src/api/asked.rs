//! What the address of a request says, read so that a program is told in problem details what is wrong with it.

use axum::{
    extract::{self, FromRequestParts},
    http::{Uri, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

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

/// The greatest number that a program in any language reads as it was sent (2^53 - 1).
const GREATEST: i64 = 9_007_199_254_740_991;

/// A whole number from `LEAST` to 2^53 - 1, of a query or a body. A parameter of this type is described with
/// the same bounds; a field of a body repeats them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Bounded<const LEAST: i64>(i64);

/// The `next` of a page, for the page of what is below it.
pub type Before = Bounded<1>;
/// The `next` of a page, for the page of what is above it; or how far something goes.
pub type After = Bounded<0>;

impl<const LEAST: i64> Bounded<LEAST> {
    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The number, for a list whose places are not ids.
    pub fn unsigned(self) -> u64 {
        self.0.unsigned_abs()
    }
}

impl<const LEAST: i64> TryFrom<i64> for Bounded<LEAST> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        if (LEAST..=GREATEST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("it is a whole number from {LEAST} to {GREATEST}"))
        }
    }
}

impl<const LEAST: i64> PartialSchema for Bounded<LEAST> {
    fn schema() -> RefOr<Schema> {
        let integer = ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        integer.minimum(Some(LEAST)).maximum(Some(GREATEST)).into()
    }
}

impl<const LEAST: i64> ToSchema for Bounded<LEAST> {}

/// What stands after the question mark of an address: 422 with the name of what cannot be read. A parameter that is left empty
/// (`?topic=`), as a form sends it, is left out; so says the description of each.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(read(parts.uri.query().unwrap_or_default())?))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, AppError> {
    let mut said = form_urlencoded::Serializer::new("/?".to_owned());
    said.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()));
    let address = said.finish().parse::<Uri>().map_err(|_| AppError::invalid("query", "The query cannot be read."))?;
    match extract::Query::try_from_uri(&address) {
        Ok(extract::Query(asked)) => Ok(asked),
        Err(rejection) => Err(refused(&rejection.body_text())),
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
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Asked {
        before: Option<Before>,
        after: Option<After>,
        #[serde(default)]
        unread: bool,
        text: Option<String>,
    }

    /// A number counts within its bounds, and the description has the same.
    #[test]
    fn numbers_have_the_bounds_that_are_described() {
        let read = read::<Asked>;
        for (query, field) in [
            ("before=0", "before"),
            ("before=-1", "before"),
            ("after=-1", "after"),
            ("before=9007199254740992", "before"),
            ("after=1.5", "after"),
        ] {
            assert_eq!(read(query).unwrap_err().field.as_deref(), Some(field), "{query}");
        }
        let asked = read("before=1&after=0").unwrap();
        assert_eq!((asked.before.map(Before::get), asked.after.map(After::unsigned)), (Some(1), Some(0)));
        let schema = serde_json::to_value(Before::schema()).unwrap();
        assert_eq!(schema, json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": 9_007_199_254_740_991_i64 }));
    }

    /// What a form leaves empty is as if it were not there, whatever its type.
    #[test]
    fn what_is_empty_is_left_out() {
        let asked = read::<Asked>("before=&after=&unread=&text=&other=").unwrap();
        assert!(asked.before.is_none() && asked.after.is_none() && !asked.unread && asked.text.is_none());
        assert_eq!(read::<Asked>("text=a%20b+%26c").unwrap().text.as_deref(), Some("a b &c"));
    }

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
