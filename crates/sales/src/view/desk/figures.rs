//! What is sold now, in figures that move.

use leptos::prelude::*;

use crate::words::desk as words;
use plenum_events::model::{desk::Desk, event::TypeAvailability};
use plenum_tickets::words::check_in;
use plenum_ui::{Column, Table, dynamic, memo, view};

/// All of it.
#[component]
pub fn Now(shown: RwSignal<Desk>) -> impl IntoView {
    let figure = move |name: &'static str, value: fn(&Desk) -> String| {
        let value = memo(move || shown.with(value));
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd>{move || value.get()}</dd>
            </div>
        }
    };
    fn sum(desk: &Desk, part: fn(&TypeAvailability) -> i64) -> String {
        desk.availability.ticket_types.iter().map(part).sum::<i64>().to_string()
    }
    view! {
        <section class="card stack" aria-labelledby="now">
            <h2 id="now">{words::NOW}</h2>
            <dl class="figures">
                {figure(words::REVENUE, |desk| desk.sales.revenue().to_string())}
                {figure(words::REFUNDED, |desk| desk.sales.refunded.to_string())}
                {figure(words::ORDERS_PAID, |desk| desk.sales.orders.to_string())}
                {figure(words::SOLD, |desk| sum(desk, |of| of.sold))}
                {figure(words::HELD, |desk| sum(desk, |of| of.held))}
                {figure(words::FREE, |desk| sum(desk, |of| of.available))}
                {figure(words::COME_IN, |desk| check_in::counts(desk.check_ins.counts))}
            </dl>
        </section>
    }
}

/// Each ticket type: a bar of what is sold and held, and the same as a table.
#[component]
pub fn ByType(shown: RwSignal<Desk>) -> impl IntoView {
    let rows = dynamic(move || shown.with(|desk| desk.availability.ticket_types.iter().map(|of| row(desk, of)).collect_view()));
    let columns = [
        Column::text(words::TYPE),
        Column::text(words::PRICE),
        Column::text(words::SOLD),
        Column::text(words::HELD),
        Column::text(words::FREE),
        Column::text(words::REVENUE),
    ];
    view! {
        <section class="card stack" aria-labelledby="by-type">
            <h2 id="by-type">{words::BY_TYPE}</h2>
            <Table columns>
                {rows}
            </Table>
        </section>
    }
}

fn row(desk: &Desk, of: &TypeAvailability) -> AnyView {
    let revenue = desk.sales.by_type.iter().find(|known| known.id == of.id).map(|known| known.revenue.to_string());
    let part = |count: i64| (count * 1_000 / of.capacity.max(1)).clamp(0, 1_000);
    let (sold, held) = (part(of.sold), part(of.held));
    view! {
        <tr data-ticket-type=of.id.to_string()>
            <th scope="row">
                {of.name.clone()}
                <svg
                    class="share"
                    viewBox="0 0 1000 10"
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=words::shares(&of.name, of.sold, of.held, of.capacity)
                >
                    <rect class="share-free" width="1000" height="10"></rect>
                    <rect class="share-sold" width=sold.to_string() height="10"></rect>
                    <rect class="share-held" x=sold.to_string() width=held.to_string() height="10"></rect>
                </svg>
            </th>
            <td data-label=words::PRICE>{of.price.to_string()}</td>
            <td data-label=words::SOLD>{of.sold.to_string()}</td>
            <td data-label=words::HELD>{of.held.to_string()}</td>
            <td data-label=words::FREE>{of.available.to_string()}</td>
            <td data-label=words::REVENUE>{revenue}</td>
        </tr>
    }
}
