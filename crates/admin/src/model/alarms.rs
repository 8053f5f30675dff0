//! Thresholds: when one is raised, and when it ends. Plain functions of value and time.

use serde::{Deserialize, Serialize};

use super::{Figure, Scope, Unit};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{AlarmId, Millis},
};

/// Thresholds of an organisation at the most.
pub const ALARMS: usize = 50;
/// The longest wait of one, in seconds.
pub const LONGEST: u32 = 86_400;
/// The largest threshold.
const LARGEST: f64 = 1e15;
/// By which part of the threshold a value must be back before it counts as back: one that trembles at it is one alarm.
const MARGIN: f64 = 0.1;

/// On which side of the threshold it is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// More is too much.
    Above,
    /// Less is too little.
    Below,
}

/// When to raise an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Of what.
    pub figure: Figure,
    /// On which side of the threshold.
    pub side: Side,
    /// The threshold, in the figure's unit.
    pub threshold: f64,
    /// How long it must be crossed, and how long it must be back before it ends, in seconds.
    pub seconds: u32,
}

/// A threshold, and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    pub id: AlarmId,
    /// When it is raised.
    pub rule: Rule,
    /// It is looked at.
    pub enabled: bool,
    /// When it was raised last.
    pub raised_at: Option<Millis>,
    /// What the figure was then.
    pub value: Option<f64>,
    /// When that ended; none while it is raised.
    pub ended_at: Option<Millis>,
}

impl Alarm {
    /// It is raised now.
    pub fn is_raised(&self) -> bool {
        self.raised_at.is_some() && self.ended_at.is_none()
    }
}

/// The thresholds of an organisation, by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alarms(pub Vec<Alarm>);

impl Alarms {
    /// The one that was raised last.
    pub fn last(&self) -> Option<&Alarm> {
        self.0.iter().filter(|alarm| alarm.raised_at.is_some()).max_by_key(|alarm| alarm.raised_at)
    }

    /// Those that are raised now.
    pub fn raised(&self) -> impl Iterator<Item = &Alarm> {
        self.0.iter().filter(|alarm| alarm.is_raised())
    }
}

/// What `/admin/alarms` shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmDesk {
    /// The viewer runs the place, and may watch the figures of the process.
    pub operator: bool,
    /// The thresholds.
    pub alarms: Alarms,
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Within the threshold.
    Quiet,
    /// Beyond it, for not long enough yet.
    Crossed {
        /// Since when.
        since: Millis,
    },
    /// Raised.
    Raised,
    /// Raised, and back within the threshold for not long enough yet.
    Back {
        /// Since when.
        since: Millis,
    },
}

/// What people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The alarm is raised.
    Raised,
    /// It has ended.
    Ended,
}

impl Rule {
    /// Reads what was entered; the threshold is in [`Unit::entered`] units.
    ///
    /// # Errors
    /// 422 `figure` (unknown, or of the process while `operator` is false), `side`, `threshold`, `seconds`.
    pub fn parse(figure: &str, side: &str, threshold: &str, seconds: &str, operator: bool) -> AppResult<Self> {
        let figure = figure
            .parse()
            .ok()
            .filter(|figure: &Figure| operator || figure.described().scope == Scope::Organisation)
            .ok_or_else(|| AppError::invalid("figure", "Choose a figure."))?;
        let side = side.parse::<Side>().map_err(|_| AppError::invalid("side", "Choose a side."))?;
        let threshold: f64 = threshold.trim().replace(',', ".").parse().map_err(|_| AppError::invalid("threshold", "Enter a number."))?;
        if !(0.0..=LARGEST).contains(&threshold) {
            return Err(AppError::invalid("threshold", "Enter a number of 0 or more."));
        }
        if threshold == 0.0 && side == Side::Below {
            return Err(AppError::invalid("threshold", "Nothing is ever below 0."));
        }
        let seconds = seconds.trim();
        let seconds: Option<u32> = if seconds.is_empty() { Some(0) } else { seconds.parse().ok() };
        let seconds = seconds
            .filter(|seconds| *seconds <= LONGEST)
            .ok_or_else(|| AppError::invalid("seconds", format!("Enter whole seconds, at most {LONGEST}.")))?;
        Ok(Self { figure, side, threshold: threshold * figure.described().unit.entered(), seconds })
    }

    fn is_crossed(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value > self.threshold,
            Side::Below => value < self.threshold,
        }
    }

    fn is_back(&self, value: f64) -> bool {
        let margin = self.threshold * MARGIN;
        // Of what is only whole, the next one is far enough: "above 1" is over at 1.
        let whole = matches!(self.figure.described().unit, Unit::Count | Unit::PerMinute);
        let margin = if whole { margin.floor() } else { margin };
        match self.side {
            Side::Above => value <= self.threshold - margin,
            Side::Below => value >= self.threshold + margin,
        }
    }

    /// Where the rule stands once the figure is `value` at `now`, and what people are told of it.
    pub fn step(&self, standing: Standing, value: f64, now: Millis) -> (Standing, Option<Turn>) {
        let long_enough = |since: Millis| now - since >= Millis::from(self.seconds) * 1_000;
        match standing {
            Standing::Quiet if self.is_crossed(value) => self.step(Standing::Crossed { since: now }, value, now),
            Standing::Crossed { .. } if !self.is_crossed(value) => (Standing::Quiet, None),
            Standing::Crossed { since } if long_enough(since) => (Standing::Raised, Some(Turn::Raised)),
            Standing::Raised if self.is_back(value) => self.step(Standing::Back { since: now }, value, now),
            Standing::Back { .. } if !self.is_back(value) => (Standing::Raised, None),
            Standing::Back { since } if long_enough(since) => (Standing::Quiet, Some(Turn::Ended)),
            unchanged => (unchanged, None),
        }
    }
}

