//! What came when: lines that rise, with axes, and the same as a table.

use leptos::prelude::*;

use crate::{
    app::use_zone,
    features::broadcasts::model::{
        Moment, Report,
        moments::{in_all, thinned},
    },
    ids::Millis,
    strings::broadcasts::report as words,
    ui::{dynamic, memo, time::Zone, view},
};

/// The chart's measures, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 34.0;
/// Lines of the table, and points of a line, at the most.
const ROWS: usize = 12;
const POINTS: usize = 240;
/// The shortest time that the axis shows.
const SHORTEST: Millis = 60_000;

/// One of the lines.
struct Line {
    name: &'static str,
    class: &'static str,
    count: fn(&Moment) -> u32,
}

const LINES: [Line; 4] = [
    Line { name: words::DELIVERED, class: "line-delivered", count: |moment| moment.delivered },
    Line { name: words::SEEN, class: "line-seen", count: |moment| moment.seen },
    Line { name: words::READ, class: "line-read", count: |moment| moment.read },
    Line { name: words::ACTED, class: "line-acted", count: |moment| moment.acted },
];

/// What came when.
#[component]
pub(super) fn OverTime(shown: RwSignal<Report>) -> impl IntoView {
    let zone = use_zone();
    let moments = memo(move || shown.with(|shown| in_all(&shown.moments)));
    let about = memo(move || shown.with(|shown| words::chart(&shown.broadcast)));
    let any = memo(move || moments.with(|moments| !moments.is_empty()));
    // The table stays open while its figures change.
    let content = dynamic(move || {
        if !any.get() {
            return view! { <p class="muted">{words::NOTHING_YET}</p> };
        }
        let chart = dynamic(move || zone.with(|zone| moments.with(|moments| chart(moments, zone, about.get()))));
        let table = dynamic(move || zone.with(|zone| moments.with(|moments| table(moments, zone))));
        view! {
            {chart}
            <details class="more">
                <summary>{words::TABLE}</summary>
                {table}
            </details>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="over-time">
            <h2 id="over-time">{words::OVER_TIME}</h2>
            {content}
        </section>
    }
}

/// Where things are: the first and the last time, and the greatest count.
struct Scale {
    from: Millis,
    to: Millis,
    most: u32,
}

impl Scale {
    fn of(moments: &[Moment]) -> Self {
        let from = moments.first().map_or(0, |first| first.at);
        let to = moments.last().map_or(0, |last| last.at + SHORTEST).max(from + SHORTEST);
        Self { from, to, most: round(moments.last().map_or(0, |last| last.delivered)) }
    }

    #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
    fn x(&self, at: Millis) -> f64 {
        LEFT + (at - self.from) as f64 / (self.to - self.from).max(1) as f64 * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, count: u32) -> f64 {
        HEIGHT - BOTTOM - f64::from(count) / f64::from(self.most.max(1)) * (HEIGHT - TOP - BOTTOM)
    }
}

/// The next of 2, 4, 10, 20, 40, 100, …: halves of it are whole.
fn round(count: u32) -> u32 {
    let mut step = 1_u32;
    loop {
        for times in [2, 4, 10] {
            let most = step.saturating_mul(times);
            if most >= count {
                return most;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A line that stays until it rises.
fn path(moments: &[Moment], scale: &Scale, count: fn(&Moment) -> u32) -> String {
    let mut text = format!("M{:.1} {:.1}", scale.x(scale.from), scale.y(0));
    for moment in moments {
        text.push_str(&format!("H{:.1}V{:.1}", scale.x(moment.at), scale.y(count(moment))));
    }
    text.push_str(&format!("H{:.1}", scale.x(scale.to)));
    text
}

/// A time of the axis: the clock, and the day where there is more than one.
fn tick(zone: &Zone, at: Millis, days: bool) -> String {
    if days { format!("{}, {}", zone.short(at, Millis::MAX / 2), zone.clock(at)) } else { zone.clock(at) }
}

fn chart(moments: &[Moment], zone: &Zone, about: String) -> AnyView {
    let scale = Scale::of(moments);
    let moments = thinned(moments, POINTS);
    let days = zone.day_number(scale.from) != zone.day_number(scale.to);
    let counts = [0, scale.most / 2, scale.most]
        .map(|count| {
            let y = format!("{:.1}", scale.y(count));
            view! {
                <line class="chart-grid" x1=LEFT.to_string() x2=(WIDTH - RIGHT).to_string() y1=y.clone() y2=y.clone()></line>
                <text class="chart-label" x=(LEFT - 6.0).to_string() y=y text-anchor="end" dominant-baseline="middle">
                    {count.to_string()}
                </text>
            }
        })
        .collect_view();
    let middle = i64::midpoint(scale.from, scale.to);
    // In a few minutes there is nothing between.
    let between = (middle - scale.from > 5 * SHORTEST).then_some((middle, "middle"));
    let times = [Some((scale.from, "start")), between, Some((scale.to, "end"))]
        .into_iter()
        .flatten()
        .map(|(at, anchor)| {
            view! {
                <text class="chart-label" x=format!("{:.1}", scale.x(at)) y=(HEIGHT - 6.0).to_string() text-anchor=anchor>
                    {tick(zone, at, days)}
                </text>
            }
        })
        .collect_view();
    let lines = LINES
        .iter()
        .map(|line| view! { <path class=format!("chart-line {}", line.class) d=path(&moments, &scale, line.count)></path> })
        .collect_view();
    let legend = LINES
        .iter()
        .map(|line| {
            view! {
                <li>
                    <svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
                        <path class=format!("chart-line {}", line.class) d="M1 4H27"></path>
                    </svg>
                    {line.name}
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="chart-legend" aria-hidden="true">
            {legend}
        </ul>
        <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=about>
            {counts}
            {times}
            {lines}
        </svg>
    }
}

fn table(moments: &[Moment], zone: &Zone) -> AnyView {
    let heads = LINES
        .iter()
        .map(|line| {
            view! {
                <th scope="col" class="num">
                    {line.name}
                </th>
            }
        })
        .collect_view();
    let rows = thinned(moments, ROWS)
        .into_iter()
        .map(|moment| {
            let counts = LINES
                .iter()
                .map(|line| {
                    view! {
                        <td class="num" data-label=line.name>
                            {(line.count)(&moment)}
                        </td>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{zone.full(moment.at)}</th>
                    {counts}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{words::TIME}</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_on_a_round_number() {
        for (count, most) in [(0, 2), (1, 2), (3, 4), (5, 10), (10, 10), (11, 20), (39, 40), (41, 100), (9_999, 10_000)] {
            assert_eq!(round(count), most, "{count}");
        }
    }

    #[test]
    fn a_line_rises_within_the_chart() {
        let moment = |at, delivered| Moment { at, delivered, ..Moment::default() };
        let moments = [moment(0, 4), moment(60_000, 10)];
        let scale = Scale::of(&moments);
        assert_eq!((scale.from, scale.to, scale.most), (0, 120_000, 10));
        let line = path(&moments, &scale, |moment| moment.delivered);
        assert_eq!(line, "M60.0 186.0H60.0V116.4H344.0V12.0H628.0");
        assert_eq!(Scale::of(&[moment(5, 1)]).to, 60_005, "one moment is a minute");
    }
}
