//! `/admin`: how the place runs, figure by figure, once a second. With `?period=` it looks back farther, with `?chart=` it draws
//! something else; both are links, so that the page is whole without scripts.

mod side;
mod tiles;

use std::sync::Arc;

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api,
    live::OpsEvent,
    model::{Board, Chart, Figure, Period, Unit},
    words,
};
use plenum_core::{ids::Millis, live::Snapshot, time::Zone};
use plenum_ui::{
    chart::{
        Chart as Drawing, LINES, Reading, Words,
        geometry::{Line, Plot},
    },
    client::{Connection, use_connection},
    dynamic, effect, memo,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation, use_zone},
    use_hydrated, use_query, view,
};
use side::{Busiest, Jobs, Status};
use tiles::Tiles;

/// What is drawn if nothing is chosen.
const FIRST: Chart = Chart::Traffic;

/// The operations board.
#[component]
pub fn BoardPage() -> impl IntoView {
    let query = use_query();
    let period: Memo<Period> =
        memo(move || query.with(|query| query.get_str("period").and_then(|word| word.parse().ok()).unwrap_or_default()));
    let chart = memo(move || query.with(|query| query.get_str("chart").and_then(|word| word.parse().ok()).unwrap_or(FIRST)));
    let paused = RwSignal::new(false);
    let board = Resource::new_blocking(move || period.get(), api::board);
    let actions = view! {
        <nav class="page-actions" aria-label=words::PERIODS>
            {Period::VARIANTS.iter().copied().map(|of| link(of, period, chart)).collect_view()}
        </nav>
        {pause(paused)}
    };
    view! {
        <AdminPage title=words::OPERATIONS status=state(paused) actions>
            <Loaded from=board let:snapshot>
                <Watch snapshot chart paused/>
            </Loaded>
        </AdminPage>
    }
}

/// Where a choice is.
fn address(period: Period, chart: Chart) -> String {
    format!("/admin?period={}&chart={}", period.into_str(), chart.into_str())
}

fn link(of: Period, period: Memo<Period>, chart: Memo<Chart>) -> AnyView {
    view! {
        <a
            class="btn"
            href=move || address(of, chart.get())
            aria-current=move || (period.get() == of).then_some("page")
        >
            {words::period(of)}
        </a>
    }
}

/// Says that it moves by itself, while it does.
fn state(paused: RwSignal<bool>) -> AnyView {
    let connection = use_connection();
    let live = memo(move || connection.with(Connection::is_connected));
    dynamic(move || {
        let (tone, text) = match (paused.get(), live.get()) {
            (true, _) => (None, words::PAUSED),
            (false, true) => (Some("live"), words::LIVE),
            // The banner says how it is.
            (false, false) => return None,
        };
        Some(view! {
            <span class="chip" data-tone=tone>
                {text}
            </span>
        })
    })
}

fn pause(paused: RwSignal<bool>) -> AnyView {
    let hydrated = use_hydrated();
    dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <button
                    class="btn"
                    type="button"
                    aria-pressed=move || paused.get().to_string()
                    on:click=move |_| paused.update(|paused| *paused = !*paused)
                >
                    {move || if paused.get() { words::RESUME } else { words::PAUSE }}
                </button>
            }
        })
    })
}

#[component]
fn Watch(snapshot: Snapshot<Board>, chart: Memo<Chart>, paused: RwSignal<bool>) -> impl IntoView {
    let (period, operator) = (snapshot.state.series.period, snapshot.state.operator);
    // Figures are not in the log: whoever comes back reads what they have missed.
    let followed = Followed::new(snapshot, move || api::board(period));
    let Followed { shown: newest, ended, .. } = followed.on_unlogged::<OpsEvent>(use_organisation());
    let shown = RwSignal::new(newest.get_untracked());
    // What is shown stands still while it is paused.
    effect(move |_| {
        if !paused.get() {
            newest.with(|newest| {
                shown.maybe_update(|shown| {
                    let touched = shown != newest;
                    shown.clone_from(newest);
                    touched
                });
            });
        }
    });
    // What is the process' is not for everyone, whatever the address says.
    let chart = memo(move || Some(chart.get()).filter(|chart| Chart::seen(operator).any(|seen| seen == *chart)).unwrap_or(FIRST));
    let choices = Chart::seen(operator).map(|of| {
        view! {
            <a href=address(period, of) aria-current=move || (chart.get() == of).then_some("page")>
                {words::chart(of)}
            </a>
        }
    });
    let choices = choices.collect_view();
    view! {
        <Ended reason=ended/>
        <Tiles shown period operator/>
        <div class="board">
            <section class="card stack" aria-labelledby="chart">
                <h2 id="chart">{move || words::chart(chart.get())}</h2>
                <nav class="tabs" aria-label=words::CHARTS>
                    {choices}
                </nav>
                {dynamic(move || drawing(shown, chart.get()))}
            </section>
            <div class="stack board-side">
                <Busiest shown/>
                {operator.then(|| view! { <Jobs shown/> })}
            </div>
        </div>
        <Status shown operator/>
    }
}

/// A chart of the board.
fn drawing(shown: RwSignal<Board>, chart: Chart) -> AnyView {
    let zone = use_zone();
    let figures: Vec<Figure> = chart.figures().take(LINES).collect();
    let (period, unit) =
        (shown.with_untracked(|board| board.series.period), figures.first().map_or(Unit::Count, |figure| figure.described().unit));
    let plot = Signal::derive(move || shown.with(|board| zone.with(|zone| plot(board, &figures, zone))));
    let value: Reading<f64> = Arc::new(move |value| words::value(unit, value));
    let instant: Reading<Millis> = Arc::new(move |at| zone.with(|zone| instant(zone, period, at)));
    let words = Words {
        title: words::chart(chart),
        lines: words::LINES,
        slider: words::POINT_IN_TIME,
        table: words::AS_TABLE,
        time: words::TIME,
        nothing: words::NOTHING_YET,
    };
    view! { <Drawing plot words value instant/> }
}

/// What is drawn of these figures.
fn plot(board: &Board, figures: &[Figure], zone: &Zone) -> Plot {
    let period = board.series.period;
    let (from, to) = (period.oldest(board.at), period.begin(board.at));
    let unit = figures.first().map_or(Unit::Count, |figure| figure.described().unit);
    let lines = figures.iter().map(|figure| Line { name: words::figure(*figure).to_owned(), values: board.series.line(*figure) });
    let least = if matches!(unit, Unit::Count | Unit::PerMinute) { 1.0 } else { 0.0 };
    Plot { from, to, step: period.step(), ticks: ticks(zone, period, from, to), grain: unit.entered(), least, lines: lines.collect() }
}

/// Round times of the viewer's zone.
fn ticks(zone: &Zone, period: Period, from: Millis, to: Millis) -> Vec<(Millis, String)> {
    let step = match period {
        Period::Quarter => 180_000,
        Period::Day => 4 * 3_600_000,
        Period::Week => 24 * 3_600_000,
    };
    let mut ticks = Vec::new();
    let mut at = zone.next_multiple(from, step);
    while at <= to {
        ticks.push((at, if period == Period::Week { zone.short_date(at) } else { zone.clock(at) }));
        at = zone.next_multiple(at + 1, step);
    }
    ticks
}

/// An instant as exact as the period is.
fn instant(zone: &Zone, period: Period, at: Millis) -> String {
    match period {
        Period::Quarter => zone.precise(at),
        Period::Day => zone.clock(at),
        Period::Week => format!("{} {}", zone.short_date(at), zone.clock(at)),
    }
}
