//! Where a chart draws what. No clock and no measure of a screen in it: server and browser come to the same numbers.

use std::{collections::BTreeSet, fmt::Write as _};

use plenum_core::ids::Millis;

/// The drawing's own width; it is stretched to its place.
pub const WIDTH: f64 = 1_000.0;
/// The drawing's own height.
pub const HEIGHT: f64 = 400.0;
/// Marks of the vertical axis, but for the one at nothing.
const MARKS: u32 = 4;
/// Instants that are farther apart than so many steps have a gap between them: one sample may come late.
const GAP: f64 = 2.5;

/// One line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub name: String,
    /// Its values, the oldest first.
    pub values: Vec<(Millis, f64)>,
}

impl Line {
    /// Its value at an instant that it has.
    pub fn at(&self, at: Millis) -> Option<f64> {
        let place = self.values.binary_search_by_key(&at, |(known, _)| *known).ok()?;
        self.values.get(place).map(|(_, value)| *value)
    }
}

/// What is drawn, over which time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plot {
    /// The left edge.
    pub from: Millis,
    /// The right edge.
    pub to: Millis,
    /// From one value to the next.
    pub step: Millis,
    /// The marks of the horizontal axis.
    pub ticks: Vec<(Millis, String)>,
    /// In what values are read: marks are round numbers of these.
    pub grain: f64,
    /// The smallest distance of two marks, in grains: 1 for what is only whole.
    pub least: f64,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Plot {
    /// How far across an instant is: 0 at the left edge, 1 at the right.
    #[expect(clippy::cast_precision_loss, reason = "a period of at most weeks in milliseconds")]
    pub fn across(&self, at: Millis) -> f64 {
        let length = (self.to - self.from).max(1) as f64;
        ((at - self.from) as f64 / length).clamp(0.0, 1.0)
    }

    /// All instants that a line has a value at, the oldest first.
    pub fn instants(&self) -> Vec<Millis> {
        let all: BTreeSet<Millis> = self.lines.iter().flat_map(|line| line.values.iter().map(|(at, _)| *at)).collect();
        all.into_iter().collect()
    }

    /// The instant that is nearest to a place.
    pub fn nearest(&self, across: f64) -> Option<Millis> {
        let distance = |at: &Millis| (self.across(*at) - across).abs();
        self.instants().into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The vertical axis for those lines that are not hidden.
    pub fn scale(&self, hidden: &[usize]) -> Scale {
        let shown = self.lines.iter().enumerate().filter(|(index, _)| !hidden.contains(index));
        let most = shown.flat_map(|(_, line)| line.values.iter().map(|(_, value)| *value)).fold(0.0, f64::max);
        let grain = if self.grain > 0.0 { self.grain } else { 1.0 };
        let step = round_step(most / grain, self.least) * grain;
        Scale { bottom: 0.0, top: step * f64::from(MARKS), step }
    }

    /// At most `most` rows of a table: values as they are, at instants that are equally far apart, the newest among them.
    pub fn rows(&self, most: usize) -> Vec<(Millis, Vec<Option<f64>>)> {
        let instants = self.instants();
        let every = instants.len().div_ceil(most.max(1)).max(1);
        let instants = instants.into_iter().rev().step_by(every);
        instants.map(|at| (at, self.lines.iter().map(|line| line.at(at)).collect())).collect()
    }

    /// With at most about `most` values a line, for a drawing that is no wider than these: the last of each of equal stretches of time, which
    /// stand still while the drawing moves on.
    #[must_use]
    pub fn thinned(mut self, most: usize) -> Self {
        let most = Millis::try_from(most).unwrap_or(Millis::MAX).max(1);
        let every = ((self.to - self.from) / self.step.max(1) / most).max(1);
        self.step = self.step.max(1) * every;
        let stretch = |at: Millis| at.div_euclid(self.step);
        for line in &mut self.lines {
            let values = std::mem::take(&mut line.values);
            for (at, value) in values {
                match line.values.last_mut() {
                    Some(last) if stretch(last.0) == stretch(at) => *last = (at, value),
                    _ => line.values.push((at, value)),
                }
            }
        }
        self
    }

    fn is_gap(&self, before: Millis, after: Millis) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a period of at most weeks in milliseconds")]
        let apart = (after - before) as f64 / self.step.max(1) as f64;
        apart > GAP
    }
}

/// The smallest of 1, 2 and 5 times a power of ten, and of `least`, of which four reach `most`.
fn round_step(most: f64, least: f64) -> f64 {
    let mut power = 0.001;
    // By multiplication rather than by a logarithm, which platforms round each in their own way.
    for _ in 0..18 {
        for factor in [1.0, 2.0, 5.0] {
            let step: f64 = power * factor;
            if step >= least * 0.999 && step * f64::from(MARKS) >= most {
                return step;
            }
        }
        power *= 10.0;
    }
    power
}

/// A vertical axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    bottom: f64,
    top: f64,
    step: f64,
}

impl Scale {
    /// One that shows how a single line moves: from nothing, unless it never comes near it.
    pub fn around(line: &Line) -> Self {
        let values = || line.values.iter().map(|(_, value)| *value);
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
        let bottom = if low.is_finite() && low > high / 2.0 && high - low > f64::EPSILON { low - (high - low) / 4.0 } else { 0.0 };
        let top = if high > bottom { high + (high - bottom) / 10.0 } else { bottom + 1.0 };
        Self { bottom, top, step: top - bottom }
    }

    /// How far down a value is: 0 at the top, 1 at the bottom.
    pub fn down(&self, value: f64) -> f64 {
        (1.0 - (value - self.bottom) / (self.top - self.bottom)).clamp(0.0, 1.0)
    }

