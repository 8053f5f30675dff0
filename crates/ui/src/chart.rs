//! Lines over time: axes with units, a readout for pointer and keyboard, a table behind them. Knows no feature.
//!
//! What is drawn where is decided in [`geometry`], plain functions that server and browser share. The drawing stretches with its place and
//! its text does not: lines are in a nested `svg` that is stretched, everything else has its place in percent.

pub mod geometry;

use std::sync::Arc;

use leptos::{ev::MouseEvent, prelude::*};

use super::{browser, dynamic, memo, use_hydrated, view};
use geometry::{HEIGHT, Plot, Scale, WIDTH, area, percent, stroke};
use plenum_core::{ids::Millis, time::Zone};

/// Lines that can be told apart: each has a colour and a pattern of its own.
pub const LINES: usize = 6;
/// Rows of the table at the most.
const ROWS: usize = 30;

/// Values of a small line: it is about twice as many pixels wide.
const SPARK: usize = 120;

/// How a value, or an instant, is read.
pub type Reading<T> = Arc<dyn Fn(T) -> String + Send + Sync>;

/// The words around a chart.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// What is drawn.
    pub title: &'static str,
    /// The choice of lines.
    pub lines: &'static str,
    /// The slider.
    pub slider: &'static str,
    /// Opens the table.
    pub table: &'static str,
    /// Its first column.
    pub time: &'static str,
    /// There is nothing to draw.
    pub nothing: &'static str,
}

/// What the parts of a chart share.
#[derive(Clone)]
struct Drawn {
    plot: Signal<Plot>,
    hidden: RwSignal<Vec<usize>>,
    scale: Memo<Scale>,
    /// The instant that is read.
    cursor: RwSignal<Option<Millis>>,
    value: Reading<f64>,
    instant: Reading<Millis>,
}

/// A chart. Its lines are switched, and its values read, once scripts run; without them there are the lines and the table.
#[component]
pub fn Chart(
    /// What is drawn; its lines stay the same ones.
    plot: Signal<Plot>,
    /// The words around it.
    words: Words,
    /// How a value is read, with its unit.
    value: Reading<f64>,
    /// How an instant is read.
    instant: Reading<Millis>,
) -> impl IntoView {
    let hidden = RwSignal::new(Vec::new());
    let scale = memo(move || plot.with(|plot| hidden.with(|hidden: &Vec<usize>| plot.scale(hidden))));
    let drawn = Drawn { plot, hidden, scale, cursor: RwSignal::new(None), value, instant };
    let hydrated = use_hydrated();
    let names = plot.with_untracked(|plot| plot.lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>());
    let empty = memo(move || plot.with(|plot| plot.lines.iter().all(|line| line.values.is_empty())));
    view! {
        <figure class="chart">
            <figcaption class="visually-hidden">{words.title}</figcaption>
            {legend(&drawn, &names, words.lines, hydrated)}
            {dynamic(move || empty.get().then(|| view! { <p class="muted">{words.nothing}</p> }))}
            <div class="chart-frame">
                {y_axis(&drawn)}
                {canvas(&drawn, &names, words.title)}
                {x_axis(&drawn)}
                {slider(&drawn, words.slider, hydrated)}
            </div>
            {readout(&drawn)}
            {table(&drawn, names, words)}
        </figure>
    }
}

/// The line's sample beside its name: the same colour and pattern.
fn sample(index: usize) -> AnyView {
    view! {
        <svg class="chart-sample" aria-hidden="true">
            <line class="chart-line" data-line=index.to_string() x1="0" x2="100%" y1="50%" y2="50%"></line>
        </svg>
    }
}

fn legend(drawn: &Drawn, names: &[String], label: &'static str, hydrated: ReadSignal<bool>) -> AnyView {
    let hidden = drawn.hidden;
    let names = names.to_vec();
    let entries = dynamic(move || {
        let live = hydrated.get() && names.len() > 1;
        let entry = |(index, name): (usize, &String)| {
            let name = name.clone();
            if !live {
                return view! { <span class="chart-name">{sample(index)}{name}</span> };
            }
            let toggle = move |_| {
                hidden.update(|hidden| match hidden.iter().position(|known| *known == index) {
                    Some(place) => drop(hidden.remove(place)),
                    None => hidden.push(index),
                });
            };
            view! {
                <button
                    class="chart-name"
                    type="button"
                    aria-pressed=move || hidden.with(|hidden| (!hidden.contains(&index)).to_string())
                    on:click=toggle
                >
                    {sample(index)}
                    {name}
                </button>
            }
        };
        names.iter().enumerate().map(entry).collect_view()
    });
    view! {
        <div class="chart-legend" role="group" aria-label=label>
            {entries}
        </div>
    }
}

