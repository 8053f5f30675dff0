//! The audit log: every row of the record, for admins.

use serde::{Deserialize, Serialize};

use plenum_core::{
    activity::{Item, SubjectKind, Topic},
    ids::ActivityId,
};

/// Rows of one page.
pub const ROWS: usize = 50;
/// Characters of each field of the filter that count.
const CHARS: usize = 100;

/// Which rows are shown, as it was entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asked {
    /// Part of the name or the address of who did it, or of whom it is about.
    #[serde(default)]
    pub person: String,
    /// A topic's name; empty: all.
    #[serde(default)]
    pub topic: String,
    /// The name of a kind of subject; empty: all.
    #[serde(default)]
    pub subject: String,
    /// The first day, `2026-11-21`, in the zone of who asks; empty: from the beginning.
    #[serde(default)]
    pub from: String,
    /// The last day, likewise; empty: until now.
    #[serde(default)]
    pub to: String,
    /// Part of a name or a detail.
    #[serde(default)]
    pub text: String,
}

impl Asked {
    /// Nothing was entered: all rows.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Only what counts: blanks around it and what is too long is not.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let cut = |text: &str| text.trim().chars().take(CHARS).collect::<String>();
        Self {
            person: cut(&self.person),
            topic: cut(&self.topic),
            subject: cut(&self.subject),
            from: cut(&self.from),
            to: cut(&self.to),
            text: cut(&self.text),
        }
    }

    /// The topic that was chosen.
    pub fn topic(&self) -> Option<Topic> {
        self.topic.parse().ok()
    }

    /// The kind of subject that was chosen.
    pub fn subject(&self) -> Option<SubjectKind> {
        self.subject.parse().ok()
    }

    /// The fields with something in them, by name, for an address.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("person", self.person.as_str()),
            ("topic", &self.topic),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
            ("text", &self.text),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty())
    }
}

/// A page of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// What was asked for.
    pub asked: Asked,
    /// The newest first, each with all its details.
    pub rows: Vec<Item>,
    /// The page after this begins below this row; 0: there is none.
    pub floor: ActivityId,
    /// The newest row of the whole record when this was read.
    pub head: ActivityId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_entered_is_what_the_address_says() {
        let asked = Asked { person: "  lena ".to_owned(), topic: "people".to_owned(), ..Asked::default() }.trimmed();
        assert_eq!(asked.fields().collect::<Vec<_>>(), [("person", "lena"), ("topic", "people")]);
        assert_eq!((asked.topic(), asked.subject()), (Some(Topic::People), None));
        assert!(Asked::default().is_empty() && !asked.is_empty());
    }
}
