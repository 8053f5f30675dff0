//! `/events/{id}`: an event, for everyone who may see it; what becomes of it is seen without a reload (S3-05, S3-32).
//!
//! - [`side`]: what is left, and the facts; [`people`]: who is coming and who is here, for members.
//! - `follow`: how what is on the screen stays up to date.

mod follow;
mod people;
mod side;

use leptos::prelude::*;

use crate::api::events as api;
use follow::follow;
use people::Inside;
use plenum_core::{
    ids::{EventId, Millis},
    live::Snapshot,
};
use plenum_events::{
    model::{
        event::{EventState, SaleStatus},
        events::{Event, EventPage as Page, Place},
    },
    words,
};
use plenum_sales::view::seats::{EventSeats, Stands};
use plenum_tickets::view::OnlineAddress;
use plenum_ui::{
    CopyLine, Icon, Notice, PageTitle, browser, dynamic, effect, memo,
    notice::Tone,
    page::{Ended, Loaded, fault_page, resource_by_id, use_id, use_seconds, use_viewer},
    view,
};
use side::{Facts, Left};

/// The page.
#[component]
pub fn EventPage() -> impl IntoView {
    let id = use_id::<EventId>();
    let first = resource_by_id(id, "event", api::page);
    view! {
        <Loaded from=first fault=fault_page let:snapshot>
            <Shown snapshot/>
        </Loaded>
    }
}

/// How an event stands, in a chip: a word, and a colour that says the same.
pub fn chip(event: &Event, sold_out: bool, now: Millis) -> AnyView {
    let sale = event.sale(now);
    let (text, tone) = match event.state {
        EventState::Published => {
            let tone = (sale.is_on() && !sold_out).then_some("live");
            (words::sale(sale, sold_out, &event.zone), tone)
        }
        EventState::Live => (words::state(event.state).to_owned(), Some("live")),
        EventState::Cancelled => (words::state(event.state).to_owned(), Some("bad")),
        EventState::Draft | EventState::Ended | EventState::Postponed => (words::state(event.state).to_owned(), None),
    };
    view! {
        <span class="chip" data-tone=tone>
            {text}
        </span>
    }
}

#[component]
fn Shown(snapshot: Snapshot<Page>) -> impl IntoView {
    let followed = follow(snapshot);
    let shown = followed.shown;
    let title = memo(move || shown.with(|shown| shown.event.title.clone()));
    let runs = memo(move || shown.with(|shown| shown.runs));
    let (id, ushers) = shown.with_untracked(|shown| (shown.event.id, shown.ushers));
    let inside = memo(move || shown.with(|shown| shown.inside.is_some()));
    let html = memo(move || shown.with(|shown| shown.event.html.clone()));
    let picture = memo(move || shown.with(|shown| shown.event.picture));
    let image = dynamic(move || {
        picture
            .get()
            .map(|picture| view! { <img class="event-picture" src=format!("/pictures/{picture}") alt="" width="1200" height="675"/> })
    });
    let about = dynamic(move || {
        html.with(|html| !html.is_empty()).then(|| {
            view! {
                <section class="card" aria-labelledby="about">
                    <h2 id="about">{words::ABOUT}</h2>
                    <div class="md" dir="auto" inner_html=move || html.get()></div>
                </section>
            }
        })
    });
    let is_virtual = shown.with_untracked(|shown| shown.event.place == Place::Virtual);
    let address = is_virtual.then(|| view! { <OnlineAddress event=id/> });
    // What is not for sale, or not for everyone yet, has nothing to choose from.
    let sells = memo(move || shown.with(|shown| shown.event.state.sells() && !shown.availability.ticket_types.is_empty()));
    let seats = dynamic(move || sells.get().then(|| view! { <EventSeats event=id stands=Stands::Within/> }));
    view! {
        <PageTitle text=title/>
        <main id="main" tabindex="-1" class="page event-page" data-width="wide">
            <div class="event-top">
                <Head shown/>
                {dynamic(move || (runs.get() || ushers).then(|| tools(id, runs.get())))}
                <Said shown/>
                {address}
                <Ended reason=followed.ended/>
                {seats}
            </div>
            <div class="event-main">
                {image}
                {about}
            </div>
            <aside class="event-side" aria-label=title>
                // The basket says it where places can be chosen.
                {dynamic(move || (!sells.get()).then(|| view! { <Left shown/> }))}
                <Facts shown/>
                {dynamic(move || inside.get().then(|| view! { <Inside shown/> }))}
                <Share id/>
            </aside>
        </main>
    }
}

