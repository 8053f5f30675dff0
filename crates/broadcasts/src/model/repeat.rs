//! How often a broadcast is repeated, and until when.

use serde::{Deserialize, Serialize};

use plenum_core::error::{AppError, AppResult};

/// Broadcasts of one series at the most, where their number is said.
const TIMES: u32 = 366;

/// How often a broadcast is repeated, and until when: what comes first, the day or the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Repeat {
    /// How often.
    pub every: Every,
    /// The days of a week; none: that of the first time.
    #[serde(default)]
    pub days: Vec<Weekday>,
    /// The last day on which it can be sent, `2027-01-31`.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(example = "2027-01-31"))]
    pub until: Option<String>,
    /// How many times it is sent.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 366))]
    pub times: Option<u32>,
}

/// How often a broadcast is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each day.
    Day,
    /// Each week, on some of its days.
    Week,
    /// Each month, on the day of the first time; on the last day of a month that is too short for it.
    Month,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Repeat {
    /// # Errors
    /// 422 `days` or `times`.
    pub(super) fn check(&self) -> AppResult<()> {
        if self.every != Every::Week && !self.days.is_empty() {
            return Err(AppError::invalid("days", "Days are for what is repeated each week."));
        }
        match self.times {
            Some(times) if !(1..=TIMES).contains(&times) => {
                Err(AppError::invalid("times", format!("It is sent 1 to {TIMES} times; leave it empty to go on.")))
            }
            _ => Ok(()),
        }
    }
}
