//! `/orders/{id}`: one order, what happened to it, and what can be done to it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{by_card::CardNow, chip, line, off, pay::Pay, refund::RefundForm, sum_line};
use crate::{
    api::orders as api,
    live::orders::OrderEvent,
    model::orders::{Order, OrderPage, state_at},
    words::orders as words,
};
use plenum_core::{
    ids::{Millis, OrderId},
    live::Snapshot,
    time::Zone,
};
use plenum_events::{live::event::EventEvent, model::order::OrderState};
use plenum_ui::{
    Notice, TimeText, dynamic,
    forms::is_done,
    memo,
    notice::Tone,
    page::{Ended, FaultWithin, Followed, Loaded, resource_by_id, use_id, use_now, use_seconds, use_zone},
    view,
};

/// One of them.
#[component]
pub fn OrderDetailPage() -> impl IntoView {
    let id = use_id::<OrderId>();
    let first = resource_by_id(id, "order", api::detail);
    let fault = |error| {
        view! {
            <Title text=words::ORDERS/>
            <header class="page-head">
                <h1>{words::ORDERS}</h1>
            </header>
            <FaultWithin error/>
        }
    };
    view! {
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <Loaded from=first fault let:snapshot>
                <Detail snapshot/>
            </Loaded>
        </main>
    }
}

/// What a page without scripts has just done.
fn done() -> AnyView {
    [("paid", words::DONE_PAID), ("cancelled", words::DONE_CANCELLED), ("refunded", words::DONE_REFUNDED)]
        .map(|(name, text)| {
            let led_here = is_done(name);
            dynamic(move || led_here.get().then(|| view! { <Notice tone=Tone::Good>{text}</Notice> }))
        })
        .into_any()
}

#[component]
fn Detail(snapshot: Snapshot<OrderPage>) -> impl IntoView {
    let (id, number, event) = (snapshot.state.order.id, snapshot.state.order.number.clone(), snapshot.state.order.event.id);
    let (own, may_refund) = (snapshot.state.own, snapshot.state.may_refund);
    let followed = Followed::new(snapshot, move || api::detail(id));
    let Followed { shown, ended, .. } =
        followed.on::<OrderEvent>(Signal::stored(Some(id))).on_part::<EventEvent>(Signal::stored(Some(event)), |_| {});
    let seconds = use_seconds();
    let state = memo(move || shown.with(|page| state_at(page.order.state, page.order.until, seconds.get())));
    let waits = memo(move || own && shown.with(|page| page.order.state == OrderState::AwaitingPayment));
    view! {
        <Title text=words::order(&number)/>
        <header class="page-head">
            <h1>{words::order(&number)}</h1>
            <span role="status">{dynamic(move || chip(state.get()))}</span>
            <div class="page-actions">
                <a class="btn" href="/orders">
                    {words::ALL}
                </a>
            </div>
        </header>
        <Ended reason=ended/>
        {done()}
        <CardNow shown/>
        <div class="order-page">
            <div class="stack">
                <Places shown/>
                <Happened shown/>
            </div>
            <div class="stack">
                {dynamic(move || {
                    waits.get().then(|| {
                        view! {
                            <section class="card stack" aria-labelledby="pay">
                                <h2 id="pay">{words::TO_PAY}</h2>
                                <Pay shown/>
                            </section>
                        }
                    })
                })}
                <About shown own/>
                {may_refund.then(|| view! { <RefundForm shown/> })}
            </div>
        </div>
    }
}

/// The places, and the sum beneath them.
#[component]
fn Places(shown: RwSignal<OrderPage>) -> impl IntoView {
    let order = memo(move || shown.with(|page| page.order.clone()));
    let lines = dynamic(move || order.with(|order| order.lines.iter().map(line).collect_view()));
    let sums = dynamic(move || order.with(sums));
    view! {
        <section class="card stack" aria-labelledby="places">
            <h2 id="places">{words::PLACES}</h2>
            <ul class="lines" aria-label=words::PLACES>
                {lines}
            </ul>
            <dl class="order-sums">{sums}</dl>
        </section>
    }
}

fn sums(order: &Order) -> AnyView {
    let promo = order.promo.as_ref().map(|promo| words::promo(promo.code.as_str())).unwrap_or_default();
    let total = match order.state {
        OrderState::Draft | OrderState::AwaitingPayment => words::TO_PAY,
        OrderState::Cancelled | OrderState::Expired => words::NOT_PAID,
        OrderState::Paid | OrderState::PartlyRefunded | OrderState::Refunded => words::TOTAL,
    };
    view! {
        {(order.discount.amount > 0).then(|| sum_line(words::SUBTOTAL.to_owned(), order.subtotal, false))}
        {off(promo, order.discount)}
        {sum_line(total.to_owned(), order.total, true)}
        {off(words::REFUNDED.to_owned(), order.refunded)}
    }
}

/// What happened to it, in order.
#[component]
fn Happened(shown: RwSignal<OrderPage>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let order = memo(move || shown.with(|page| page.order.clone()));
    let steps = dynamic(move || order.with(|order| zone.with(|zone| steps(order, zone, now))));
    view! {
        <section class="card stack" aria-labelledby="happened">
            <h2 id="happened">{words::WHAT_HAPPENED}</h2>
            <ol class="lines order-steps" aria-labelledby="happened">
                {steps}
            </ol>
        </section>
    }
}

fn steps(order: &Order, zone: &Zone, now: Millis) -> AnyView {
    let step = |what: String, why: Option<String>, at: Millis| {
        view! {
            <li class="line">
                <div class="line-text">
                    <b>{what}</b>
                    {why.map(|why| view! { <p class="muted wrap">{why}</p> })}
                </div>
                <span class="muted">
                    <TimeText at text=zone.day_and_clock(at, now) full=zone.full(at)/>
                </span>
            </li>
        }
    };
    let refunds = order.refunds.iter().map(|refund| {
        let why = words::because(refund.by.as_ref().map(|by| by.name.as_str()), &refund.reason);
        step(words::given_back(refund.money, refund.lines.len()), Some(why), refund.at)
    });
    let ended = matches!(order.state, OrderState::Cancelled | OrderState::Expired)
        .then(|| order.ended_at.map(|at| step(words::state(order.state).to_owned(), None, at)));
    view! {
        {step(words::MADE.to_owned(), None, order.created_at)}
        {order.paid_at.map(|at| step(words::PAID.to_owned(), None, at))}
        {refunds.collect_view()}
        {ended}
    }
}

/// Of what it is, and whose.
#[component]
fn About(shown: RwSignal<OrderPage>, own: bool) -> impl IntoView {
    let (event, buyer) = shown.with_untracked(|page| (page.order.event.clone(), page.order.buyer.clone()));
    let venue = (!event.venue.is_empty()).then(|| {
        view! {
            <dt>{words::VENUE}</dt>
            <dd>{event.venue.clone()}</dd>
        }
    });
    let buyer = (!own).then(|| {
        view! {
            <dt>{words::BUYER}</dt>
            <dd>
                <a href=format!("/people/{}", buyer.id)>{buyer.name}</a>
            </dd>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="event">
            <h2 id="event">{words::EVENT}</h2>
            <dl class="facts">
                <dt>{words::EVENT}</dt>
                <dd>
                    <a href=format!("/events/{}", event.id)>{event.title}</a>
                </dd>
                <dt>{words::WHEN}</dt>
                <dd>{event.starts}</dd>
                {venue}
                {buyer}
            </dl>
        </section>
    }
}
