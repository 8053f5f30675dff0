//! Orders: `/orders`, `/orders/{id}` and `/orders/new`.
//!
//! - [`list`]: one's own, the newest first; [`page`]: one of them, with what can be done to it: [`pay`], [`by_card`] and [`refund`].
//! - [`check_out`]: a basket with its price and the button that pays it; on a page of its own, and beneath a seat map.
//! - [`countdown`]: how long places are held.

mod by_card;
mod check_out;
mod countdown;
mod find;
mod list;
mod page;
mod pay;
mod refund;

pub use check_out::{CheckOut, NewOrderPage};
pub use list::OrdersPage;
pub use page::OrderDetailPage;

use leptos::prelude::*;

use crate::{
    model::orders::{Line, LineState},
    words::orders as words,
};
use plenum_events::model::order::OrderState;
use plenum_ui::view;
use plenum_wallet::model::Money;

/// The state in a word.
fn chip(state: OrderState) -> AnyView {
    let tone = match state {
        OrderState::Draft | OrderState::AwaitingPayment => Some("live"),
        OrderState::Paid => Some("good"),
        OrderState::PartlyRefunded => Some("accent"),
        OrderState::Refunded | OrderState::Cancelled | OrderState::Expired => None,
    };
    view! {
        <span class="chip" data-tone=tone>
            {words::state(state)}
        </span>
    }
}

/// A place with its price, and its ticket if it has one.
fn line(line: &Line) -> AnyView {
    let (place, about) = (words::place(line), words::about(line));
    let gone = words::line_state(line.state).map(|word| view! { <span class="chip">{word}</span> });
    let ticket = line.ticket_id.filter(|_| line.state == LineState::Sold).map(|ticket| {
        let of = words::ticket_of(&place);
        view! {
            <a class="btn" data-size="s" href=format!("/tickets/{ticket}")>
                {words::TICKET}
                <span class="visually-hidden">" "{of}</span>
            </a>
        }
    });
    view! {
        <li class="line order-line">
            <div class="line-text">
                <b>{place}</b>
                <p class="muted">{about}</p>
            </div>
            {gone}
            {ticket}
            <span class="order-price">{line.price.to_string()}</span>
        </li>
    }
}

/// A line of a sum; zero ones are not said.
fn sum_line(name: String, money: Money, strong: bool) -> AnyView {
    view! {
        <div class="order-sum" data-strong=strong.then_some("")>
            <dt>{name}</dt>
            <dd>{money.to_string()}</dd>
        </div>
    }
}

/// What is taken off, shown below zero.
fn off(name: String, discount: Money) -> Option<AnyView> {
    (discount.amount > 0).then(|| sum_line(name, Money::new(-discount.amount, discount.currency), false))
}
