//! What somebody wants to send, checked field by field.

use serde::{Deserialize, Serialize};

use super::{Audience, Repeat, Sample, VARIANT_FIELDS, variants::MOST};
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
    text::nothing_hidden,
};
use plenum_ui::redirect::own_path;

/// Characters of a title, and of a text at the most: as much as a notification shows.
pub const TITLE_CHARS: usize = 120;
/// See [`TITLE_CHARS`].
pub const TEXT_CHARS: usize = 240;
/// Bytes of a link at the most.
const LINK_BYTES: usize = 200;
/// A variant's weight at the most.
const WEIGHT: u32 = 100;

/// What one of the variants says, and how many of the recipients get it beside the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Words {
    /// One line; a template.
    pub title: String,
    /// A line or two; a template.
    pub text: String,
    /// A path of this site, or empty.
    pub link: String,
    /// Its part of the audience, beside those of the others: 1 to 100.
    pub weight: u32,
}

/// When a broadcast is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At once.
    Now,
    /// At an instant.
    At(Millis),
    /// When clocks of one zone say so.
    Clock {
        /// `2026-11-22T09:00`
        local: String,
        /// `Europe/Berlin`
        zone: String,
    },
    /// When the clock of each recipient says so.
    OwnClock {
        /// `2026-11-22T09:00`
        local: String,
        /// What becomes of those for whom it has passed.
        late: Late,
    },
}

/// What becomes of recipients for whom their own time has passed already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// They get it at once.
    #[default]
    AtOnce,
    /// They get it at that time of the next day.
    NextDay,
}

/// What somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// For whom.
    pub audience: Audience,
    /// What it says, in one to four variants.
    pub variants: Vec<Words>,
    /// The variants go to a sample first.
    pub sample: Option<Sample>,
    /// When; the first time, if it is repeated.
    pub when: When,
    /// Again and again.
    pub repeat: Option<Repeat>,
}

impl Words {
    /// Reads what was entered as the variant with this number.
    ///
    /// # Errors
    /// 422 `title`, `text`, `link` or `weight`, of the variant.
    pub fn parse(number: usize, title: &str, text: &str, link: &str, weight: u32) -> AppResult<Self> {
        let [title_field, text_field, link_field, weight_field] = VARIANT_FIELDS[number.min(MOST - 1)];
        let (title, text, link) = (title.trim(), text.trim(), link.trim());
        if !(1..=TITLE_CHARS).contains(&title.chars().count()) || title.chars().any(char::is_control) {
            return Err(AppError::invalid(title_field, format!("A title is one line of 1 to {TITLE_CHARS} characters.")));
        }
        nothing_hidden(title_field, title)?;
        if text.chars().count() > TEXT_CHARS {
            return Err(AppError::invalid(text_field, format!("The text has at most {TEXT_CHARS} characters.")));
        }
        if !link.is_empty() && (link.len() > LINK_BYTES || own_path(link).is_none()) {
            return Err(AppError::invalid(link_field, "A link is a path of this site, like /messages/rooms, or empty."));
        }
        if !(1..=WEIGHT).contains(&weight) {
            return Err(AppError::invalid(weight_field, format!("A weight is a number from 1 to {WEIGHT}.")));
        }
        Ok(Self { title: title.to_owned(), text: text.to_owned(), link: link.to_owned(), weight })
    }
}

impl Draft {
    /// What is to be said in one way, at once.
    pub fn new(audience: Audience, words: Words) -> Self {
        Self { audience, variants: vec![words], sample: None, when: When::Now, repeat: None }
    }

    /// What it is called where there is room for one line: the title of its first variant.
    pub fn title(&self) -> &str {
        self.variants.first().map_or("", |words| words.title.as_str())
    }

