//! What stands above the seats: map or list, the best together, larger and smaller.

use leptos::{ev::SubmitEvent, prelude::*};
use server_fn::ServerFn as _;

use super::{
    plan,
    screen::{Screen, Shows},
};
use crate::{api::seats::HoldBest, words::seats as words};
use plenum_ui::{Icon, dynamic, view};

/// What one press of a button zooms by.
pub const STEP: f64 = 1.25;
/// The plan's sizes.
const SMALLEST: f64 = 0.5;
const LARGEST: f64 = 4.0;
/// How many are wanted together, most often.
const USUAL: i64 = 2;

/// Zooms by a factor.
pub fn zoom_by(screen: Screen, by: f64) {
    zoom_to(screen, screen.zoom.get_untracked() * by);
}

/// Zooms to a size.
pub fn zoom_to(screen: Screen, zoom: f64) {
    screen.zoom.set(zoom.clamp(SMALLEST, LARGEST));
}

/// All of them.
pub fn tools(screen: Screen) -> AnyView {
    let shows = screen.shows;
    let choose = move |name: &'static str, word: &'static str, which: Shows| {
        view! {
            <button
                class="btn"
                name="view"
                value=word
                aria-pressed=move || if shows.get() == which { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    shows.set(which);
                }
            >
                {name}
            </button>
        }
    };
    let zoom = dynamic(move || {
        (shows.get() == Shows::Map).then(|| {
            view! {
                <div class="seats-zoom">
                    <button
                        class="btn icon-btn"
                        type="button"
                        aria-label=words::ZOOM_OUT
                        title=words::ZOOM_OUT
                        on:click=move |_| zoom_by(screen, 1.0 / STEP)
                    >
                        <span aria-hidden="true">"−"</span>
                    </button>
                    <button
                        class="btn icon-btn"
                        type="button"
                        aria-label=words::ZOOM_IN
                        title=words::ZOOM_IN
                        on:click=move |_| zoom_by(screen, STEP)
                    >
                        <Icon name="plus"/>
                    </button>
                </div>
            }
        })
    });
    view! {
        <div class="seats-tools">
            <form method="get" class="seats-views" aria-label=words::VIEWS>
                {choose(words::MAP, "map", Shows::Map)}
                {choose(words::LIST, "list", Shows::List)}
            </form>
            {best(screen)}
            {zoom}
        </div>
    }
}

/// The best together; a visitor without scripts is led to the door.
fn best(screen: Screen) -> AnyView {
    let (each, types) = screen.map.with_value(|map| {
        let types: Vec<(String, String)> =
            map.types.iter().filter(|known| known.seated).map(|known| (known.id.to_string(), known.name.clone())).collect();
        (map.basket_limit(), types)
    });
    if each == 0 {
        return ().into_any();
    }
    let find = move |event: SubmitEvent| {
        event.prevent_default();
        let count = plan::field(&event, "count").parse().unwrap_or(0);
        screen.best(count, plan::field(&event, "ticket_type"));
    };
    let numbers =
        (1..=each).map(|count| view! { <option value=count.to_string() selected=count == USUAL.min(each)>{count}</option> }).collect_view();
    let types = (types.len() > 1).then(|| {
        let types = types.into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view();
        view! {
            <select class="input select" name="ticket_type" aria-label=words::BEST_WHERE>
                <option value="">{words::ANYWHERE}</option>
                {types}
            </select>
        }
    });
    let fields = view! {
        <select class="input select" name="count" aria-label=words::BEST_COUNT>
            {numbers}
        </select>
        {types}
        <button class="btn" type="submit">
            {words::FIND}
        </button>
    };
    let event = screen.event;
    if screen.viewer.is_some() {
        return view! {
            <form class="seats-best" method="post" action=HoldBest::url() aria-label=words::BEST on:submit=find>
                <input type="hidden" name="event" value=event.to_string()/>
                {fields}
            </form>
        };
    }
    view! {
        <form class="seats-best" method="get" action="/sign-in" aria-label=words::BEST on:submit=find>
            <input type="hidden" name="next" value=format!("/events/{event}/seats")/>
            {fields}
        </form>
    }
}