impl Unit {
    /// How many of the unit one of what people enter is: memory is entered in MiB, money in euros.
    pub fn entered(self) -> f64 {
        match self {
            Self::Bytes => 1_048_576.0,
            Self::Cents => 100.0,
            _ => 1.0,
        }
    }
}

/// Thresholds that many places want.
pub fn suggestions(operator: bool) -> impl Iterator<Item = Rule> {
    let above = |figure, threshold, seconds| Rule { figure, side: Side::Above, threshold, seconds };
    [
        above(Figure::DeadLetters, 0.0, 0),
        above(Figure::Processor, 90.0, 120),
        above(Figure::Memory, 1_073_741_824.0, 60),
        above(Figure::PublishP99, 250.0, 60),
        above(Figure::HttpP99, 1_000.0, 60),
        above(Figure::JobsDue, 100.0, 60),
        above(Figure::Gaps, 20.0, 0),
        above(Figure::Messages, 50.0, 60),
        above(Figure::Connections, 5_000.0, 60),
    ]
    .into_iter()
    .filter(move |rule| operator || rule.figure.described().scope == Scope::Organisation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    fn above(threshold: f64, seconds: u32) -> Rule {
        Rule { figure: Figure::Processor, side: Side::Above, threshold, seconds }
    }

    /// Runs a rule over values, one a second; tells at which seconds what was told.
    fn told(rule: &Rule, values: &[f64]) -> Vec<(usize, Turn)> {
        let mut standing = Standing::Quiet;
        let mut told = Vec::new();
        for (second, value) in values.iter().enumerate() {
            let (next, turn) = rule.step(standing, *value, Millis::try_from(second).unwrap() * 1_000);
            standing = next;
            told.extend(turn.map(|turn| (second, turn)));
        }
        told
    }

    #[test]
    fn it_is_raised_once_and_ends_when_it_is_well_back() {
        let rule = above(80.0, 2);
        assert_eq!(told(&rule, &[90.0, 90.0, 70.0, 90.0, 90.0]), [], "never for two seconds");
        let values = [90.0, 90.0, 90.0, 90.0, 79.0, 85.0, 79.0, 79.0, 79.0, 79.0, 71.0, 71.0, 90.0, 70.0, 70.0, 70.0, 70.0];
        assert_eq!(told(&rule, &values), [(2, Turn::Raised), (15, Turn::Ended)], "79 is too near to be back");
        let rule = above(0.0, 0);
        assert_eq!(told(&rule, &[0.0, 1.0, 2.0, 0.0, 3.0]), [(1, Turn::Raised), (3, Turn::Ended), (4, Turn::Raised)]);
        let rule = Rule { figure: Figure::Connections, ..above(1.0, 0) };
        assert_eq!(told(&rule, &[1.0, 2.0, 1.0]), [(1, Turn::Raised), (2, Turn::Ended)], "of what is whole the next one is far enough");
        let rule = Rule { figure: Figure::Connections, ..above(100.0, 0) };
        assert_eq!(told(&rule, &[101.0, 95.0, 90.0]), [(0, Turn::Raised), (2, Turn::Ended)]);
        let rule = Rule { side: Side::Below, ..above(10.0, 0) };
        assert_eq!(told(&rule, &[10.0, 9.0, 10.0, 11.0]), [(1, Turn::Raised), (3, Turn::Ended)]);
    }

    proptest! {
        /// Whatever the values, raised and ended take turns, the first being raised.
        #[test]
        fn turns_alternate(values in proptest::collection::vec(0.0_f64..20.0, 0..200), threshold in 0.0_f64..20.0, seconds in 0_u32..4, side in 0..2_usize) {
            let rule = Rule { side: Side::VARIANTS[side], ..above(threshold, seconds) };
            for (index, (_, turn)) in told(&rule, &values).into_iter().enumerate() {
                prop_assert_eq!(turn, if index % 2 == 0 { Turn::Raised } else { Turn::Ended });
            }
        }
    }

    #[test]
    fn what_is_entered_is_checked_by_field() {
        let field = |figure: &str, side: &str, threshold: &str, seconds: &str, operator: bool| {
            Rule::parse(figure, side, threshold, seconds, operator).map_err(|error| error.field.unwrap())
        };
        assert_eq!(field("memory", "above", "512", "", true).map(|rule| (rule.threshold, rule.seconds)), Ok((536_870_912.0, 0)));
        assert_eq!(field("messages", "above", " 1,5 ", "60", false).map(|rule| rule.threshold), Ok(1.5));
        for (figure, side, threshold, seconds, operator, wrong) in [
            ("memory", "above", "1", "0", false, "figure"),
            ("nothing", "above", "1", "0", true, "figure"),
            ("messages", "beside", "1", "0", true, "side"),
            ("messages", "above", "many", "0", true, "threshold"),
            ("messages", "above", "-1", "0", true, "threshold"),
            ("messages", "above", "NaN", "0", true, "threshold"),
            ("messages", "below", "0", "0", true, "threshold"),
            ("messages", "above", "1", "-5", true, "seconds"),
            ("messages", "above", "1", "86401", true, "seconds"),
        ] {
            assert_eq!(field(figure, side, threshold, seconds, operator), Err(wrong.to_owned()), "{figure} {side} {threshold} {seconds}");
        }
        assert!(suggestions(false).all(|rule| rule.figure.described().scope == Scope::Organisation));
        assert!(suggestions(true).count() > suggestions(false).count());
    }
}
