//! The words of the page that describes the public API.

pub const TITLE: &str = "The public API";
pub const CONTENTS: &str = "Contents";
pub const AS_JSON: &str = "OpenAPI description (JSON)";
pub const TO_PLENUM: &str = "Open Plenum";
pub const TYPES: &str = "Types";
pub const ALSO_AT: &str = "Also at ";
pub const NO_TOKEN: &str = "Without a token.";
pub const TOKEN_OPTIONAL: &str = "With or without a token.";
pub const PARAMETERS: &str = "Parameters";
pub const BODY: &str = "Body";
pub const ANSWERS: &str = "Answers";
pub const EXAMPLE: &str = "Example";
pub const NAME: &str = "Name";
pub const TYPE: &str = "Type";
pub const MEANING: &str = "Meaning";
pub const STATUS: &str = "Status";
pub const WITH: &str = "With";
pub const OPTIONAL: &str = "optional";
pub const OR_NULL: &str = " or null";
pub const LIST_OF: &str = "list of ";
pub const ANYTHING: &str = "anything";
pub const OTHER_FIELDS: &str = "Other fields may be there.";
pub const ONE_OF: &str = "one of ";
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