/// Chips, title, when and where.
#[component]
fn Head(shown: RwSignal<Page>) -> impl IntoView {
    let now = use_seconds();
    let event = memo(move || shown.with(|shown| shown.event.clone()));
    let sold_out = memo(move || {
        shown.with(|shown| {
            // One that has no places yet is not sold out.
            let mut types = shown.availability.ticket_types.iter().filter(|of| of.capacity > 0).peekable();
            types.peek().is_some() && types.all(|of| of.status == SaleStatus::SoldOut)
        })
    });
    // It changes when the sale begins or ends, and not every second.
    let sale = memo(move || event.with(|event| event.sale(now.get()).is_on()));
    let status = dynamic(move || {
        sale.with(|_| ());
        event.with(|event| chip(event, sold_out.get(), now.get_untracked()))
    });
    let count = memo(move || event.with(|event| words::countdown(event.ahead(), now.get())));
    let countdown = dynamic(move || {
        let counts = count.with(Option::is_some);
        counts.then(|| {
            // Told once a second it would never be silent: who listens finds the time below.
            view! {
                <span class="chip countdown" role="timer" aria-live="off">
                    {move || count.get()}
                </span>
            }
        })
    });
    let line = memo(move || {
        event.with(|event| {
            let at = event.zone.full(event.starts_at);
            let place = match event.place {
                Place::Virtual => words::place(Place::Virtual).to_owned(),
                Place::Hall => event.venue.clone(),
            };
            let doors = event.doors_at.map(|at| words::doors_open(&event.zone.clock(at))).unwrap_or_default();
            format!("{at} · {place}{doors}")
        })
    });
    view! {
        <header class="event-head">
            <p class="event-chips">{status} {countdown}</p>
            <h1 class="wrap">{move || event.with(|event| event.title.clone())}</h1>
            <p class="event-line">{move || line.get()}</p>
        </header>
    }
}

/// What everyone has to know: that it has begun, was put off, does not take place.
#[component]
fn Said(shown: RwSignal<Page>) -> impl IntoView {
    let stands = memo(move || shown.with(|shown| (shown.event.state, shown.event.note.clone())));
    dynamic(move || {
        let (state, note) = stands.get();
        match state {
            EventState::Live => Some(view! { <Notice tone=Tone::Live>{words::LIVE_NOW}</Notice> }),
            EventState::Postponed => Some(view! { <Notice>{words::postponed(&note)}</Notice> }),
            EventState::Cancelled => Some(view! { <Notice tone=Tone::Bad>{words::cancelled(&note)}</Notice> }),
            EventState::Draft => Some(view! { <Notice>{words::DRAFT_NOTE}</Notice> }),
            EventState::Published | EventState::Ended => None,
        }
    })
}

/// Where its organisers go on.
fn tools(id: EventId, runs: bool) -> AnyView {
    let link = |path: &str, name: &'static str| {
        view! {
            <a class="btn" data-size="s" href=format!("/events/{id}/{path}")>
                {name}
            </a>
        }
    };
    view! {
        <nav class="form-actions" aria-label=words::TOOLS>
            {runs.then(|| [("edit", words::EDIT), ("plan", words::PLAN), ("codes", words::CODES), ("desk", words::DESK)].map(|(path, name)| link(path, name)).collect_view())}
            {link("check-in", words::CHECK_IN)}
        </nav>
    }
}

/// The link to it; with scripts the whole address, to be copied.
#[component]
fn Share(id: EventId) -> impl IntoView {
    let signed_in = use_viewer().with_untracked(Option::is_some);
    let address = RwSignal::new(None);
    effect(move |_| address.set(Some(format!("{}/events/{id}", browser::origin()))));
    let line = dynamic(move || {
        address.get().map(|address| {
            view! {
                <section class="card" aria-labelledby="share">
                    <h2 id="share">{words::SHARE}</h2>
                    <CopyLine text=address/>
                </section>
            }
        })
    });
    let door = (!signed_in).then(|| {
        view! {
            <a class="btn" data-kind="primary" data-wide="" href=format!("/sign-in?next=/events/{id}")>
                <Icon name="events"/>
                {words::SIGN_IN}
            </a>
        }
    });
    view! {
        {door}
        {line}
    }
}
