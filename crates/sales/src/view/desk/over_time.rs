//! When what was sold: a line for each ticket type, and the same as a table.

use std::sync::Arc;

use leptos::prelude::*;
use strum::VariantArray as _;

use super::Asked;
use crate::words::desk as words;
use plenum_core::{
    error::AppResult,
    ids::{EventId, Millis},
    time::Zone,
};
use plenum_events::model::desk::{Desk, OverTime, Span};
use plenum_ui::{
    chart::{
        Chart, LINES, Reading, Words,
        geometry::{Line, Plot},
    },
    effect, memo,
    page::{Loaded, use_zone},
    view,
};

const DAY: Millis = 86_400_000;

/// Sales over time, read anew when something was sold.
#[component]
pub fn Sold(event: EventId, shown: RwSignal<Desk>, asked: Memo<Asked>, sold: Resource<AppResult<OverTime>>) -> impl IntoView {
    let changed = memo(move || shown.with(|desk| (desk.sales.orders, desk.sales.refunded)));
    effect(move |before: Option<()>| {
        changed.with(|_| ());
        if before.is_some() {
            sold.refetch();
        }
    });
    let spans = move || {
        let (now, orders) = asked.with(|asked| (asked.span, asked.orders.clone()));
        let link = move |span: Span| {
            let href = super::orders::address(event, span, &orders);
            view! {
                <a class="btn" data-size="s" href=href aria-current=(span == now).then_some("page")>
                    {words::span(span)}
                </a>
            }
        };
        Span::VARIANTS.iter().copied().map(link).collect_view()
    };
    view! {
        <section class="card stack" aria-labelledby="over-time">
            <div class="audit-head">
                <h2 id="over-time">{words::OVER_TIME}</h2>
                <nav class="page-actions" aria-label=words::SPANS>
                    {spans}
                </nav>
            </div>
            <Loaded from=sold let:over_time>
                <Drawing over_time/>
            </Loaded>
        </section>
    }
}

#[component]
fn Drawing(over_time: OverTime) -> impl IntoView {
    let zone = use_zone();
    let conversion = over_time.conversion;
    let plot = memo(move || zone.with(|zone| plot(&over_time, zone)));
    let value: Reading<f64> = Arc::new(|count| format!("{count:.0}"));
    let instant: Reading<Millis> = Arc::new(move |at| zone.with(|zone| zone.full(at)));
    let around = Words {
        title: words::OVER_TIME,
        lines: words::LINES,
        slider: words::POINT_IN_TIME,
        table: words::TABLE,
        time: words::TIME,
        nothing: words::NOTHING_SOLD,
    };
    view! {
        <Chart plot=plot.into() words=around value instant/>
        <p class="muted">
            <b>{words::CONVERSION} ": " {words::conversion(conversion)}</b>
            " · "
            {words::conversion_text(conversion)}
        </p>
    }
}

/// A line for each ticket type, as many as can be told apart. A stretch in which nothing was sold is zero and no gap.
fn plot(over_time: &OverTime, zone: &Zone) -> Plot {
    let OverTime { from, to, step, names, moments, .. } = over_time;
    let (from, to, step) = (*from, (*to).max(*from + *step), (*step).max(1));
    let line = |(index, name): (usize, &String)| {
        let mut known = moments.iter().peekable();
        let mut values = Vec::new();
        let mut at = from;
        while at <= to && !moments.is_empty() {
            let count = known.next_if(|moment| moment.at == at).and_then(|moment| moment.places.get(index)).copied();
            values.push((at, f64::from(count.unwrap_or_default())));
            at += step;
        }
        Line { name: name.clone(), values }
    };
    let lines = names.iter().enumerate().take(LINES).map(line).collect();
    Plot { from, to, step, ticks: ticks(from, to, zone), grain: 1.0, least: 1.0, lines }
}

/// Round times of the viewer's zone: some five of them.
fn ticks(from: Millis, to: Millis, zone: &Zone) -> Vec<(Millis, String)> {
    let length = to - from;
    let step = if length <= DAY { 4 * DAY / 24 } else { (length / 6 / DAY).max(1) * DAY };
    let mut ticks = Vec::new();
    let mut at = zone.next_multiple(from, step.min(DAY));
    while at <= to {
        ticks.push((at, if length <= DAY { zone.clock(at) } else { zone.short_date(at) }));
        at = if step < DAY { zone.next_multiple(at + 1, step) } else { at + step };
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_events::model::desk::{Conversion, Moment};

    /// Every stretch has a value, and what is sold stands in its own.
    #[test]
    fn nothing_sold_is_zero() {
        let hour = DAY / 24;
        let over_time = OverTime {
            span: Span::Day,
            from: 0,
            to: 3 * hour + 7,
            step: hour,
            names: vec!["Stalls".into(), "Circle".into()],
            moments: vec![Moment { at: hour, places: vec![2, 0] }, Moment { at: 3 * hour, places: vec![0, 5] }],
            conversion: Conversion::default(),
        };
        let drawn = plot(&over_time, &Zone::default());
        assert_eq!(drawn.lines[0].values, [(0, 0.0), (hour, 2.0), (2 * hour, 0.0), (3 * hour, 0.0)]);
        assert_eq!(drawn.lines[1].values.last(), Some(&(3 * hour, 5.0)));
        let nothing = plot(&OverTime { moments: vec![], ..over_time }, &Zone::default());
        assert!(nothing.lines.iter().all(|line| line.values.is_empty()), "nothing is drawn of nothing");
    }

    #[test]
    fn marks_are_few() {
        for days in [1, 2, 7, 30, 365] {
            let count = ticks(0, days * DAY, &Zone::default()).len();
            assert!((1..=8).contains(&count), "{days} days: {count}");
        }
    }
}