    /// The values of its marks, the lowest first.
    pub fn marks(&self) -> Vec<f64> {
        (0..=MARKS).map(|mark| self.bottom + self.step * f64::from(mark)).collect()
    }
}

/// A place in percent, as attributes of SVG take it.
pub fn percent(part: f64) -> String {
    format!("{:.2}%", part * 100.0)
}

/// The parts of a line between its gaps, as places in the drawing.
fn parts(plot: &Plot, line: &Line, scale: &Scale) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before = None;
    for (at, value) in &line.values {
        let place = (plot.across(*at) * WIDTH, scale.down(*value) * HEIGHT);
        match (before, parts.last_mut()) {
            (Some(before), Some(part)) if !plot.is_gap(before, *at) => part.push(place),
            _ => parts.push(vec![place]),
        }
        before = Some(*at);
    }
    parts
}

/// A line as the `d` of a path; a value that stands alone is a short dash.
pub fn stroke(plot: &Plot, line: &Line, scale: &Scale) -> String {
    let mut path = String::new();
    for part in parts(plot, line, scale) {
        for (index, (x, y)) in part.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
        }
        if part.len() == 1 {
            path.push_str("h2");
        }
    }
    path
}

/// What is under a line, as the `d` of a path.
pub fn area(plot: &Plot, line: &Line, scale: &Scale) -> String {
    let mut path = String::new();
    for part in parts(plot, line, scale) {
        if let (Some((first, _)), Some((last, _))) = (part.first(), part.last()) {
            let _ = write!(path, "M{first:.1} {HEIGHT:.1}");
            for (x, y) in &part {
                let _ = write!(path, "L{x:.1} {y:.1}");
            }
            let _ = write!(path, "L{last:.1} {HEIGHT:.1}Z");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plot(values: &[(Millis, f64)]) -> Plot {
        let line = Line { name: "a".to_owned(), values: values.to_vec() };
        Plot { from: 0, to: 100, step: 10, ticks: Vec::new(), grain: 1.0, least: 1.0, lines: vec![line] }
    }

    #[test]
    fn a_gap_is_not_drawn_over() {
        let plot = plot(&[(0, 0.0), (10, 4.0), (30, 2.0), (80, 1.0)]);
        let scale = plot.scale(&[]);
        let line = &plot.lines[0];
        assert_eq!(stroke(&plot, line, &scale), "M0.0 400.0L100.0 0.0L300.0 200.0M800.0 300.0h2");
        assert_eq!(
            area(&plot, line, &scale),
            "M0.0 400.0L0.0 400.0L100.0 0.0L300.0 200.0L300.0 400.0ZM800.0 400.0L800.0 300.0L800.0 400.0Z"
        );
    }

    #[test]
    fn marks_are_round() {
        let marks = |most: f64, grain: f64, least: f64| {
            Plot { grain, least, ..plot(&[(0, most * grain)]) }.scale(&[]).marks().iter().map(|mark| mark / grain).collect::<Vec<_>>()
        };
        assert_eq!(marks(0.0, 1.0, 1.0), [0.0, 1.0, 2.0, 3.0, 4.0], "nothing has an axis, too");
        assert_eq!(marks(1_815.0, 1.0, 0.0), [0.0, 500.0, 1_000.0, 1_500.0, 2_000.0]);
        assert_eq!(marks(74.0, 1_048_576.0, 0.0), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert!(plot(&[(0, 9.0)]).scale(&[0]).top < 5.0, "what is hidden does not count");
    }

    #[test]
    fn a_place_has_an_instant_and_a_table_the_newest() {
        let mut plot = plot(&[(0, 1.0), (50, 2.0), (100, 3.0)]);
        plot.lines.push(Line { name: "b".to_owned(), values: vec![(60, 9.0)] });
        assert_eq!((plot.nearest(0.52), plot.nearest(0.58), plot.nearest(7.0)), (Some(50), Some(60), Some(100)));
        assert_eq!(plot.rows(2), [(100, vec![Some(3.0), None]), (50, vec![Some(2.0), None])]);
        assert_eq!(Plot::default().nearest(0.5), None);
        assert_eq!(Plot::default().rows(5), []);
    }

    #[test]
    fn a_thinned_line_keeps_its_gaps_and_its_end() {
        let values: Vec<(Millis, f64)> =
            (0..=10).map(|index| (index * 10, index as f64)).filter(|(at, _)| !(31..79).contains(at)).collect();
        let thinned = plot(&values).thinned(5);
        assert_eq!(thinned.step, 20);
        assert_eq!(thinned.lines[0].values, [(10, 1.0), (30, 3.0), (90, 9.0), (100, 10.0)]);
        assert!(stroke(&thinned, &thinned.lines[0], &Scale::around(&thinned.lines[0])).matches('M').count() == 2);
        assert_eq!(plot(&values).thinned(500).lines[0].values, values);
    }

    proptest! {
        /// Whatever the values, all of them are within the axis, and its marks are few steps apart.
        #[test]
        fn everything_is_within_the_axis(values in proptest::collection::vec(0.0_f64..1e12, 1..50), least in 0.0_f64..2.0) {
            let values: Vec<(Millis, f64)> = (0..).zip(values).collect();
            let plot = Plot { least, ..plot(&values) };
            let scale = plot.scale(&[]);
            let most = values.iter().map(|(_, value)| *value).fold(0.0, f64::max);
            prop_assert!(scale.top >= most && (scale.top <= most * 2.6 || scale.step <= 5.0));
            let around = Scale::around(&plot.lines[0]);
            prop_assert!(values.iter().all(|(_, value)| around.bottom <= *value && *value <= around.top));
            prop_assert!(around.bottom >= 0.0);
        }
    }
}
