//! Beside an event: what is left by ticket type, and its facts.

use leptos::prelude::*;

use plenum_core::{
    ids::{Millis, TicketTypeId},
    time::Zone,
};
use plenum_events::{
    model::{
        event::{EventState, TypeAvailability},
        events::EventPage,
    },
    words,
};
use plenum_ui::{Each, TimeText, dynamic, memo, view};

/// What is left (S3-01, S3-26).
#[component]
pub fn Left(shown: RwSignal<EventPage>) -> impl IntoView {
    let ids = memo(move || shown.with(|shown| shown.availability.ticket_types.iter().map(|of| of.id).collect::<Vec<_>>()));
    let none = memo(move || ids.with(Vec::is_empty));
    let over = memo(move || shown.with(|shown| matches!(shown.event.state, EventState::Ended | EventState::Cancelled)));
    dynamic(move || {
        (!over.get()).then(|| {
            view! {
                <section class="card" aria-labelledby="availability">
                    <h2 id="availability">{words::AVAILABILITY}</h2>
                    {dynamic(move || none.get().then(|| view! { <p class="muted">{words::NO_TYPES}</p> }))}
                    <ul class="lines">
                        <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Type id shown/> }/>
                    </ul>
                </section>
            }
        })
    })
}

#[component]
fn Type(id: TicketTypeId, shown: RwSignal<EventPage>) -> impl IntoView {
    let of: Memo<Option<TypeAvailability>> =
        memo(move || shown.with(|shown| shown.availability.ticket_types.iter().find(|of| of.id == id).cloned()));
    let name = memo(move || of.with(|of| of.as_ref().map(|of| of.name.clone()).unwrap_or_default()));
    let about = memo(move || of.with(|of| of.as_ref().map(words::of_type).unwrap_or_default()));
    let left = memo(move || of.with(|of| of.as_ref().map(|of| words::left(of.available, of.capacity)).unwrap_or_default()));
    view! {
        <li class="line">
            <div class="line-text">
                <span class="wrap">{move || name.get()}</span>
                <p class="muted">{move || about.get()}</p>
            </div>
            <b class="event-count">{move || left.get()}</b>
        </li>
    }
}

fn time(zone: &Zone, at: Millis) -> AnyView {
    let full = zone.full(at);
    view! { <TimeText at text=full.clone() full/> }
}

/// When, until when, sold when, by whom.
#[component]
pub fn Facts(shown: RwSignal<EventPage>) -> impl IntoView {
    let facts = memo(move || shown.with(|shown| (shown.event.clone(), shown.organisers.clone())));
    let list = dynamic(move || {
        let (event, organisers) = facts.get();
        let zone = &event.zone;
        let doors = event.doors_at.map(|at| view! { <dt>{words::DOORS}</dt> <dd>{time(zone, at)}</dd> });
        let people = (!organisers.is_empty()).then(|| {
            let links = organisers
                .into_iter()
                .map(|card| view! { <a class="event-organiser" href=format!("/people/{}", card.id)>{card.name}</a> })
                .collect_view();
            view! {
                <dt>{words::ORGANISERS}</dt>
                <dd>{links}</dd>
            }
        });
        view! {
            <dl class="facts">
                <dt>{words::BEGINS}</dt>
                <dd>{time(zone, event.starts_at)}</dd>
                <dt>{words::ENDS}</dt>
                <dd>{time(zone, event.ends_at)}</dd>
                {doors}
                <dt>{words::SALES}</dt>
                <dd>{words::from_until(&zone.stamp(event.sales_from), &zone.stamp(event.sales_until))}</dd>
                {people}
            </dl>
        }
    });
    view! { <div class="card">{list}</div> }
}
