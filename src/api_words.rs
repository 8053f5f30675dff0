//! The words of the page that describes the public API.

/// The page's name.
pub const TITLE: &str = "The public API";
/// The navigation's name.
pub const CONTENTS: &str = "Contents";
/// The link to the same for programs.
pub const AS_JSON: &str = "OpenAPI description (JSON)";
/// The link to the pages.
pub const TO_PLENUM: &str = "Open Plenum";
/// Heading of the types.
pub const TYPES: &str = "Types";
/// Before other paths of the same operation.
pub const ALSO_AT: &str = "Also at ";
/// Of an operation that needs none.
pub const NO_TOKEN: &str = "Without a token.";
/// Of an operation that takes one.
pub const TOKEN_OPTIONAL: &str = "With or without a token.";
/// Heading.
pub const PARAMETERS: &str = "Parameters";
/// Heading.
pub const BODY: &str = "Body";
/// Heading.
pub const ANSWERS: &str = "Answers";
/// Heading.
pub const EXAMPLE: &str = "Example";
/// Column.
pub const NAME: &str = "Name";
/// Column.
pub const TYPE: &str = "Type";
/// Column.
pub const MEANING: &str = "Meaning";
/// Column.
pub const STATUS: &str = "Status";
/// Column.
pub const WITH: &str = "With";
/// Of a field that may be missing.
pub const OPTIONAL: &str = "optional";
/// Of a value that may be null.
pub const OR_NULL: &str = " or null";
/// Before the type of a list's items.
pub const LIST_OF: &str = "list of ";
/// A type without fields of its own.
pub const ANYTHING: &str = "anything";
/// A type with other fields than the named ones.
pub const OTHER_FIELDS: &str = "Other fields may be there.";
/// Before the values of an enumeration.
pub const ONE_OF: &str = "one of ";
/// In place of a secret in examples.
pub const TOKEN: &str = "$TOKEN";

/// The scopes that a token needs.
pub fn scopes(scopes: &[&str]) -> String {
    format!("A token with the scope {}.", scopes.join(" or "))
}
/// Where a parameter stands.
pub fn place(place: &str) -> &'static str {
    match place {
        "path" => "in the path",
        "query" => "in the address' query",
        "header" => "a header",
        _ => "",
    }
}
/// Limits of a text.
pub fn characters(least: Option<u64>, most: Option<u64>) -> Option<String> {
    range(least, most).map(|range| format!("{range} characters"))
}
/// Limits of a list.
pub fn items(least: Option<u64>, most: Option<u64>) -> Option<String> {
    range(least, most).map(|range| format!("{range} items"))
}
/// Limits of a number.
pub fn range<T: std::fmt::Display>(least: Option<T>, most: Option<T>) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (None, None) => None,
    }
}
