//! The orders of an event: searched, paged by links, the newest first. What is new is told by a pill and does not move what is read.

use leptos::prelude::*;
use leptos_router::components::Form;
use strum::VariantArray as _;

use super::Asked;
use crate::words::desk as words;
use plenum_core::{error::AppResult, ids::EventId, time::Zone};
use plenum_events::model::{
    desk::{Desk, OrderRow, Orders, OrdersAsked, Span},
    order::OrderState,
};
use plenum_ui::{Column, EmptyState, Field, Icon, OlderPager, Table, When, dynamic, effect, memo, page::Loaded, redirect::encoded, view};

/// The desk's address with what is asked for in it.
pub fn address(event: EventId, span: Span, asked: &OrdersAsked) -> String {
    let mut query = Vec::new();
    if span != Span::default() {
        query.push(format!("span={}", span.into_str()));
    }
    for (name, value) in [("q", &asked.text), ("state", &asked.state)] {
        if !value.is_empty() {
            query.push(format!("{name}={}", encoded(value)));
        }
    }
    query.extend(asked.before.map(|before| format!("before={before}")));
    let path = format!("/events/{event}/desk");
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The list.
#[component]
pub fn List(event: EventId, shown: RwSignal<Desk>, asked: Memo<Asked>, orders: Resource<AppResult<Orders>>) -> impl IntoView {
    let count = memo(move || shown.with(|desk| desk.sales.orders));
    // How many there were when the list was read.
    let known = RwSignal::new(count.get_untracked());
    let new = memo(move || count.get().saturating_sub(known.get()));
    effect(move |before: Option<()>| {
        asked.with(|_| ());
        if before.is_some() {
            known.set(count.get_untracked());
        }
    });
    // What becomes of those that are shown is shown; what is new waits for the pill.
    let sales = memo(move || shown.with(|desk| desk.sales.clone()));
    effect(move |before: Option<()>| {
        sales.with(|_| ());
        if before.is_some() && new.get_untracked() == 0 {
            orders.refetch();
        }
    });
    let pill = dynamic(move || {
        let new = new.get();
        (new > 0).then(|| {
            let newest = asked.with_untracked(|asked| address(event, asked.span, &OrdersAsked { before: None, ..asked.orders.clone() }));
            let show = move |event: leptos::ev::MouseEvent| {
                if asked.with_untracked(|asked| asked.orders.before.is_none()) {
                    event.prevent_default();
                    known.set(count.get_untracked());
                    orders.refetch();
                }
            };
            view! {
                <a class="btn" data-kind="primary" data-size="s" href=newest on:click=show>
                    {words::new_orders(new)}
                </a>
            }
        })
    });
    view! {
        <section class="card stack" aria-labelledby="orders">
            <div class="audit-head">
                <h2 id="orders">{words::ORDERS}</h2>
                <div role="status">{pill}</div>
                <div class="page-actions">
                    <a class="btn" href=format!("/events/{event}/orders.csv") rel="external" download="">
                        <Icon name="arrow-down"/>
                        {words::EXPORT_ORDERS}
                    </a>
                    <a class="btn" href=format!("/events/{event}/attendees.csv") rel="external" download="">
                        <Icon name="arrow-down"/>
                        {words::EXPORT_ATTENDEES}
                    </a>
                </div>
            </div>
            {dynamic(move || view! { <Filter event asked=asked.get()/> })}
            <Loaded from=orders let:orders>
                <Page event orders asked/>
            </Loaded>
        </section>
    }
}

#[component]
fn Filter(event: EventId, asked: Asked) -> impl IntoView {
    let Asked { span, orders: OrdersAsked { text, state, .. }, .. } = asked;
    let is_filtered = !text.is_empty() || !state.is_empty();
    let option = |of: OrderState| {
        let word = of.into_str();
        view! {
            <option value=word selected=word == state>
                {words::order_state(of)}
            </option>
        }
    };
    let options = OrderState::VARIANTS.iter().copied().map(option).collect_view();
    let clear = is_filtered.then(|| {
        view! {
            <a class="btn" data-kind="quiet" href=address(event, span, &OrdersAsked::default())>
                {words::CLEAR}
            </a>
        }
    });
    view! {
        <Form method="GET" action=format!("/events/{event}/desk") attr:class="form" attr:role="search" attr:aria-labelledby="orders">
            <input type="hidden" name="span" value=span.into_str()/>
            <div class="form-row">
                <Field id="q" name="q" label=words::SEARCH kind="search" value=text autocomplete="off" maxlength=100/>
                <div class="field">
                    <label for="state">{words::STATE}</label>
                    <select class="input select" id="state" name="state">
                        <option value="">{words::ANY_STATE}</option>
                        {options}
                    </select>
                </div>
            </div>
            <div class="form-actions">
                <button class="btn" type="submit">
                    {words::SHOW}
                </button>
                {clear}
            </div>
        </Form>
    }
}

#[component]
fn Page(event: EventId, orders: Orders, asked: Memo<Asked>) -> impl IntoView {
    let Asked { span, orders: now, .. } = asked.get_untracked();
    if orders.rows.is_empty() && now.before.is_none() {
        return view! { <EmptyState icon="search" title=words::NO_ORDERS text=words::NO_ORDERS_TEXT/> };
    }
    let newest = now.before.map(|_| address(event, span, &OrdersAsked { before: None, ..now.clone() }));
    let older = orders.floor.map(|floor| address(event, span, &OrdersAsked { before: Some(floor), ..now }));
    let table = table(orders.rows);
    view! {
        {table}
        <OlderPager label=words::PAGES newest older/>
    }
}

/// Some orders, whosever they are.
pub fn table(orders: Vec<OrderRow>) -> AnyView {
    let rows = orders.into_iter().map(|order| view! { <Row order/> }).collect_view();
    let columns = [
        Column::text(words::NUMBER),
        Column::text(words::WHO),
        Column::text(words::STATE),
        Column::text(words::PLACES),
        Column::text(words::TOTAL),
        Column::text(words::WHEN),
    ];
    view! {
        <Table columns caption=words::ORDERS_TABLE>
            {rows}
        </Table>
    }
}

#[component]
fn Row(order: OrderRow) -> impl IntoView {
    let tone = match order.state {
        OrderState::Paid => Some("good"),
        OrderState::AwaitingPayment => Some("live"),
        OrderState::Refunded | OrderState::PartlyRefunded => Some("bad"),
        OrderState::Draft | OrderState::Cancelled | OrderState::Expired => None,
    };
    let refunded = (order.refunded.amount > 0).then(|| view! { <p class="muted">{words::refunded(&order.refunded.to_string())}</p> });
    view! {
        <tr data-order-id=order.id.to_string()>
            <th scope="row">
                <a href=format!("/orders/{}", order.id)>{order.number}</a>
            </th>
            <td data-label=words::WHO>
                <a href=format!("/people/{}", order.person.id)>{order.person.name}</a>
                <p class="muted wrap">{order.email}</p>
            </td>
            <td data-label=words::STATE>
                <span class="chip" data-tone=tone>
                    {words::order_state(order.state)}
                </span>
            </td>
            <td data-label=words::PLACES>{order.places.to_string()}</td>
            <td data-label=words::TOTAL>{order.total.to_string()} {refunded}</td>
            <td data-label=words::WHEN>
                <When at=order.created_at text=Zone::stamp/>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::ids::OrderId;

    #[test]
    fn an_address_says_what_is_asked() {
        let event = EventId(3);
        assert_eq!(address(event, Span::default(), &OrdersAsked::default()), "/events/3/desk");
        let asked = OrdersAsked { text: "Kovač & co".into(), state: "paid".into(), before: Some(OrderId(9)) };
        assert_eq!(address(event, Span::All, &asked), "/events/3/desk?span=all&q=Kova%C4%8D%20%26%20co&state=paid&before=9");
    }
}
