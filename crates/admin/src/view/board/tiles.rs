//! The figures at a glance: what each is, how it has changed, and its line.

use leptos::prelude::*;

use super::{address, plot};
use crate::{
    model::{Board, Figure, Period, Values},
    words,
};
use plenum_ui::{chart::Spark, memo, page::use_zone, view};

/// Those of the organisation, and for the operator those of the process.
const TILES: [Figure; 14] = [
    Figure::PeopleOnline,
    Figure::Messages,
    Figure::Deliveries,
    Figure::Connections,
    Figure::MessagesToday,
    Figure::NotificationsUnseen,
    Figure::SignIns,
    Figure::BroadcastsSending,
    Figure::RevenueToday,
    Figure::SeatsHeld,
    Figure::PublishP99,
    Figure::HttpP99,
    Figure::Processor,
    Figure::Memory,
];

#[component]
pub(super) fn Tiles(
    /// What is shown.
    shown: RwSignal<Board>,
    /// How far back.
    period: Period,
    /// The viewer sees the figures of the process.
    operator: bool,
) -> impl IntoView {
    let tiles = TILES.into_iter().filter(|figure| Figure::seen(operator).any(|seen| seen == *figure));
    let tiles = tiles.map(|figure| tile(shown, figure, period)).collect_view();
    view! {
        <section aria-labelledby="tiles">
            <h2 id="tiles" class="visually-hidden">
                {words::TILES}
            </h2>
            <ul class="tiles">{tiles}</ul>
        </section>
    }
}

fn tile(shown: RwSignal<Board>, figure: Figure, period: Period) -> AnyView {
    let zone = use_zone();
    let described = figure.described();
    let now = memo(move || shown.with(|board| board.now.get(figure)));
    let value = memo(move || now.get().map_or_else(|| "–".to_owned(), |now| words::value(described.unit, now)));
    let beside = memo(move || shown.with(|board| beside(figure, &board.now)));
    let change = memo(move || {
        let change = now.get().and_then(|now| shown.with(|board| board.series.change(figure, now)));
        change.map(|change| words::change(figure, change, period))
    });
    let line = Signal::derive(move || shown.with(|board| zone.with(|zone| plot(board, &[figure], zone))));
    view! {
        <li>
            <a class="tile" href=address(period, described.chart) data-figure=figure.into_str()>
                <span class="tile-name">{words::figure(figure)}</span>
                <b class="tile-value">{move || value.get()}</b>
                <span class="tile-note">{move || beside.get()}</span>
                <span class="tile-note">{move || change.get()}</span>
                <Spark plot=line/>
            </a>
        </li>
    }
}

/// What belongs to a figure and makes it understood.
fn beside(figure: Figure, now: &Values) -> Option<String> {
    let text = |of: Figure| now.get(of).map(|value| words::value(of.described().unit, value));
    Some(match figure {
        Figure::PeopleOnline => words::of_people(&text(Figure::People)?, &text(Figure::PeopleActive)?),
        Figure::Messages => words::events(&text(Figure::Events)?),
        Figure::Deliveries => words::on_channels(&text(Figure::Channels)?),
        Figure::Connections => words::subscriptions(&text(Figure::Subscriptions)?),
        Figure::MessagesToday => words::SINCE_MIDNIGHT.to_owned(),
        Figure::NotificationsUnseen => words::notified_today(&text(Figure::NotificationsToday)?),
        Figure::SignIns => words::new_people(&text(Figure::PeopleNew)?),
        Figure::BroadcastsSending => words::waiting(&text(Figure::BroadcastsWaiting)?),
        Figure::RevenueToday => words::of_orders(&text(Figure::OrdersToday)?, &text(Figure::EventsOpen)?),
        Figure::SeatsHeld => words::sold(&text(Figure::SeatsSold)?),
        Figure::PublishP99 => words::half_within(&text(Figure::PublishP50)?),
        Figure::HttpP99 => words::half_within(&text(Figure::HttpP50)?),
        Figure::Processor => words::OF_ONE_CORE.to_owned(),
        Figure::Memory => words::queued(&text(Figure::QueuedBytes)?),
        _ => return None,
    })
}
