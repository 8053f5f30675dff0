//! What came when: lines that rise, and the same as a table.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    model::{
        Moment, Report,
        moments::{in_all, thinned},
    },
    words::report as words,
};
use plenum_core::{ids::Millis, time::Zone};
use plenum_ui::{
    chart::{
        Chart, Reading, Words,
        geometry::{Line, Plot},
    },
    memo,
    page::use_zone,
    view,
};

/// Points of a line at the most.
const POINTS: usize = 240;
/// The shortest time that the axis shows.
const SHORTEST: Millis = 60_000;

/// One of the counts.
type Count = fn(&Moment) -> u32;

/// What is counted, and how it is called.
const LINES: [(&str, Count); 4] = [
    (words::DELIVERED, |moment| moment.delivered),
    (words::SEEN, |moment| moment.seen),
    (words::READ, |moment| moment.read),
    (words::ACTED, |moment| moment.acted),
];

/// What came when.
#[component]
pub(super) fn OverTime(shown: RwSignal<Report>) -> impl IntoView {
    let zone = use_zone();
    let plot = memo(move || shown.with(|shown| zone.with(|zone| plot(&in_all(&shown.moments), zone))));
    let value: Reading<f64> = Arc::new(|count| format!("{count:.0}"));
    let instant: Reading<Millis> = Arc::new(move |at| zone.with(|zone| zone.full(at)));
    let around = Words {
        title: words::OVER_TIME,
        lines: words::LINES,
        slider: words::POINT_IN_TIME,
        table: words::TABLE,
        time: words::TIME,
        nothing: words::NOTHING_YET,
    };
    view! {
        <section class="card stack" aria-labelledby="over-time">
            <h2 id="over-time">{words::OVER_TIME}</h2>
            <Chart plot=plot.into() words=around value instant/>
        </section>
    }
}

/// How many there were in all by each of these times, up to now as far as it is known.
fn plot(moments: &[Moment], zone: &Zone) -> Plot {
    let from = moments.first().map_or(0, |first| first.at);
    let to = moments.last().map_or(from, |last| last.at) + SHORTEST;
    let mut moments = thinned(moments, POINTS);
    moments.extend(moments.last().map(|last| Moment { at: to, ..*last }));
    let lines = LINES.map(|(name, count)| {
        let values = moments.iter().map(|moment| (moment.at, f64::from(count(moment))));
        Line { name: name.to_owned(), values: values.collect() }
    });
    // What was delivered stays delivered: nothing between two times is a gap.
    let step = to - from;
    Plot { from, to, step, ticks: ticks(from, to, zone), grain: 1.0, least: 1.0, lines: lines.into() }
}

/// The first time and the last, and one between where there is something between.
fn ticks(from: Millis, to: Millis, zone: &Zone) -> Vec<(Millis, String)> {
    let days = zone.day_number(from) != zone.day_number(to);
    let said = |at| if days { format!("{}, {}", zone.short_date(at), zone.clock(at)) } else { zone.clock(at) };
    let middle = (to - from > 5 * SHORTEST).then_some(i64::midpoint(from, to));
    [Some(from), middle, Some(to)].into_iter().flatten().map(|at| (at, said(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_rise_and_end_now() {
        let moment = |at, delivered| Moment { at, delivered, ..Moment::default() };
        let plot = plot(&in_all(&[moment(0, 4), moment(60_000, 6)]), &Zone::default());
        assert_eq!((plot.from, plot.to, plot.ticks.len()), (0, 120_000, 2));
        assert_eq!(plot.lines[0].values, [(0, 4.0), (60_000, 10.0), (120_000, 10.0)]);
        assert_eq!(plot.scale(&[]).marks(), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert!(super::plot(&[], &Zone::default()).lines.iter().all(|line| line.values.is_empty()), "nothing is drawn of nothing");
    }
}
