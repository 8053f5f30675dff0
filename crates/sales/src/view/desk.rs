//! `/events/{id}/desk`, for those who run an event: what is sold now ([`figures`]), over time ([`over_time`]), the [`orders`], and a word to
//! all who come ([`write`](mod@write)).

mod figures;
mod orders;
mod over_time;
mod write;

pub use orders::table;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{api::desk as api, words::desk as words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::EventId,
    live::Snapshot,
};
use plenum_events::{
    live::{
        desk::{DeskEvent, DoorEvent},
        event::EventEvent,
    },
    model::{
        desk::{Desk, Orders, OrdersAsked, OverTime, Span},
        event::EventState,
    },
};
use plenum_ui::{
    dynamic, memo,
    page::{Ended, FaultWithin, Followed, Loaded, resource_by_id, use_id},
    use_query, view,
};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    event: Option<EventId>,
    span: Span,
    orders: OrdersAsked,
}

/// The page.
#[component]
pub fn DeskPage() -> impl IntoView {
    let (event, query) = (use_id::<EventId>(), use_query());
    let asked = memo(move || Asked {
        event: event.get(),
        span: query.with(|query| query.get_str("span").and_then(|word| word.parse().ok()).unwrap_or_default()),
        orders: query.with(|query| OrdersAsked {
            text: query.get_str("q").unwrap_or_default().to_owned(),
            state: query.get_str("state").unwrap_or_default().to_owned(),
            before: query.get_str("before").and_then(|id| id.parse().ok()),
        }),
    });
    let unknown = || AppError::no_such("event");
    let first = resource_by_id(event, "event", api::read);
    let sold = Resource::new_blocking(
        move || asked.with(|asked| (asked.event, asked.span)),
        move |(event, span)| async move { api::over_time(event.ok_or_else(unknown)?, span).await },
    );
    let orders = Resource::new_blocking(
        move || asked.with(|asked| (asked.event, asked.orders.clone())),
        move |(event, orders)| async move { api::orders(event.ok_or_else(unknown)?, orders).await },
    );
    let fault = |error| {
        view! {
            <header class="page-head">
                <h1>{words::DESK}</h1>
            </header>
            <FaultWithin error/>
        }
    };
    view! {
        <Title text=words::DESK/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <Loaded from=first fault let:snapshot>
                <AtDesk snapshot asked sold orders/>
            </Loaded>
        </main>
    }
}

#[component]
fn AtDesk(
    snapshot: Snapshot<Desk>,
    asked: Memo<Asked>,
    sold: Resource<AppResult<OverTime>>,
    orders: Resource<AppResult<Orders>>,
) -> impl IntoView {
    let (event, space, key) = (snapshot.state.head.id, snapshot.state.head.space, snapshot.state.key.clone());
    let followed = Followed::new(snapshot, move || api::read(event));
    let Followed { shown, ended, .. } = followed
        .on::<DeskEvent>(Signal::stored(Some(space)))
        .on::<DoorEvent>(Signal::stored(Some(event)))
        .on::<EventEvent>(Signal::stored(Some(event)));
    let head = memo(move || shown.with(|shown| shown.head.clone()));
    let state = dynamic(move || {
        let head = head.get();
        let tone = match head.state {
            EventState::Live => "live",
            EventState::Cancelled => "bad",
            EventState::Published => "good",
            EventState::Draft | EventState::Ended | EventState::Postponed => "",
        };
        view! {
            <span class="chip" data-tone=tone>
                {words::event_state(head.state)}
            </span>
            <span class="muted">{head.zone.full(head.starts_at)}</span>
        }
    });
    view! {
        <header class="page-head">
            <h1 class="wrap">{move || head.with(|head| format!("{}: {}", words::DESK, head.title))}</h1>
            {state}
            <div class="page-actions">
                <a class="btn" href=format!("/events/{event}")>
                    {words::EVENT}
                </a>
                <a class="btn" data-kind="primary" href=format!("/events/{event}/check-in")>
                    {words::CHECK_IN}
                </a>
            </div>
        </header>
        <div class="stack">
            <Ended reason=ended text=words::ENDED/>
            <figures::Now shown/>
            <figures::ByType shown/>
            <over_time::Sold event shown asked sold/>
            <orders::List event shown asked orders/>
            <write::Write event key/>
        </div>
    }
}
