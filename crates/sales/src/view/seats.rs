//! The live seat map with its basket: [`EventSeats`], a part of an event's page, and [`SeatsPage`], which shows it alone.
//!
//! - `screen`: what is on it, and how it follows; `commands`: what its viewer does to their basket, one thing after the other;
//!   `clock`: the server's.
//! - `map`: the plan. Its seats are buttons that `plan` makes and paints itself, without a signal for each; `moves` says where an arrow
//!   key leads. `list`: the same as rows that open.
//! - `basket`: what is held, and until when; `places`: places without seats, waiting lists.
//! - `picks`: what a visitor has picked, until they have signed in.

mod basket;
mod clock;
mod commands;
mod guest_selection;
mod keyboard;
mod list;
mod map;
#[cfg(not(feature = "hydrate"))]
mod no_plan;
mod places;
#[cfg(feature = "hydrate")]
mod plan;
mod refetch;
mod screen;
mod tools;

#[cfg(not(feature = "hydrate"))]
use no_plan as plan;

use leptos::prelude::*;

use crate::{
    api,
    model::{orders::Quote, seat_map::SeatMap},
    words::seats as words,
};
use plenum_core::{error::AppError, ids::EventId, live::Snapshot};
use plenum_events::model::sale::Sale;
use plenum_ui::{
    Notice, PageTitle, dynamic, memo,
    notice::Tone,
    page::{FaultWithin, Loaded, use_id, use_viewer},
    view,
};
use screen::{Screen, Shows};

/// Where a seat map stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// On a page of its own, which has its heading.
    Alone,
    /// Among what else is said of the event.
    Within,
}

/// `/events/{id}/seats`: the seat map alone, as large as the screen allows.
#[component]
pub fn SeatsPage() -> impl IntoView {
    let id = use_id::<EventId>();
    let content = dynamic(move || match id.get() {
        Some(event) => view! { <EventSeats event stands=Stands::Alone/> },
        None => view! { <FaultWithin error=AppError::no_such("event")/> },
    });
    view! {
        <main id="main" tabindex="-1" class="page" data-width="wide">
            {content}
        </main>
    }
}

/// The seats of an event and the viewer's basket, alive.
#[component]
pub fn EventSeats(
    /// The event.
    event: EventId,
    /// Where it stands.
    stands: Stands,
) -> impl IntoView {
    let first = Resource::new_blocking(move || event, api::seats::open);
    view! { <Loaded from=first children=move |(snapshot, quote)| view! { <Seats snapshot quote stands/> }/> }
}

#[component]
fn Seats(snapshot: Snapshot<SeatMap>, quote: Option<Quote>, stands: Stands) -> impl IntoView {
    let screen = Screen::new(snapshot, use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id)));
    screen.follow();
    let title = screen.map.with_value(|map| map.event.title.clone());
    let has_seats = screen.map.with_value(|map| !map.rows.is_empty());
    let (event, shows) = (screen.event, screen.shows);
    let plan = has_seats.then(|| {
        view! {
            {tools::tools(screen)}
            {dynamic(move || {
                screen.plan.track();
                match shows.get() {
                    Shows::Map => map::map(screen),
                    Shows::List => list::list(screen),
                }
            })}
        }
    });
    let heading = match stands {
        Stands::Alone => view! {
            <PageTitle text=Signal::stored(format!("{title} · {}", words::SEATS))/>
            <h1>
                <a href=format!("/events/{event}") title=words::TO_EVENT>
                    {title}
                </a>
            </h1>
        },
        Stands::Within => {
            let name = if has_seats { words::SEATS } else { words::PLACES };
            view! { <h2 id="seats">{name}</h2> }
        }
    };
    view! {
        <div class="seats">
            <div class="seats-main stack">
                <header class="seats-head">
                    {heading}
                    {looking(screen)}
                </header>
                {sale(screen)}
                {plan}
            </div>
            {basket::basket(screen, quote)}
        </div>
    }
}

/// How many look.
fn looking(screen: Screen) -> AnyView {
    dynamic(move || {
        let count = screen.watching.get();
        (count > 0).then(|| view! { <span class="chip">{words::looking(count)}</span> })
    })
}

/// Why nothing can be held now, if that is so.
fn sale(screen: Screen) -> AnyView {
    let now = screen.clock.now;
    let sale = memo(move || screen.map.with_value(|map| map.event.sale(now.get())));
    dynamic(move || {
        sale.with(|_| ());
        screen.map.with_value(|map| match map.event.sale(now.get_untracked()) {
            Sale::On(_) => None,
            Sale::Coming(at) => {
                let when = map.event.zone.full(at);
                Some(view! { <Notice tone=Tone::Live>{words::SALE_COMING} " " {when}</Notice> })
            }
            Sale::Over => Some(view! { <Notice>{words::SALE_OVER}</Notice> }),
            Sale::Stopped => Some(view! { <Notice>{words::SALE_STOPPED}</Notice> }),
        })
    })
}
