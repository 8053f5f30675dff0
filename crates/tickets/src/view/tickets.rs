//! Tickets: `/tickets`, `/tickets/{id}` and `/orders/{id}/tickets`. A page prints as it is, a ticket on each sheet.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::tickets as api,
    live::tickets::TicketEvent,
    model::ticket::{Ticket, TicketState, Tickets},
    view::address::OnlineAddress,
    words::tickets as words,
};
use plenum_core::{
    error::AppError,
    ids::{EventId, Millis, OrderId, TicketId},
    live::Snapshot,
    qr::Picture,
};
use plenum_events::{live::event::EventEvent, view::tabs::EventTabs};
use plenum_ui::{
    Each, EmptyState, Notice, QrCode, TimeText, browser, dynamic, memo,
    notice::Tone,
    page::{FaultWithin, Followed, Loaded, resource_by_id, use_id, use_own_id},
    use_hydrated, view,
};

type Read = Result<Snapshot<Tickets>, AppError>;

/// One's own tickets for what is to come.
#[component]
pub fn TicketsPage() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| api::coming());
    view! {
        <Title text=words::TICKETS/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::TICKETS}</h1>
            </header>
            <EventTabs/>
            <Loaded from=first let:snapshot>
                <Coming snapshot/>
            </Loaded>
        </main>
    }
}

#[component]
fn Coming(snapshot: Snapshot<Tickets>) -> impl IntoView {
    let followed = Followed::new(snapshot, api::coming).on::<TicketEvent>(use_own_id());
    let shown = followed.shown;
    let list = dynamic(move || {
        let tickets = shown.with(|shown| shown.tickets.clone());
        if tickets.is_empty() {
            return view! {
                <EmptyState icon="events" title=words::NONE text=words::NONE_TEXT>
                    <a class="btn" data-kind="primary" href="/events">
                        {words::FIND_EVENTS}
                    </a>
                </EmptyState>
            };
        }
        let rows = tickets.into_iter().map(|ticket| view! { <Row ticket/> }).collect_view();
        view! { <ul class="ticket-list">{rows}</ul> }
    });
    view! {
        <div class="stack">{list}</div>
        {follow_events(followed)}
    }
}

/// A ticket in the list.
#[component]
fn Row(ticket: Ticket) -> impl IntoView {
    let full = ticket.zone.full(ticket.starts_at);
    let seat = ticket.place.as_ref().map_or_else(|| ticket.kind.clone(), words::place);
    view! {
        <li class="card ticket-row" data-ticket-id=ticket.id.to_string() data-state=ticket.state.into_str()>
            <h2>
                <a href=format!("/tickets/{}", ticket.id) aria-label=format!("{}, {seat}", ticket.title)>
                    {ticket.title.clone()}
                </a>
            </h2>
            <p>
                <TimeText at=ticket.starts_at text=full.clone() full/>
            </p>
            <p>{seat.clone()}</p>
            {chip(&ticket, ticket.state, ticket.used_at)}
        </li>
    }
}

/// What it is good for.
fn chip(ticket: &Ticket, state: TicketState, used_at: Option<Millis>) -> AnyView {
    let tone = match state {
        TicketState::Valid => "good",
        TicketState::Used => "accent",
        TicketState::Void => "bad",
    };
    let text = match used_at.filter(|_| state == TicketState::Used) {
        Some(at) => words::used_at(&ticket.zone.clock(at)),
        None => words::state(state).to_owned(),
    };
    view! {
        <span class="chip" data-tone=tone>
            {text}
        </span>
    }
}

/// One ticket.
#[component]
pub fn TicketPage() -> impl IntoView {
    let id = use_id::<TicketId>();
    let first = resource_by_id(id, "ticket", api::one);
    sheets(first, |snapshot| {
        let id = snapshot.state.tickets.first().map(|ticket| ticket.id);
        let order = snapshot.state.tickets.first().map(|ticket| format!("/orders/{}/tickets", ticket.order_id));
        let link = order.map(|href| {
            view! {
                <a class="btn" href=href>
                    {words::WHOLE_ORDER}
                </a>
            }
        });
        let followed = Followed::new(snapshot, move || async move { api::one(id.ok_or_else(unknown)?).await });
        (words::TICKET.to_owned(), followed, link)
    })
}

/// All tickets of an order.
#[component]
pub fn OrderTicketsPage() -> impl IntoView {
    let id = use_id::<OrderId>();
    let first = resource_by_id(id, "ticket", api::of_order);
    sheets(first, |snapshot| {
        let (order, number) =
            snapshot.state.tickets.first().map_or((None, String::new()), |ticket| (Some(ticket.order_id), ticket.order.clone()));
        let followed = Followed::new(snapshot, move || async move { api::of_order(order.ok_or_else(unknown)?).await });
        (words::of_order(&number), followed, None)
    })
}

fn unknown() -> AppError {
    AppError::no_such("ticket")
}

/// What is made of a snapshot: the heading, what is shown, and a link beside the others.
type Around = fn(Snapshot<Tickets>) -> (String, Followed<Tickets>, Option<AnyView>);

/// A page of whole tickets.
fn sheets(first: Resource<Read>, around: Around) -> AnyView {
    let content = move |snapshot| {
        let (heading, followed, link) = around(snapshot);
        view! { <Sheets followed heading link/> }
    };
    let fault = |error| {
        view! {
            <Title text=words::TICKET/>
            <header class="page-head">
                <h1>{words::TICKET}</h1>
            </header>
            <FaultWithin error/>
        }
    };
    view! {
        <main id="main" tabindex="-1" class="page tickets" data-width="narrow">
            <Loaded from=first fault children=content/>
        </main>
    }
}

