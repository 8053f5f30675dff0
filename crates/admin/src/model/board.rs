//! What the operations board shows: figures now, and how they were over a period.

use serde::{Deserialize, Serialize};

use super::{Alarms, Figure, Fold, LiveChannels};
use plenum_core::ids::Millis;

/// Channels that the board lists.
pub const BUSIEST: usize = 6;

/// How far back a board looks.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A quarter of an hour, by 5 s.
    #[default]
    Quarter,
    /// 24 hours, by 5 min.
    Day,
    /// Seven days, by 30 min.
    Week,
}

impl Period {
    /// How long one of its intervals is.
    pub fn step(self) -> Millis {
        match self {
            Self::Quarter => 5_000,
            Self::Day => 300_000,
            Self::Week => 1_800_000,
        }
    }

    /// How long it is.
    pub fn length(self) -> Millis {
        match self {
            Self::Quarter => 900_000,
            Self::Day => 86_400_000,
            Self::Week => 604_800_000,
        }
    }

    /// Where the interval that holds `at` begins.
    pub fn begin(self, at: Millis) -> Millis {
        at - at.rem_euclid(self.step())
    }

    /// Points that begin before this are no longer shown at `now`.
    pub fn oldest(self, now: Millis) -> Millis {
        self.begin(now) - self.length() + self.step()
    }
}

/// Figures at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Values(pub Vec<(Figure, f64)>);

impl Values {
    /// One of them, if it is known.
    pub fn get(&self, figure: Figure) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == figure).map(|(_, value)| *value)
    }

    /// To thousandths, so that what has not changed is not sent or drawn again.
    #[must_use]
    pub fn rounded(&self) -> Self {
        // Zero is never −0.
        Self(self.0.iter().map(|(figure, value)| (*figure, (value * 1_000.0).round() / 1_000.0 + 0.0)).collect())
    }
}

/// Figures of one interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it begins.
    pub at: Millis,
    /// What they were in it.
    pub values: Values,
}

/// An interval that is under way: what was sampled in it so far, folded as each figure's line says.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// When it begins.
    pub at: Millis,
    /// Samples in it.
    pub weight: u32,
    /// What they come to.
    pub values: Values,
}

impl Folded {
    /// An interval without a sample.
    pub fn at(at: Millis) -> Self {
        Self { at, weight: 0, values: Values::default() }
    }

    /// Takes a sample in.
    pub fn add(&mut self, sample: &Values) {
        let weight = f64::from(self.weight);
        for (figure, value) in &sample.0 {
            match self.values.0.iter_mut().find(|(known, _)| known == figure) {
                Some((_, folded)) => {
                    *folded = match figure.described().fold {
                        Fold::Mean => (*folded * weight + value) / (weight + 1.0),
                        Fold::Peak => folded.max(*value),
                        Fold::Last => *value,
                    };
                }
                None => self.values.0.push((*figure, *value)),
            }
        }
        self.weight = self.weight.saturating_add(1);
    }

    /// As it is shown.
    pub fn point(&self) -> Point {
        Point { at: self.at, values: self.values.rounded() }
    }
}

/// Figures over a period, by column: an instant that was not sampled is not there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub period: Period,
    /// When each interval begins, the oldest first.
    pub at: Vec<Millis>,
    /// What each figure was in them.
    pub columns: Vec<(Figure, Vec<Option<f64>>)>,
}

impl Series {
    /// Those of `points` that `period` shows at `now`.
    pub fn from_points(period: Period, points: &[Point], now: Millis) -> Self {
        let mut series = Self { period, ..Self::default() };
        for point in points {
            series.put(point);
        }
        series.forget(now);
        series
    }

    /// Puts a point in its place, or what was there is written over.
    pub fn put(&mut self, point: &Point) {
        let place = match self.at.binary_search(&point.at) {
            Ok(place) => place,
            Err(place) => {
                self.at.insert(place, point.at);
                for (_, column) in &mut self.columns {
                    column.insert(place, None);
                }
                place
            }
        };
        for (figure, value) in &point.values.0 {
            let index = match self.columns.binary_search_by_key(figure, |(known, _)| *known) {
                Ok(index) => index,
                Err(index) => {
                    self.columns.insert(index, (*figure, vec![None; self.at.len()]));
                    index
                }
            };
            if let Some(cell) = self.columns.get_mut(index).and_then(|(_, column)| column.get_mut(place)) {
                *cell = Some(*value);
            }
        }
    }

