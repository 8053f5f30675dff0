//! `/orders`: one's own orders, the newest first.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use strum::VariantArray as _;

use super::{chip, find::FindOrders};
use crate::{
    api::orders as api,
    live::orders::OwnOrderEvent,
    model::orders::{OrderHead, Orders, Show, state_at},
    words::orders as words,
};
use plenum_core::{ids::OrderId, live::Snapshot};
use plenum_events::view::tabs::EventTabs;
use plenum_ui::{
    Each, EmptyState, When, dynamic, memo,
    page::{Ended, Followed, Loaded, use_own_id, use_seconds},
    toast, use_query, view,
};

/// `/orders`, with `?show=` and `?before=`.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || {
        query.with(|query| {
            let show: Show = query.get_str("show").and_then(|word| word.parse().ok()).unwrap_or_default();
            (show, query.get_str("before").and_then(|before| before.parse::<OrderId>().ok()))
        })
    });
    let first = Resource::new_blocking(move || asked.get(), |(show, before)| api::list(show, before));
    let tabs = move || {
        let (chosen, _) = asked.get();
        Show::VARIANTS
            .iter()
            .copied()
            .map(|show| {
                view! {
                    <a href=format!("/orders?show={}", show.into_str()) aria-current=(show == chosen).then_some("page")>
                        {words::show(show)}
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        <Title text=words::ORDERS/>
        <main id="main" tabindex="-1" class="page">
            <header class="page-head">
                <h1>{words::ORDERS}</h1>
            </header>
            <EventTabs/>
            <div class="stack">
                <FindOrders/>
                <nav class="tabs" aria-label=words::FILTER>
                    {tabs}
                </nav>
                <Loaded from=first let:snapshot>
                    <List snapshot before=asked.get_untracked().1/>
                </Loaded>
            </div>
        </main>
    }
}

#[component]
fn List(snapshot: Snapshot<Orders>, before: Option<OrderId>) -> impl IntoView {
    let show = snapshot.state.show;
    // A page of older ones stays what it is.
    let own = use_own_id();
    let followed = Followed::new(snapshot, move || api::list(show, before));
    let Followed { shown, ended, .. } = followed.on::<OwnOrderEvent>(Signal::derive(move || own.get().filter(|_| before.is_none())));
    let ids = memo(move || shown.with(|shown| shown.orders.iter().map(|order| order.id).collect::<Vec<_>>()));
    let empty = memo(move || ids.with(Vec::is_empty));
    let older = memo(move || shown.with(|shown| shown.floor));
    let more = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let floor = older.get_untracked();
        spawn_local(async move {
            match api::list(show, Some(OrderId(floor))).await {
                Ok(older) => shown.update(|shown| shown.append(older.state)),
                Err(error) => toast::show_error(error.message),
            }
        });
    };
    let nothing = move || {
        if show != Show::All || before.is_some() {
            return view! { <p class="muted">{words::NONE_OF_THESE}</p> };
        }
        view! {
            <EmptyState icon="events" title=words::NONE text=words::NONE_TEXT>
                <a class="btn" data-kind="primary" href="/events">
                    {words::TO_EVENTS}
                </a>
            </EmptyState>
        }
    };
    view! {
        <Ended reason=ended/>
        {before.map(|_| view! { <p><a href=format!("/orders?show={}", show.into_str())>{words::NEWEST}</a></p> })}
        {dynamic(move || empty.get().then(nothing))}
        {dynamic(move || {
            (!empty.get()).then(|| {
                view! {
                    <section class="card">
                        <ul class="lines" aria-label=words::ORDERS>
                            <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Head id shown/> }/>
                        </ul>
                    </section>
                }
            })
        })}
        {dynamic(move || {
            let floor = older.get();
            (floor > 0).then(|| {
                view! {
                    <p>
                        <a class="btn" href=format!("/orders?show={}&before={floor}", show.into_str()) on:click=more>
                            {words::OLDER}
                        </a>
                    </p>
                }
            })
        })}
    }
}

#[component]
fn Head(id: OrderId, shown: RwSignal<Orders>) -> impl IntoView {
    let seconds = use_seconds();
    let order: Memo<Option<OrderHead>> = memo(move || shown.with(|shown| shown.orders.iter().find(|order| order.id == id).cloned()));
    // What it is called does not change: the link stays what it is.
    let (title, starts) = order
        .with_untracked(|order| order.as_ref().map(|order| (order.event.title.clone(), order.event.starts.clone())).unwrap_or_default());
    let state = memo(move || order.with(|order| order.as_ref().map(|order| state_at(order.state, order.until, seconds.get()))));
    let about = dynamic(move || {
        order.get().map(|order| {
            view! {
                <p class="muted">
                    {order.number} " · " {words::places(order.places)} " · " <When at=order.created_at/>
                </p>
            }
        })
    });
    let total = memo(move || order.with(|order| order.as_ref().map(|order| order.total.to_string())));
    view! {
        <li class="line order-line">
            <div class="line-text">
                <a href=format!("/orders/{id}")>
                    <b class="wrap">{title}</b>
                </a>
                <p class="muted">{starts}</p>
                {about}
            </div>
            {dynamic(move || state.get().map(chip))}
            <span class="order-price">{move || total.get()}</span>
        </li>
    }
}