#[component]
fn Sheets(followed: Followed<Tickets>, heading: String, link: Option<AnyView>) -> impl IntoView {
    let followed = followed.on::<TicketEvent>(use_own_id());
    let shown = followed.shown;
    let ids: Vec<TicketId> = shown.with_untracked(|shown| shown.tickets.iter().map(|ticket| ticket.id).collect());
    // An order is for one event.
    let online = shown.with_untracked(|shown| shown.tickets.first().filter(|ticket| ticket.is_virtual).map(|ticket| ticket.event_id));
    let address = online.map(|event| view! { <OnlineAddress event/> });
    let hydrated = use_hydrated();
    let print = dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <button class="btn" data-kind="primary" type="button" on:click=|_| browser::print()>
                    {words::PRINT}
                </button>
            }
        })
    });
    let sheets = ids.into_iter().map(|id| view! { <Sheet id shown/> }).collect_view();
    view! {
        <Title text=heading.clone()/>
        <header class="page-head">
            <h1>{heading}</h1>
            <div class="page-actions">
                {print} {link} <a class="btn" href="/tickets">
                    {words::ALL}
                </a>
            </div>
        </header>
        {address}
        <div class="stack">{sheets}</div>
        {follow_events(followed)}
    }
}

/// Follows the events that the tickets are for.
fn follow_events(followed: Followed<Tickets>) -> AnyView {
    let events = memo(move || followed.shown.with(|shown| shown.tickets.iter().map(|ticket| ticket.event_id).collect::<BTreeSet<_>>()));
    let follow = move |event: EventId| {
        let _ = followed.on_part::<EventEvent>(Signal::stored(Some(event)), |_| {});
        ().into_any()
    };
    let each = move || Vec::from_iter(events.get());
    view! { <Each each key=|event: &EventId| event.to_string() children=follow/> }
}

/// A ticket as it is printed. What it is good for is followed by itself, so that its change is read out.
#[component]
fn Sheet(id: TicketId, shown: RwSignal<Tickets>) -> impl IntoView {
    let find = move || shown.with(|shown| shown.tickets.iter().find(|ticket| ticket.id == id).cloned());
    let stands =
        memo(move || find().map(|ticket| Ticket { state: TicketState::Valid, used_at: None, code: None, picture: None, ..ticket }));
    dynamic(move || stands.get().map(|ticket| sheet(ticket, shown)))
}

fn sheet(ticket: Ticket, shown: RwSignal<Tickets>) -> AnyView {
    let id = ticket.id;
    let find = move |shown: &Tickets| shown.tickets.iter().find(|ticket| ticket.id == id).cloned();
    let now = memo(move || shown.with(|shown| find(shown).map(|ticket| (ticket.state, ticket.used_at))));
    let code = memo(move || shown.with(|shown| find(shown).and_then(|ticket| ticket.picture.zip(ticket.code))));
    let state = memo(move || now.get().map(|(state, _)| state));
    let heading = format!("ticket-{id}");
    let label = heading.clone();
    let full = ticket.zone.full(ticket.starts_at);
    let doors = ticket.doors_at.map(|at| {
        view! {
            <dt>{words::DOORS}</dt>
            <dd>{ticket.zone.clock(at)}</dd>
        }
    });
    let place = if ticket.is_virtual { words::ONLINE.to_owned() } else { ticket.venue.clone() };
    let seat = ticket.place.as_ref().map_or_else(|| words::STANDING.to_owned(), words::place);
    let note = words::event_note(ticket.event_state).map(|note| view! { <Notice tone=Tone::Live>{note}</Notice> });
    let chipped = ticket.clone();
    let good_for = dynamic(move || now.get().map(|(state, used_at)| chip(&chipped, state, used_at)));
    let drawn = dynamic(move || match code.get() {
        Some((picture, code)) => code_of(id, picture, code),
        None => view! { <Notice tone=Tone::Bad>{words::NO_CODE}</Notice> },
    });
    view! {
        <article
            class="card ticket"
            aria-labelledby=label
            data-ticket-id=id.to_string()
            data-state=move || state.get().map(|state| state.into_str())
        >
            <div class="ticket-facts stack-s">
                <h2 id=heading class="wrap">
                    {ticket.title.clone()}
                </h2>
                <p>
                    <b>
                        <TimeText at=ticket.starts_at text=full.clone() full/>
                    </b>
                </p>
                {note}
                <p role="status">{good_for}</p>
                <dl class="facts">
                    <dt>{words::WHERE}</dt>
                    <dd>{place}</dd>
                    {doors}
                    <dt>{words::SEAT}</dt>
                    <dd>{seat}</dd>
                    <dt>{words::KIND}</dt>
                    <dd>{ticket.kind.clone()}</dd>
                    <dt>{words::HOLDER}</dt>
                    <dd class="wrap">{ticket.holder.name.clone()}</dd>
                    <dt>{words::ORDER}</dt>
                    <dd>
                        <a href=format!("/orders/{}", ticket.order_id)>{ticket.order.clone()}</a>
                    </dd>
                    <dt>{words::PAID}</dt>
                    <dd>{ticket.paid.to_string()}</dd>
                </dl>
            </div>
            {drawn}
        </article>
    }
}

fn code_of(id: TicketId, picture: Picture, code: String) -> AnyView {
    view! {
        <figure class="ticket-code">
            <QrCode picture label=words::picture(id)/>
            <figcaption>
                <code class="wrap">{code}</code>
                <span>{words::SHOW_AT_DOOR}</span>
            </figcaption>
        </figure>
    }
}
