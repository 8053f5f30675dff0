//! What a program wants to send.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::model::{Audience, Draft, Late, Repeat, Sample, When, Words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
};
use plenum_store::zones;

/// What is to be told, to whom and when.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewBroadcast {
    /// For whom: `everyone`, `role:instructor`, `room:4`, `event:3` (who has a ticket), `person:7`. Whoever sends it is never among them.
    #[schema(pattern = "^(everyone|role:[a-z]+|room:[1-9][0-9]*|event:[1-9][0-9]*|person:[1-9][0-9]*)$")]
    audience: String,
    /// One line; it may have `{{ name }}`, `{{ first_name }}` and `{{ organisation }}` in it. Not with `variants`.
    #[serde(default)]
    #[schema(max_length = 120)]
    title: String,
    /// A line or two, with the same variables.
    #[serde(default)]
    #[schema(max_length = 240)]
    text: String,
    /// Where it leads: a path of this site.
    #[serde(default)]
    #[schema(max_length = 200)]
    link: String,
    /// Instead of `title`, `text` and `link`: up to four of these, of which each recipient gets one.
    #[serde(default)]
    #[schema(max_items = 4)]
    variants: Vec<NewVariant>,
    /// The variants go to a sample first, and the rest gets the one that did better.
    #[serde(default)]
    sample: Option<Sample>,
    /// When it is to be sent, within a year; at once if no time is said.
    #[serde(default)]
    at: Option<Millis>,
    /// Instead of `at`: when a clock says so, `2026-11-22T09:00`.
    #[serde(default)]
    #[schema(example = "2026-11-22T09:00")]
    local: Option<String>,
    /// The zone of that clock; each recipient's own if it is not said.
    #[serde(default)]
    #[schema(example = "Europe/Berlin")]
    zone: Option<String>,
    /// With each recipient's own zone: what becomes of those for whom the time has passed.
    #[serde(default)]
    late: Late,
    /// For a series: how often it is sent. Its times are those of `local`.
    #[serde(default)]
    repeat: Option<Repeat>,
}

/// One of the things that a broadcast says.
#[derive(Deserialize, ToSchema)]
struct NewVariant {
    /// One line.
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// A line or two.
    #[serde(default)]
    #[schema(max_length = 240)]
    text: String,
    /// Where it leads.
    #[serde(default)]
    #[schema(max_length = 200)]
    link: String,
    /// Its part of the audience, beside those of the others.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100)]
    weight: u32,
}

fn one() -> u32 {
    1
}

impl NewBroadcast {
    /// For whom.
    ///
    /// # Errors
    /// 422 `audience`.
    pub(super) fn audience(&self) -> AppResult<Audience> {
        self.audience.parse()
    }

    /// What is wanted, checked field by field.
    ///
    /// # Errors
    /// 422 of the field.
    pub(super) fn draft(&self) -> AppResult<Draft> {
        let audience = self.audience()?;
        let variants = if self.variants.is_empty() {
            vec![Words::parse(0, &self.title, &self.text, &self.link, 1)?]
        } else if !(self.title.is_empty() && self.text.is_empty() && self.link.is_empty()) {
            return Err(AppError::invalid("variants", "Say it in title, text and link, or in variants."));
        } else if self.variants.len() > 4 {
            return Err(AppError::invalid("variants", "A broadcast has 1 to 4 variants."));
        } else {
            let words = |(number, variant): (usize, &NewVariant)| {
                Words::parse(number, &variant.title, &variant.text, &variant.link, variant.weight)
            };
            self.variants.iter().enumerate().map(words).collect::<AppResult<_>>()?
        };
        let draft = Draft { audience, variants, sample: self.sample, when: self.when()?, repeat: self.repeat.clone() };
        draft.check()?;
        Ok(draft)
    }

    fn when(&self) -> AppResult<When> {
        match (self.at, &self.local, &self.zone) {
            (None, None, None) => Ok(When::Now),
            (Some(at), None, None) => Ok(When::At(at)),
            (None, Some(local), Some(zone)) if zones::is_known(zone) => Ok(When::Clock { local: local.clone(), zone: zone.clone() }),
            (None, Some(local), None) => Ok(When::OwnClock { local: local.clone(), late: self.late }),
            (None, Some(_), Some(_)) => Err(AppError::invalid("zone", "There is no such time zone.")),
            _ => Err(AppError::invalid("at", "Say at, or local and zone.")),
        }
    }
}