fn y_axis(drawn: &Drawn) -> AnyView {
    let (scale, value) = (drawn.scale, Arc::clone(&drawn.value));
    let marks = dynamic(move || {
        let scale = scale.get();
        let mark = |at: f64| view! { <text x="100%" y=percent(scale.down(at)) dy=".32em">{value(at)}</text> };
        scale.marks().into_iter().map(mark).collect_view()
    });
    view! {
        <svg class="chart-y" aria-hidden="true">
            {marks}
        </svg>
    }
}

fn x_axis(drawn: &Drawn) -> AnyView {
    let plot = drawn.plot;
    let ticks = memo(move || {
        plot.with(|plot| plot.ticks.iter().map(|(at, text)| (percent(plot.across(*at)), text.clone())).collect::<Vec<(String, String)>>())
    });
    let marks = dynamic(move || {
        let mark = |(x, text): (String, String)| view! { <text x=x y="1em">{text}</text> };
        ticks.get().into_iter().map(mark).collect_view()
    });
    view! {
        <svg class="chart-x" aria-hidden="true">
            {marks}
        </svg>
    }
}

fn canvas(drawn: &Drawn, names: &[String], title: &'static str) -> AnyView {
    let Drawn { plot, hidden, scale, cursor, .. } = *drawn;
    let grid = dynamic(move || {
        let scale = scale.get();
        let rule = |at: f64| {
            let y = percent(scale.down(at));
            view! { <line class="chart-grid" x1="0" x2="100%" y1=y.clone() y2=y></line> }
        };
        scale.marks().into_iter().map(rule).collect_view()
    });
    let paths = (0..names.len())
        .map(|index| {
            let path = memo(move || {
                let shown = hidden.with(|hidden| !hidden.contains(&index));
                plot.with(|plot| plot.lines.get(index).filter(|_| shown).map(|line| stroke(plot, line, &scale.get())).unwrap_or_default())
            });
            view! { <path class="chart-line" data-line=index.to_string() d=move || path.get()></path> }
        })
        .collect_view();
    let label = {
        let (value, names) = (Arc::clone(&drawn.value), names.to_vec());
        memo(move || {
            let newest = plot.with(|plot| plot.lines.iter().map(|line| line.values.last().map(|(_, value)| *value)).collect::<Vec<_>>());
            let said = names.iter().zip(newest).filter_map(|(name, newest)| Some(format!("{name} {}", value(newest?))));
            format!("{title}: {}", said.collect::<Vec<_>>().join(", "))
        })
    };
    let follow = move |event: MouseEvent| {
        if let Some(part) = browser::across(&event) {
            cursor.set(plot.with_untracked(|plot| plot.nearest(part)));
        }
    };
    view! {
        <svg
            class="chart-plot"
            role="img"
            aria-label=move || label.get()
            on:mousemove=follow
            on:mouseleave=move |_| cursor.set(None)
        >
            {grid}
            <svg width="100%" height="100%" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">
                {paths}
            </svg>
            {marker(drawn)}
        </svg>
    }
}

/// Where the instant is that is read, and the values there.
fn marker(drawn: &Drawn) -> AnyView {
    let Drawn { plot, hidden, scale, cursor, .. } = *drawn;
    dynamic(move || {
        let at = cursor.get()?;
        let (x, dots) = plot.with(|plot| {
            let hidden = hidden.get();
            let dots = plot.lines.iter().enumerate().filter(|(index, _)| !hidden.contains(index));
            let dots = dots.filter_map(|(index, line)| Some((index, percent(scale.get().down(line.at(at)?)))));
            (percent(plot.across(at)), dots.collect::<Vec<(usize, String)>>())
        });
        let dots = dots.into_iter().map(|(index, y)| {
            let x = x.clone();
            view! { <circle class="chart-dot" data-line=index.to_string() cx=x cy=y r="4"></circle> }
        });
        let dots = dots.collect_view();
        Some(view! {
            <line class="chart-marker" x1=x.clone() x2=x y1="0" y2="100%"></line>
            {dots}
        })
    })
}

