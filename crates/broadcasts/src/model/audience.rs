//! For whom a broadcast is, with its one spelling.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::AppError,
    ids::{ConversationId, EventId, PersonId},
    people::Role,
};

/// For whom a broadcast is. Written `everyone`, `role:instructor`, `room:4`, `event:3` or `person:7`: in rows, forms and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Audience {
    /// All people of the organisation.
    Everyone,
    /// Those who hold a role.
    Role(Role),
    /// The members of a room.
    Room(ConversationId),
    /// Those who have a ticket of an event.
    Event(EventId),
    /// One person.
    Person(PersonId),
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Role(role) => write!(f, "role:{}", role.into_str()),
            Self::Room(room) => write!(f, "room:{room}"),
            Self::Event(event) => write!(f, "event:{event}"),
            Self::Person(person) => write!(f, "person:{person}"),
        }
    }
}

impl FromStr for Audience {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, AppError> {
        let unknown = || AppError::invalid("audience", "Choose who gets it: everyone, role:…, room:…, event:… or person:…");
        let (kind, which) = text.split_once(':').unwrap_or((text, ""));
        match (kind, which) {
            ("everyone", "") if text == "everyone" => Ok(Self::Everyone),
            ("role", word) => word.parse().map(Self::Role).map_err(|_| unknown()),
            ("room", id) => id.parse().map(Self::Room).map_err(|_| unknown()),
            ("event", id) => id.parse().map(Self::Event).map_err(|_| unknown()),
            ("person", id) => id.parse().map(Self::Person).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

impl From<Audience> for String {
    fn from(audience: Audience) -> Self {
        audience.to_string()
    }
}

impl TryFrom<String> for Audience {
    type Error = AppError;

    fn try_from(text: String) -> Result<Self, AppError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    fn any_audience() -> impl Strategy<Value = Audience> {
        (0..5, 1..=i64::MAX, 0..Role::VARIANTS.len()).prop_map(|(kind, id, role)| match kind {
            0 => Audience::Everyone,
            1 => Audience::Role(Role::VARIANTS[role]),
            2 => Audience::Room(ConversationId(id)),
            3 => Audience::Event(EventId(id)),
            _ => Audience::Person(PersonId(id)),
        })
    }

    proptest! {
        #[test]
        fn an_audience_reads_back(audience in any_audience()) {
            prop_assert_eq!(audience.to_string().parse::<Audience>(), Ok(audience));
        }

        #[test]
        fn an_audience_has_one_spelling(text in "(everyone|role|room|event|person)?:?[a-z0-9+ -]{0,10}") {
            if let Ok(audience) = text.parse::<Audience>() {
                prop_assert_eq!(audience.to_string(), text);
            }
        }
    }

    #[test]
    fn nobody_is_meant_by_anything_else() {
        for wrong in ["", "all", "everyone:", "role:", "role:king", "room:0", "room:01", "event:", "event:-3", "person:x", "Everyone"] {
            assert_eq!(wrong.parse::<Audience>().unwrap_err().field.as_deref(), Some("audience"), "{wrong:?}");
        }
    }
}
