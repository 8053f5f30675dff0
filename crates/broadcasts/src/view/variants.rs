//! The variants of a broadcast: compared, with what the figures can say; and the winner, or the choice of it.

use leptos::prelude::*;

use crate::{
    api::ChooseVariant,
    model::{Broadcast, Measure, Report, figures, variants::letter},
    words::report as words,
};
use plenum_ui::{
    Column, Notice, Table, dynamic,
    forms::{Failure, failure},
    memo,
    page::use_zone,
    view,
};

/// The table of variants; nothing if there is one.
#[component]
pub(super) fn Compared(shown: RwSignal<Report>) -> impl IntoView {
    let several = shown.with_untracked(|shown| shown.broadcast.variants.len() > 1);
    let broadcast = memo(move || shown.with(|shown| shown.broadcast.clone()));
    several.then(|| {
        view! {
            <section class="card stack" aria-labelledby="compared">
                <h2 id="compared">{words::COMPARED}</h2>
                <div class="stack">{dynamic(move || broadcast.with(table))}</div>
            </section>
        }
    })
}

fn table(broadcast: &Broadcast) -> AnyView {
    let measure = figures::measure(broadcast);
    let verdict = figures::leader(&broadcast.variants, measure).map(|leader| view! { <p>{words::verdict(leader)}</p> });
    let rows = broadcast.variants.iter().enumerate().map(|(number, _)| row(broadcast, number, measure)).collect_view();
    let columns = [
        Column::text(words::VARIANT),
        Column::number(words::DELIVERED),
        Column::number(words::SEEN),
        Column::number(words::READ),
        Column::number(words::ACTED),
        Column::number(words::rate(measure)),
        Column::text(words::INTERVAL),
    ];
    view! {
        {verdict}
        <Table columns>
            {rows}
        </Table>
    }
}

fn row(broadcast: &Broadcast, number: usize, measure: Measure) -> AnyView {
    let funnel = broadcast.variants.get(number).map(|variant| variant.funnel).unwrap_or_default();
    let title = broadcast.variants.get(number).map(|variant| variant.words.title.clone()).unwrap_or_default();
    let (part, all) = (measure.of(&funnel), funnel.delivered);
    let interval = figures::interval(part, all);
    let won = broadcast.winner.is_some_and(|winner| usize::from(winner.variant) == number);
    let won = won.then(|| {
        view! {
            " "
            <span class="chip" data-tone="good">
                {words::WINNER}
            </span>
        }
    });
    let count = |name: &'static str, count: u32| {
        view! {
            <td class="num" data-label=name>
                {count}
            </td>
        }
    };
    view! {
        <tr>
            <th scope="row">
                {letter(number).to_string()} {won} <p class="muted wrap">{title}</p>
            </th>
            {count(words::DELIVERED, all)}
            {count(words::SEEN, funnel.seen)}
            {count(words::READ, funnel.read)}
            {count(words::ACTED, funnel.acted)}
            <td class="num" data-label=words::rate(measure)>
                {words::percent(figures::rate(part, all))}
            </td>
            <td data-label=words::INTERVAL>
                <span class="interval">
                    {bar(interval, figures::rate(part, all))}
                    {words::interval(interval)}
                </span>
            </td>
        </tr>
    }
}

/// The interval as a line from 0 to 100 %, with the rate on it; the words beside it say the same.
fn bar((from, to): (f64, f64), rate: f64) -> AnyView {
    let at = |part: f64| format!("{:.1}", 6.0 + part * 88.0);
    view! {
        <svg class="interval-bar" viewBox="0 0 100 12" width="100" height="12" aria-hidden="true">
            <line class="interval-axis" x1="6" x2="94" y1="6" y2="6"></line>
            <line class="interval-line" x1=at(from) x2=at(to) y1="6" y2="6"></line>
            <circle class="interval-rate" cx=at(rate) cy="6" r="4"></circle>
        </svg>
    }
}

/// What becomes of those who wait for the winner.
#[component]
pub(super) fn Deciding(shown: RwSignal<Report>) -> impl IntoView {
    let choose = ServerAction::<ChooseVariant>::new();
    let refused = failure(choose);
    let zone = use_zone();
    let sampled = shown.with_untracked(|shown| shown.broadcast.sample.is_some());
    let (id, variants) = shown.with_untracked(|shown| (shown.broadcast.id, shown.broadcast.variants.len()));
    // Only what these lines show: figures that move elsewhere do not take a button from under a finger.
    let waits = memo(move || {
        shown.with(|Report { broadcast, .. }| {
            let open = broadcast.is_open().then_some((broadcast.held, broadcast.decide_at));
            (broadcast.winner, open, broadcast.sample.filter(|_| !broadcast.state.is_end()))
        })
    });
    let content = dynamic(move || match waits.get() {
        (Some(winner), ..) => view! { <Notice>{words::winner(winner)}</Notice> },
        (None, Some((held, decide_at)), _) => {
            let at = decide_at.map(|at| zone.with(|zone| zone.full(at))).unwrap_or_default();
            let buttons = (0..variants)
                .map(|number| {
                    view! {
                        <ActionForm action=choose>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <input type="hidden" name="variant" value=number.to_string()/>
                            <button class="btn" type="submit">
                                {words::choose(number)}
                            </button>
                        </ActionForm>
                    }
                })
                .collect_view();
            view! {
                <p>{words::waiting(held, &at)}</p>
                <div class="form-actions">{buttons}</div>
            }
        }
        (None, None, Some(sample)) => view! { <p class="muted">{words::will_wait(sample.percent, sample.hours)}</p> },
        (None, None, None) => ().into_any(),
    });
    sampled.then(|| {
        view! {
            <Failure failure=refused/>
            {content}
        }
    })
}
