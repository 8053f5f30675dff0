//! `/events`: the events of the organisation, for everyone, as they are now.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use strum::VariantArray as _;

use super::event::chip;
use crate::{api::events as api, words as organising};
use plenum_core::{
    ids::{EventId, Millis},
    live::Snapshot,
};
use plenum_events::{
    live::event::EventEvent,
    model::{
        event::EventState,
        events::{EventCard, EventList, Filter, Place, When},
    },
    view::tabs::EventTabs,
    words,
};
use plenum_ui::{
    Each, EmptyState, dynamic, memo,
    page::{Followed, Loaded, use_seconds, use_viewer},
    redirect::encoded,
    use_query, view,
};

/// The list.
#[component]
pub fn EventsPage() -> impl IntoView {
    let query = use_query();
    let filter: Memo<Filter> = memo(move || {
        query.with(|query| {
            let text = |name| query.get_str(name).unwrap_or_default();
            Filter {
                q: text("q").to_owned(),
                when: text("when").parse().unwrap_or_default(),
                place: text("place").parse().ok(),
                free: text("free") == "true",
                mine: text("mine") == "true",
                from: text("from").parse().unwrap_or_default(),
            }
        })
    });
    let first = Resource::new_blocking(move || filter.get(), api::shown);
    view! {
        <Title text=words::EVENTS/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <Loaded from=first let:snapshot>
                <List snapshot filter=filter.get_untracked()/>
            </Loaded>
        </main>
    }
}

/// The address of a page of the list.
fn address(filter: &Filter, from: u32) -> String {
    let mut query: Vec<String> = Vec::new();
    let mut add = |name: &str, value: &str| query.push(format!("{name}={}", encoded(value)));
    if !filter.q.is_empty() {
        add("q", &filter.q);
    }
    if filter.when != When::default() {
        add("when", filter.when.into_str());
    }
    if let Some(place) = filter.place {
        add("place", place.into_str());
    }
    if filter.free {
        add("free", "true");
    }
    if filter.mine {
        add("mine", "true");
    }
    if from > 0 {
        add("from", &from.to_string());
    }
    if query.is_empty() { "/events".to_owned() } else { format!("/events?{}", query.join("&")) }
}

#[component]
fn List(snapshot: Snapshot<EventList>, filter: Filter) -> impl IntoView {
    let EventList { next, may_create, has_own, .. } = snapshot.state;
    let asked = filter.clone();
    let followed = Followed::new(snapshot, move || api::shown(asked.clone()));
    let list = followed.shown;
    let now = use_seconds();
    let ids = memo(move || list.with(|list| list.cards.iter().map(|card| card.event.id).collect::<Vec<_>>()));
    let empty = memo(move || ids.with(Vec::is_empty));
    let nothing = if may_create { words::NONE_TEXT_ORGANISER } else { words::NONE_TEXT };
    // Visitors have no navigation.
    let door = use_viewer().with_untracked(Option::is_none).then(|| {
        view! {
            <div class="page-actions">
                <a class="btn" href="/sign-in?next=/events">
                    {words::DOOR}
                </a>
            </div>
        }
    });
    let make = may_create.then(|| {
        view! {
            <div class="page-actions">
                <a class="btn" data-kind="primary" href="/events/new">
                    {organising::NEW}
                </a>
            </div>
        }
    });
    let back = (filter.from > 0).then(|| {
        view! {
            <a class="btn" href=address(&filter, 0)>
                {words::FIRST_PAGE}
            </a>
        }
    });
    let onwards = next.map(|next| {
        view! {
            <a class="btn" href=address(&filter, next)>
                {words::NEXT_PAGE}
            </a>
        }
    });
    let pages = (back.is_some() || onwards.is_some()).then(|| {
        view! {
            <nav class="form-actions" aria-label=words::PAGES>
                {back}
                {onwards}
            </nav>
        }
    });
    view! {
        <header class="page-head">
            <h1>{words::EVENTS}</h1>
            {make}
            {door}
        </header>
        <EventTabs/>
        <Search filter has_own/>
        {dynamic(move || empty.get().then(|| view! { <EmptyState icon="events" title=words::NONE text=nothing/> }))}
        <ul class="event-cards" aria-label=words::EVENTS>
            <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Card id followed now/> }/>
        </ul>
        {pages}
    }
}

