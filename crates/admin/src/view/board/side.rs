//! Beside and below the chart: the busiest channels, the jobs, and whether all is well.

use leptos::prelude::*;

use crate::{
    model::{Board, Figure, LiveChannel},
    words::{self, channels as admin},
};
use plenum_ui::{
    Column, Each, Table, dynamic, memo,
    page::{use_now, use_zone},
    view,
};

#[component]
pub(super) fn Busiest(shown: RwSignal<Board>) -> impl IntoView {
    let empty = memo(move || shown.with(|board| board.busiest.channels.is_empty()));
    let table = dynamic(move || {
        if empty.get() {
            return view! { <p class="muted">{words::NO_CHANNELS}</p> };
        }
        let columns = [Column::text(admin::CHANNEL), Column::number(admin::SUBSCRIBERS), Column::number(admin::DELIVERIES)];
        view! {
            <Table columns>
                <Each
                    each=move || shown.with(|board| board.busiest.channels.iter().map(|channel| channel.name.clone()).collect())
                    key=|name: &String| name.clone()
                    children=move |name| row(name, shown)
                />
            </Table>
        }
    });
    view! {
        <section class="card" aria-labelledby="busiest">
            <h2 id="busiest">{words::BUSIEST}</h2>
            {table}
            <p>
                <a href="/admin/channels">{words::ALL_CHANNELS}</a>
            </p>
        </section>
    }
}

fn row(name: String, shown: RwSignal<Board>) -> AnyView {
    let sought = name.clone();
    let of = move |value: fn(&LiveChannel) -> String| {
        let sought = sought.clone();
        memo(move || {
            shown.with(|board| board.busiest.channels.iter().find(|channel| channel.name == sought).map(value).unwrap_or_default())
        })
    };
    let (subscriptions, deliveries) = (of(|channel| channel.subscriptions.to_string()), of(|channel| admin::rate(channel.deliveries)));
    view! {
        <tr>
            <th scope="row">
                <code class="wrap">{name}</code>
            </th>
            <td class="num" data-label=admin::SUBSCRIBERS>
                {move || subscriptions.get()}
            </td>
            <td class="num" data-label=admin::DELIVERIES>
                {move || deliveries.get()}
            </td>
        </tr>
    }
}

/// How a figure stands, as text.
fn text(shown: RwSignal<Board>, figure: Figure) -> Memo<String> {
    memo(move || {
        let now = shown.with(|board| board.now.get(figure));
        now.map_or_else(|| "–".to_owned(), |now| words::value(figure.described().unit, now))
    })
}

#[component]
pub(super) fn Jobs(shown: RwSignal<Board>) -> impl IntoView {
    let lines = [Figure::JobsWaiting, Figure::JobsDue, Figure::JobsRetrying, Figure::DeadLetters].into_iter().map(|figure| {
        let value = text(shown, figure);
        let bad = memo(move || figure == Figure::DeadLetters && shown.with(|board| board.now.get(figure).is_some_and(|count| count > 0.0)));
        view! {
            <div data-figure=figure.into_str()>
                <dt>{words::figure(figure)}</dt>
                <dd data-tone=move || bad.get().then_some("bad")>{move || value.get()}</dd>
            </div>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="jobs">
            <h2 id="jobs">{words::JOBS}</h2>
            <dl class="board-lines">{lines}</dl>
            <p>
                <a href="/admin/jobs">{words::LOOK_AT_JOBS}</a>
            </p>
        </section>
    }
}

#[component]
pub(super) fn Status(shown: RwSignal<Board>, operator: bool) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let counts = memo(move || shown.with(|board| (board.alarms.0.len(), board.alarms.raised().count())));
    let state = dynamic(move || match counts.get() {
        (0, _) => view! {
            <a class="chip" href="/admin/alarms">
                {words::NO_ALARMS}
            </a>
        },
        (_, 0) => view! {
            <span class="chip" data-tone="good">
                {words::ALL_WELL}
            </span>
        },
        (_, raised) => view! {
            <a class="chip" data-tone="bad" href="/admin/alarms">
                {words::raised_now(raised)}
            </a>
        },
    });
    let figures = [
        Figure::WriteP50,
        Figure::WriteQueue,
        Figure::DispatchQueue,
        Figure::SlowConsumers,
        Figure::Dropped,
        Figure::Recoveries,
        Figure::Gaps,
    ];
    let figures = figures.into_iter().filter(|_| operator).map(|figure| {
        let value = text(shown, figure);
        view! {
            <li data-figure=figure.into_str()>{words::figure(figure)} " " <b>{move || value.get()}</b></li>
        }
    });
    let figures = figures.collect_view();
    let figures = operator.then(|| view! { <ul class="board-figures">{figures}</ul> });
    let last = memo(move || shown.with(|board| board.alarms.last().cloned()));
    let last = dynamic(move || match last.get() {
        Some(alarm) => {
            let when = alarm.raised_at.map(|at| zone.with(|zone| zone.short(at, now))).unwrap_or_default();
            view! {
                <a class="muted" href="/admin/alarms">
                    {words::last_alarm(&alarm, &when)}
                </a>
            }
        }
        None => view! {
            <a class="muted" href="/admin/alarms">
                {words::NO_ALARM_YET}
            </a>
        },
    });
    let health = operator.then(|| view! { <a href="/admin/health">{words::HEALTH}</a> });
    view! {
        <section class="card board-status" aria-labelledby="status">
            <h2 id="status" class="visually-hidden">
                {words::STATUS}
            </h2>
            <span role="status">{state}</span>
            {figures}
            {last}
            {health}
        </section>
    }
}
