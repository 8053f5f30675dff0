//! `/events/{id}/desk`, for those who run an event: what is sold now ([`figures`]), over time ([`over_time`]), the [`orders`], and a word to
//! all who come ([`write`](mod@write)).

mod figures;
mod orders;
mod over_time;
mod write;

pub use orders::table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{api::desk as api, words::desk as words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::EventId,
    live::Snapshot,
};
use plenum_events::{
    live::{desk::DeskEvent, event::EventEvent},
    model::{
        desk::{Desk, Orders, OrdersAsked, OverTime, Span},
        event::EventState,
    },
};
use plenum_ui::{
    Notice, dynamic, memo,
    page::{FaultWithin, Followed},
    view,
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
    let (params, query) = (use_params_map(), use_query_map());
    let asked = memo(move || Asked {
        event: params.with(|params| params.get_str("id").and_then(|id| id.parse().ok())),
        span: query.with(|query| query.get_str("span").and_then(Span::from_word).unwrap_or_default()),
        orders: query.with(|query| OrdersAsked {
            text: query.get_str("q").unwrap_or_default().to_owned(),
            state: query.get_str("state").unwrap_or_default().to_owned(),
            before: query.get_str("before").and_then(|id| id.parse().ok()),
        }),
    });
    let event = memo(move || asked.with(|asked| asked.event));
    let unknown = || AppError::not_found("There is no such event.");
    let first = Resource::new_blocking(
        move || event.get(),
        move |event| async move {
            match event {
                Some(event) => api::read(event).await,
                None => Err(unknown()),
            }
        },
    );
    let sold = Resource::new_blocking(
        move || asked.with(|asked| (asked.event, asked.span)),
        move |(event, span)| async move {
            match event {
                Some(event) => api::over_time(event, span).await,
                None => Err(unknown()),
            }
        },
    );
    let orders = Resource::new_blocking(
        move || asked.with(|asked| (asked.event, asked.orders.clone())),
        move |(event, orders)| async move {
            match event {
                Some(event) => api::orders(event, orders).await,
                None => Err(unknown()),
            }
        },
    );
    let content = move || {
        Suspend::new(async move {
            match first.await {
                Ok(snapshot) => view! { <AtDesk snapshot asked sold orders/> },
                Err(error) => view! {
                    <header class="page-head">
                        <h1>{words::DESK}</h1>
                    </header>
                    <FaultWithin error/>
                },
            }
        })
    };
    view! {
        <Title text=words::DESK/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <Transition>{content}</Transition>
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
    let Followed { shown, ended, .. } = followed.on::<DeskEvent>(Signal::stored(Some(space))).on::<EventEvent>(Signal::stored(Some(event)));
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
            {move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> })}
            <figures::Now shown/>
            <figures::ByType shown/>
            <over_time::Sold event shown asked sold/>
            <orders::List event shown asked orders/>
            <write::Write event key/>
        </div>
    }
}