    /// Drops what the period no longer shows at `now`, and figures of which nothing is left.
    pub fn forget(&mut self, now: Millis) {
        let oldest = self.period.oldest(now);
        let gone = self.at.partition_point(|at| *at < oldest);
        if gone > 0 {
            self.at.drain(..gone);
            for (_, column) in &mut self.columns {
                column.drain(..gone.min(column.len()));
            }
            self.columns.retain(|(_, column)| column.iter().any(Option::is_some));
        }
    }

    /// What one figure was, where it is known.
    pub fn line(&self, figure: Figure) -> Vec<(Millis, f64)> {
        let column = self.columns.iter().find(|(known, _)| *known == figure).map(|(_, column)| column.as_slice());
        let values = self.at.iter().zip(column.unwrap_or_default());
        values.filter_map(|(at, value)| Some((*at, (*value)?))).collect()
    }

    /// By how much a figure is more than at the beginning of what is known of the period.
    pub fn change(&self, figure: Figure, now: f64) -> Option<f64> {
        self.line(figure).first().map(|(_, first)| now - first)
    }
}

/// What `/admin` shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// When it was sampled.
    pub at: Millis,
    /// The viewer runs the place: the figures of the process are here, too.
    pub operator: bool,
    /// Figures now.
    pub now: Values,
    /// Figures over the period.
    pub series: Series,
    /// The channels that most listen to.
    pub busiest: LiveChannels,
    /// The thresholds, and which of them are crossed.
    pub alarms: Alarms,
}

/// What those who look are told once a second: the figures now, and what they make of each period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// When they were sampled.
    pub at: Millis,
    /// Figures now.
    pub now: Values,
    /// The interval that is under way, in each period.
    pub points: Vec<(Period, Point)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    fn sample(online: f64, p99: f64, today: f64) -> Values {
        Values(vec![(Figure::PeopleOnline, online), (Figure::PublishP99, p99), (Figure::MessagesToday, today)])
    }

    #[test]
    fn each_figure_is_folded_as_its_line_says() {
        let mut folded = Folded::at(0);
        for values in [sample(2.0, 9.0, 5.0), sample(4.0, 30.0, 6.0), sample(6.0, 1.0, 7.0)] {
            folded.add(&values);
        }
        assert_eq!((folded.weight, folded.point().values), (3, sample(4.0, 30.0, 7.0)));
    }

    #[test]
    fn a_series_is_in_order_keeps_gaps_and_forgets() {
        let point = |at: Millis, value: f64| Point { at, values: Values(vec![(Figure::PeopleOnline, value)]) };
        let mut series = Series::from_points(Period::Quarter, &[point(20_000, 2.0), point(5_000, 1.0), point(20_000, 3.0)], 20_000);
        assert_eq!(series.line(Figure::PeopleOnline), [(5_000, 1.0), (20_000, 3.0)], "10 s and 15 s are missing, not zero");
        series.put(&Point { at: 25_000, values: Values(vec![(Figure::Memory, 7.0)]) });
        assert_eq!(series.line(Figure::Memory), [(25_000, 7.0)]);
        assert_eq!(series.line(Figure::PeopleOnline).len(), 2);
        series.forget(20_000 + Period::Quarter.length());
        assert_eq!(series.at, [25_000], "what began a whole period ago is gone");
        assert!(series.line(Figure::PeopleOnline).is_empty());
        assert_eq!(series.change(Figure::Memory, 9.0), Some(2.0));
    }

    #[test]
    fn periods_are_found_again() {
        for &period in Period::VARIANTS {
            assert_eq!(period.into_str().parse(), Ok(period));
            assert_eq!(period.length() % period.step(), 0);
        }
        assert_eq!("year".parse::<Period>().unwrap_or_default(), Period::Quarter);
    }
}
