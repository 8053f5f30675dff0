//! Paying by card: the forms that lead to the gateway's page, and what an order's page says of it.

use leptos::prelude::*;

use super::pay::{PayButton, renew_when_refused};
use crate::{
    api::orders::{BuyByCard, PayByCard},
    model::{orders::OrderPage, paying::ToPay},
    words::orders as words,
};
use plenum_core::{
    error::AppError,
    ids::{HoldId, OrderId},
};
use plenum_ui::{
    Notice, browser, dynamic, effect,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    view,
};
use plenum_wallet::model::{
    Money,
    card::{CardState, Late},
};

/// Leads the whole page to the gateway, which is another site. Whoever comes back to this page begins another payment.
fn lead_on(begun: impl Fn() -> Option<Result<ToPay, AppError>> + 'static, key: RwSignal<String>) {
    effect(move |_| {
        if let Some(Ok(to_pay)) = begun() {
            key.set(browser::fresh_key());
            browser::load(&to_pay.checkout_url);
        }
    });
}

/// What both forms have: where a late payment goes, and the button.
#[component]
fn Choices(total: Money, busy: Memo<bool>) -> impl IntoView {
    let label = Signal::derive(move || if busy.get() { words::CARD_LEADING.to_owned() } else { words::pay_by_card(total) });
    view! {
        <label class="check">
            <input type="checkbox" name="late" value=Late::Wallet.into_str()/>
            <span>{words::CARD_LATE}</span>
        </label>
        <PayButton label busy/>
    }
}

/// Pays an order by card; `key` is of the page, and another than that of the wallet's button.
#[component]
pub fn PayOrderByCard(id: OrderId, total: Money, key: String) -> impl IntoView {
    let key = RwSignal::new(format!("{key}-card"));
    let pay = ServerAction::<PayByCard>::new();
    let (refused, begun, busy) = (failure(pay), pay.value(), pay.pending());
    renew_when_refused(key, refused);
    lead_on(move || begun.get(), key);
    view! {
        <Failure failure=refused/>
        <ActionForm action=pay attr:class="stack-s">
            <input type="hidden" name="key" value=move || key.get()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="total" value=total.amount.to_string()/>
            <Choices total busy/>
        </ActionForm>
        <p class="field-hint">{words::CARD_HINT}</p>
    }
}

/// Orders a basket and pays it by card.
#[component]
pub fn BuyPlacesByCard(hold: HoldId, promo: String, total: Money, key: String) -> impl IntoView {
    let key = RwSignal::new(format!("{key}-card"));
    let buy = ServerAction::<BuyByCard>::new();
    let (refused, begun, busy) = (failure(buy), buy.value(), buy.pending());
    renew_when_refused(key, refused);
    lead_on(move || begun.get(), key);
    view! {
        <Failure failure=refused/>
        <ActionForm action=buy attr:class="stack-s">
            <input type="hidden" name="key" value=move || key.get()/>
            <input type="hidden" name="hold" value=hold.to_string()/>
            <input type="hidden" name="promo" value=promo/>
            <input type="hidden" name="total" value=total.amount.to_string()/>
            <Choices total busy/>
        </ActionForm>
        <p class="field-hint">{words::CARD_HINT}</p>
    }
}

/// How an order's payment by card is, as it happens.
#[component]
pub fn CardNow(shown: RwSignal<OrderPage>) -> impl IntoView {
    let now = memo(move || shown.with(|page| page.order.card.map(|card| (card, page.order.state, page.checkout_url.clone()))));
    dynamic(move || {
        let (card, order, checkout_url) = now.get()?;
        let text = words::card(card, order)?;
        let tone = if card == CardState::Credited || card == CardState::Returned { Tone::Good } else { Tone::Live };
        let link = checkout_url.filter(|_| card == CardState::Open).map(|url| {
            view! {
                " "
                <a href=url rel="external">
                    {words::CARD_GO_ON}
                </a>
            }
        });
        Some(view! { <Notice tone>{text} {link}</Notice> })
    })
}
