//! The seats as a list: section, row, seat. A row opens when it is wanted, so that a hall of thousands is a short page; without scripts
//! it opens as a page of its own, and its seats are a form.

use leptos::{ev::SubmitEvent, prelude::*};
use server_fn::ServerFn as _;

use super::{commands::Command, map::Look, plan, screen::Screen};
use crate::{
    api::seats::HoldSeats,
    model::layout::{Row, Section},
    words::seats as words,
};
use plenum_ui::{dynamic, view};

/// What names a row on this page.
fn key_of(row: &Row) -> String {
    format!("{}.{}", row.section, row.label)
}

/// All sections.
pub fn list(screen: Screen) -> AnyView {
    let sections = screen.map.with_value(|map| map.sections.clone());
    let sections = sections.into_iter().map(|section| part(screen, section)).collect_view();
    view! { <div class="seat-list stack">{sections}</div> }
}

fn part(screen: Screen, section: Section) -> AnyView {
    let id = format!("section-{}", section.id);
    let rows = screen.map.with_value(|map| map.rows.iter().filter(|row| row.section == section.id).cloned().collect::<Vec<_>>());
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows.into_iter().map(|row| line(screen, row)).collect_view();
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{section.name}</h2>
            <ul class="seat-rows">{rows}</ul>
        </section>
    }
}

fn line(screen: Screen, row: Row) -> AnyView {
    let key = key_of(&row);
    let (open, label) = (screen.open, row.label.clone());
    let is_open = {
        let key = key.clone();
        move || open.with(|open| open.contains(&key))
    };
    let seats: Vec<_> = row.spots.iter().map(|spot| spot.id).collect();
    let free = dynamic(move || {
        screen.changed.track();
        words::free(seats.iter().filter(|seat| screen.look(**seat) == Look::Free).count())
    });
    let toggle = {
        let key = key.clone();
        move || {
            open.update(|open| {
                if !open.remove(&key) {
                    open.insert(key.clone());
                }
            });
        }
    };
    let (expanded, panel_open) = (is_open.clone(), is_open);
    let panel = dynamic(move || panel_open().then(|| panel(screen, &row)));
    view! {
        <li>
            <form method="get" class="seat-row">
                <input type="hidden" name="view" value="list"/>
                <button
                    class="seat-row-button"
                    name="row"
                    value=key
                    aria-expanded=move || if expanded() { "true" } else { "false" }
                    on:click=move |event| {
                        event.prevent_default();
                        toggle();
                    }
                >
                    <b>{words::row(&label)}</b>
                    <span class="muted">{free}</span>
                </button>
            </form>
            {panel}
        </li>
    }
}

/// The seats of a row: those that can be had to be ticked, the others with what they are.
fn panel(screen: Screen, row: &Row) -> AnyView {
    let spots = row.spots.clone();
    let legend = words::row(&row.label);
    let seats = dynamic(move || {
        screen.changed.track();
        spots
            .iter()
            .map(|spot| {
                let (look, id) = (screen.look(spot.id), spot.id);
                let name = screen.name(id, look);
                if look == Look::Free {
                    return view! {
                        <label class="seat-box">
                            <input type="checkbox" name="seats[]" value=id.to_string() aria-label=name/>
                            <span aria-hidden="true">{spot.number}</span>
                        </label>
                    };
                }
                view! {
                    <span class="seat-box" data-look=look.into_str()>
                        <span aria-hidden="true">{spot.number}</span>
                        <span class="visually-hidden">{name}</span>
                    </span>
                }
            })
            .collect_view()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let seats = plan::ticked(&event);
        if seats.is_empty() {
            return;
        }
        if screen.viewer.is_some() {
            screen.order(Command::Hold(seats));
        } else {
            screen.pick_all(&seats);
        }
    };
    let event = screen.event;
    let fields = view! {
        <fieldset>
            <legend class="visually-hidden">{legend}</legend>
            <div class="seat-boxes">{seats}</div>
        </fieldset>
    };
    if screen.viewer.is_some() {
        return view! {
            <form class="seat-panel" method="post" action=HoldSeats::url() on:submit=submit>
                <input type="hidden" name="event" value=event.to_string()/>
                {fields}
                <button class="btn" type="submit">
                    {words::HOLD_THESE}
                </button>
            </form>
        };
    }
    view! {
        <form class="seat-panel" method="get" action="/sign-in" on:submit=submit>
            <input type="hidden" name="next" value=format!("/events/{event}/seats?view=list")/>
            {fields}
            <button class="btn" type="submit">
                {words::PICK_THESE}
            </button>
        </form>
    }
}