    /// Checks what goes together.
    ///
    /// # Errors
    /// 422 `variants`, `sample`, `hours`, `at`, `repeat`, `days` or `times`.
    pub fn check(&self) -> AppResult<()> {
        if !(1..=MOST).contains(&self.variants.len()) {
            return Err(AppError::invalid("variants", format!("A broadcast has 1 to {MOST} variants.")));
        }
        if let Some(sample) = self.sample {
            if !(5..=50).contains(&sample.percent) {
                return Err(AppError::invalid("sample", "A sample is 5 to 50 per cent of the audience."));
            }
            if !(1..=168).contains(&sample.hours) {
                return Err(AppError::invalid("hours", "The winner is chosen after 1 to 168 hours."));
            }
            if self.variants.len() < 2 {
                return Err(AppError::invalid("sample", "A sample needs at least two variants to compare."));
            }
            if matches!(self.when, When::OwnClock { .. }) {
                return Err(AppError::invalid("sample", "A sample is sent at one time. Choose your own time zone, or no sample."));
            }
        }
        let Some(repeat) = &self.repeat else { return Ok(()) };
        if matches!(self.when, When::Now | When::At(_)) {
            return Err(AppError::invalid("at", "Choose when it is sent the first time."));
        }
        repeat.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Every, Measure, Weekday};

    #[test]
    fn words_are_checked_by_field() {
        let parse = |title: &str, text: &str, link: &str, weight| Words::parse(1, title, text, link, weight).map_err(|e| e.field);
        assert!(parse(" News ", "", "", 1).is_ok() && parse("News", &"x".repeat(TEXT_CHARS), "/messages/rooms?a=1", WEIGHT).is_ok());
        for (title, text, link, weight, field) in [
            ("", "", "", 1, "title_b"),
            ("a\nb", "", "", 1, "title_b"),
            (&*"x".repeat(TITLE_CHARS + 1), "", "", 1, "title_b"),
            ("News", &*"x".repeat(TEXT_CHARS + 1), "", 1, "text_b"),
            ("News", "", "https://evil.example", 1, "link_b"),
            ("News", "", "//evil.example", 1, "link_b"),
            ("News", "", &*format!("/{}", "x".repeat(LINK_BYTES)), 1, "link_b"),
            ("News", "", "", 0, "weight_b"),
            ("News", "", "", WEIGHT + 1, "weight_b"),
        ] {
            assert_eq!(parse(title, text, link, weight), Err(Some(field.to_owned())), "{title} {link}");
        }
        assert_eq!(Words::parse(0, "", "", "", 1).unwrap_err().field.as_deref(), Some("title"));
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let words = Words::parse(0, "News", "", "", 1).unwrap();
        let one = Draft::new(Audience::Everyone, words.clone());
        let sample = Some(Sample { percent: 10, hours: 4, measure: Measure::Read });
        let two = Draft { variants: vec![words; 2], sample, ..one.clone() };
        let clock = When::Clock { local: "2026-11-22T09:00".into(), zone: "Europe/Berlin".into() };
        let own = When::OwnClock { local: "2026-11-22T09:00".into(), late: Late::NextDay };
        let daily = Repeat { every: Every::Day, days: vec![], until: None, times: Some(3) };
        assert_eq!((one.check(), two.check()), (Ok(()), Ok(())));
        assert_eq!(Draft { when: own.clone(), repeat: Some(daily.clone()), ..one.clone() }.check(), Ok(()));
        for (wrong, field) in [
            (Draft { variants: vec![], ..one.clone() }, "variants"),
            (Draft { variants: vec![two.variants[0].clone(); 5], ..one.clone() }, "variants"),
            (Draft { sample, ..one.clone() }, "sample"),
            (Draft { when: own, ..two.clone() }, "sample"),
            (Draft { sample: sample.map(|sample| Sample { percent: 51, ..sample }), ..two.clone() }, "sample"),
            (Draft { sample: sample.map(|sample| Sample { hours: 0, ..sample }), ..two }, "hours"),
            (Draft { repeat: Some(daily.clone()), ..one.clone() }, "at"),
            (Draft { when: clock.clone(), repeat: Some(Repeat { times: Some(0), ..daily.clone() }), ..one.clone() }, "times"),
            (Draft { when: clock, repeat: Some(Repeat { days: vec![Weekday::Friday], ..daily }), ..one }, "days"),
        ] {
            assert_eq!(wrong.check().unwrap_err().field.as_deref(), Some(field), "{wrong:?}");
        }
    }
}