/// Reads the chart from the keyboard: arrows move the instant that is read. What it says is what the readout says.
fn slider(drawn: &Drawn, label: &'static str, hydrated: ReadSignal<bool>) -> AnyView {
    let Drawn { plot, cursor, .. } = *drawn;
    let drawn = drawn.clone();
    dynamic(move || {
        if !hydrated.get() {
            return None;
        }
        let instants = memo(move || plot.with(Plot::instants));
        let newest = move || instants.with(|instants| instants.len().saturating_sub(1));
        let place = move || {
            let at = cursor.get();
            instants.with(|instants| at.and_then(|at| instants.binary_search(&at).ok()).unwrap_or(instants.len().saturating_sub(1)))
        };
        let said = {
            let drawn = drawn.clone();
            move || drawn.said(cursor.get().or_else(|| instants.with(|instants| instants.last().copied()))).unwrap_or_default()
        };
        let moved = move |event| {
            let place = event_target_value(&event).parse::<usize>().ok();
            cursor.set(place.and_then(|place| instants.with_untracked(|instants| instants.get(place).copied())));
        };
        Some(view! {
            <input
                class="chart-slider"
                type="range"
                min="0"
                max=move || newest().to_string()
                prop:value=move || place().to_string()
                aria-label=label
                aria-valuetext=said
                on:input=moved
                on:blur=move |_| cursor.set(None)
            />
        })
    })
}

impl Drawn {
    /// All values at an instant, in words.
    fn said(&self, at: Option<Millis>) -> Option<String> {
        let at = at?;
        let hidden = self.hidden.get();
        let values = self.plot.with(|plot| {
            let shown = plot.lines.iter().enumerate().filter(|(index, _)| !hidden.contains(index));
            let said = shown.filter_map(|(_, line)| Some(format!("{} {}", line.name, (self.value)(line.at(at)?))));
            said.collect::<Vec<_>>().join(" · ")
        });
        Some(format!("{} · {values}", (self.instant)(at)))
    }
}

fn readout(drawn: &Drawn) -> AnyView {
    let drawn = drawn.clone();
    // The slider says the same to those who listen.
    view! {
        <p class="chart-readout muted" aria-hidden="true">
            {dynamic(move || drawn.said(drawn.cursor.get()))}
        </p>
    }
}

fn table(drawn: &Drawn, names: Vec<String>, words: Words) -> AnyView {
    let (plot, value, instant) = (drawn.plot, Arc::clone(&drawn.value), Arc::clone(&drawn.instant));
    let rows = memo(move || plot.with(|plot| plot.rows(ROWS)));
    let heads = names.iter().map(|name| view! { <th scope="col" class="num">{name.clone()}</th> }).collect_view();
    let body = dynamic(move || {
        let row = |(at, values): (Millis, Vec<Option<f64>>)| {
            let cells = values.into_iter().zip(&names).map(|(known, name)| {
                let known = known.map_or_else(|| "–".to_owned(), |known| value(known));
                view! { <td class="num" data-label=name.clone()>{known}</td> }
            });
            let cells = cells.collect_view();
            view! {
                <tr>
                    <th scope="row">
                        <time datetime=Zone::machine(at)>{instant(at)}</time>
                    </th>
                    {cells}
                </tr>
            }
        };
        rows.get().into_iter().map(row).collect_view()
    });
    view! {
        <details class="chart-table">
            <summary>{words.table}</summary>
            <div class="chart-scroll" tabindex="0" role="group" aria-label=words.title>
                <table class="table">
                    <caption class="visually-hidden">{words.title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.time}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </details>
    }
}

/// A small line without axes, for a figure that says its value beside it.
#[component]
pub fn Spark(
    /// What is drawn: its first line.
    plot: Signal<Plot>,
) -> impl IntoView {
    let paths = memo(move || {
        let plot = plot.get().thinned(SPARK);
        let line = plot.lines.first().cloned().unwrap_or_default();
        let scale = Scale::around(&line);
        (stroke(&plot, &line, &scale), area(&plot, &line, &scale))
    });
    view! {
        <svg class="spark" aria-hidden="true" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">
            <path class="spark-area" d=move || paths.with(|(_, area)| area.clone())></path>
            <path class="spark-line" d=move || paths.with(|(stroke, _)| stroke.clone())></path>
        </svg>
    }
}
