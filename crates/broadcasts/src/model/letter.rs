//! What stands in the fields of the form to write a broadcast, by their names.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use strum::VariantArray as _;

use super::{Weekday, variants::MOST};

/// The fields of each variant: title, text, link and weight.
pub const VARIANT_FIELDS: [[&str; 4]; MOST] = [
    ["title", "text", "link", "weight"],
    ["title_b", "text_b", "link_b", "weight_b"],
    ["title_c", "text_c", "link_c", "weight_c"],
    ["title_d", "text_d", "link_d", "weight_d"],
];

/// The other fields; each day of the week has one of its own beside them.
const FIELDS: [&str; 11] = ["audience", "email", "at", "clock", "late", "repeat", "until", "times", "sample", "hours", "measure"];

/// What stands in the fields of the form. It travels as these fields, so that a form and an address name them as they are; what is not
/// one of them is left out, and what is empty too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter(Vec<(String, String)>);

impl Letter {
    /// The names of all fields.
    pub fn fields() -> impl Iterator<Item = &'static str> {
        FIELDS.into_iter().chain(Weekday::VARIANTS.iter().map(Weekday::into_str)).chain(VARIANT_FIELDS.into_iter().flatten())
    }

    /// With what `value` says of each field.
    pub fn from_fields(mut value: impl FnMut(&'static str) -> Option<String>) -> Self {
        let filled = Self::fields().filter_map(|name| value(name).filter(|text| !text.is_empty()).map(|text| (name.to_owned(), text)));
        Self(filled.collect())
    }

    /// What stands in a field; empty if nothing does.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text.as_str())
    }

    /// What stands in which field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

impl Serialize for Letter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Letter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of a broadcast")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry::<String, String>()? {
                    all.push(entry);
                }
                Ok(all)
            }
        }

        let all = deserializer.deserialize_map(Fields)?;
        Ok(Self::from_fields(|name| all.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_travels_as_its_fields() {
        let json = r#"{"title":"News","other":"x","text":"","audience":"everyone","monday":"on","title_b":"More"}"#;
        let letter: Letter = serde_json::from_str(json).unwrap();
        assert_eq!((letter.get("title"), letter.get("title_b"), letter.get("other"), letter.get("text")), ("News", "More", "", ""));
        let text = serde_json::to_string(&letter).unwrap();
        assert_eq!(text, r#"{"audience":"everyone","monday":"on","title":"News","title_b":"More"}"#, "in one order, whatever came");
        assert_eq!(serde_json::from_str::<Letter>(&text).unwrap(), letter);
    }

    #[test]
    fn no_two_fields_have_one_name() {
        let mut names: Vec<&str> = Letter::fields().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), count), (count, 11 + 7 + 16));
    }
}
