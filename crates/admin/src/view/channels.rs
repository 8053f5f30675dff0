//! The figures of all channels together, and the table of them.

use leptos::prelude::*;

use crate::{
    model::{CHANNELS, LiveChannel, LiveChannels},
    words::channels as words,
};
use plenum_core::time::Zone;
use plenum_ui::{Column, Each, Table, When, dynamic, memo, view};

#[component]
pub(super) fn Channels(
    /// What is live now.
    shown: RwSignal<LiveChannels>,
    /// Only those are shown that were searched for.
    searches: bool,
) -> impl IntoView {
    let figure = move |name: &'static str, value: fn(&LiveChannels) -> String| {
        let value = memo(move || shown.with(value));
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd>{move || value.get()}</dd>
            </div>
        }
    };
    let empty = memo(move || shown.with(|shown| shown.channels.is_empty()));
    let more = memo(move || shown.with(|shown| !searches && shown.count as usize > CHANNELS));
    let table = move || {
        if empty.get() {
            return view! { <p class="muted">{if searches { words::NONE_FOUND } else { words::NONE }}</p> };
        }
        let columns = [
            Column::text(words::CHANNEL),
            Column::number(words::SUBSCRIBERS),
            Column::number(words::PEOPLE),
            Column::number(words::EVENTS),
            Column::number(words::DELIVERIES),
            Column::text(words::LAST),
        ];
        view! {
            <Table columns caption=words::TABLE>
                <Each
                    each=move || shown.with(|shown| shown.channels.iter().map(|channel| channel.name.clone()).collect())
                    key=|name: &String| name.clone()
                    children=move |name| view! { <Row name shown/> }
                />
            </Table>
        }
    };
    view! {
        <dl class="figures">
            {figure(words::COUNT, |live| live.count.to_string())}
            {figure(words::SUBSCRIPTIONS, |live| live.subscriptions.to_string())}
            {figure(words::EVENTS, |live| words::rate(live.events))}
            {figure(words::DELIVERIES, |live| words::rate(live.deliveries))}
        </dl>
        {dynamic(table)}
        {dynamic(move || more.get().then(|| view! { <p class="muted">{words::more(CHANNELS)}</p> }))}
    }
}

/// A line that is drawn again only where it changes.
#[component]
fn Row(name: String, shown: RwSignal<LiveChannels>) -> impl IntoView {
    let sought = name.clone();
    let channel: Memo<Option<LiveChannel>> =
        memo(move || shown.with(|shown| shown.channels.iter().find(|channel| channel.name == sought).cloned()));
    let of = move |value: fn(&LiveChannel) -> String| memo(move || channel.with(|channel| channel.as_ref().map(value).unwrap_or_default()));
    let (subscriptions, people) = (
        of(|channel| channel.subscriptions.to_string()),
        of(|channel| channel.people.map_or_else(|| "–".to_owned(), |people| people.to_string())),
    );
    let (events, deliveries) = (of(|channel| words::rate(channel.events)), of(|channel| words::rate(channel.deliveries)));
    let last = memo(move || channel.with(|channel| channel.as_ref().and_then(|channel| channel.last.clone())));
    let last = dynamic(move || match last.get() {
        None => view! { <span class="muted">{words::NO_EVENT}</span> },
        Some((event, at)) => {
            view! {
                <code>{event}</code>
                " "
                <span class="muted">
                    <When at text=Zone::precise/>
                </span>
            }
        }
    });
    view! {
        <tr>
            <th scope="row">
                <code class="wrap">{name}</code>
            </th>
            <td class="num" data-label=words::SUBSCRIBERS>
                {move || subscriptions.get()}
            </td>
            <td class="num" data-label=words::PEOPLE>
                {move || people.get()}
            </td>
            <td class="num" data-label=words::EVENTS>
                {move || events.get()}
            </td>
            <td class="num" data-label=words::DELIVERIES>
                {move || deliveries.get()}
            </td>
            <td data-label=words::LAST>{last}</td>
        </tr>
    }
}