#[component]
fn Search(filter: Filter, has_own: bool) -> impl IntoView {
    let asks = Filter { from: 0, ..filter.clone() } != Filter::default();
    let whens = When::VARIANTS
        .iter()
        .copied()
        .map(|when| view! { <option value=when.into_str() selected=when == filter.when>{words::when(when)}</option> })
        .collect_view();
    let places = Place::VARIANTS
        .iter()
        .copied()
        .map(|place| view! { <option value=place.into_str() selected=Some(place) == filter.place>{words::place(place)}</option> })
        .collect_view();
    let mine = has_own.then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="mine" value="true" checked=filter.mine/>
                {words::ONLY_MINE}
            </label>
        }
    });
    let clear = asks.then(|| {
        view! {
            <a class="btn" data-kind="quiet" href="/events">
                {words::CLEAR}
            </a>
        }
    });
    view! {
        <Form method="GET" action="/events" attr:class="form event-filter" attr:role="search" attr:aria-label=words::FILTER>
            <div class="form-row">
                <div class="field">
                    <label for="events-q">{words::SEARCH}</label>
                    <input
                        class="input"
                        id="events-q"
                        type="search"
                        dir="auto"
                        name="q"
                        value=filter.q
                        placeholder=words::SEARCH_HINT
                        maxlength="80"
                        autocomplete="off"
                    />
                </div>
                <div class="field">
                    <label for="events-when">{words::WHEN}</label>
                    <select class="input select" id="events-when" name="when">
                        {whens}
                    </select>
                </div>
                <div class="field">
                    <label for="events-place">{words::WHERE}</label>
                    <select class="input select" id="events-place" name="place">
                        <option value="">{words::ANYWHERE}</option>
                        {places}
                    </select>
                </div>
            </div>
            <div class="form-actions">
                <label class="check">
                    <input type="checkbox" name="free" value="true" checked=filter.free/>
                    {words::ONLY_FREE}
                </label>
                {mine}
                <button class="btn" data-kind="primary" type="submit">
                    {words::SHOW}
                </button>
                {clear}
            </div>
        </Form>
    }
}

/// An event of the list. Its link stays what it is while its figures move.
#[component]
fn Card(id: EventId, followed: Followed<EventList>, now: Signal<Millis>) -> impl IntoView {
    // As long as its line is there; one that was withdrawn goes.
    let followed = followed.on_part::<EventEvent>(Signal::stored(Some(id)), move |list| list.cards.retain(|card| card.event.id != id));
    let card: Memo<Option<EventCard>> =
        memo(move || followed.shown.with(|list| list.cards.iter().find(|card| card.event.id == id).cloned()));
    let title = memo(move || card.with(|card| card.as_ref().map(|card| card.event.title.clone()).unwrap_or_default()));
    let picture = memo(move || card.with(|card| card.as_ref().and_then(|card| card.event.picture)));
    let when = memo(move || card.with(|card| card.as_ref().map(words::when_and_where).unwrap_or_default()));
    let left = memo(move || {
        card.with(|card| {
            card.as_ref().filter(|card| sells(card)).map(|card| words::left(card.available, card.capacity)).unwrap_or_default()
        })
    });
    let price = memo(move || card.with(|card| card.as_ref().and_then(|card| card.from).map(words::from).unwrap_or_default()));
    let count = memo(move || card.with(|card| card.as_ref().and_then(|card| words::countdown(card.event.ahead(), now.get()))));
    // It changes when the sale begins or ends, and not every second.
    let sale = memo(move || card.with(|card| card.as_ref().map(|card| std::mem::discriminant(&card.event.sale(now.get())))));
    let status = dynamic(move || {
        sale.with(|_| ());
        card.with(|card| card.as_ref().map(|card| chip(&card.event, card.capacity > 0 && card.available == 0, now.get_untracked())))
    });
    let day =
        memo(move || card.with(|card| card.as_ref().map(|card| card.event.zone.short_date(card.event.starts_at)).unwrap_or_default()));
    let image = dynamic(move || match picture.get() {
        Some(picture) => view! { <img src=format!("/pictures/{picture}/small") alt="" loading="lazy" width="400" height="225"/> },
        // What is said beneath, large: it is no picture, and needs no second reading.
        None => view! {
            <span class="event-blank" aria-hidden="true">
                {move || day.get()}
            </span>
        },
    });
    view! {
        <li class="event-card">
            <div class="event-card-picture">{image}</div>
            <div class="event-card-text">
                <p class="event-chips">{status} <span class="muted">{move || count.get()}</span></p>
                <h2>
                    <a class="wrap" href=format!("/events/{id}")>
                        {move || title.get()}
                    </a>
                </h2>
                <p class="muted wrap">{move || when.get()}</p>
                <p class="event-left">
                    <b>{move || left.get()}</b>
                    <span class="muted">{move || price.get()}</span>
                </p>
            </div>
        </li>
    }
}

/// Whether what is left matters.
fn sells(card: &EventCard) -> bool {
    card.capacity > 0 && matches!(card.event.state, EventState::Draft | EventState::Published | EventState::Live)
}
