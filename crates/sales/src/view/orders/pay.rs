//! The button that pays an order. Nothing is shown as paid before the server has said so.

use leptos::prelude::{Update as _, *};

use super::{
    by_card::PayOrderByCard,
    countdown::{Countdown, over},
};
use crate::{
    api::orders::{AddMissing, CancelOrder, PayOrder},
    model::orders::OrderPage,
    words::orders as words,
};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::HoldId,
};
use plenum_events::model::order::OrderState;
use plenum_ui::{
    browser,
    client::{Update, use_live},
    dynamic, effect,
    forms::{Failure, failure},
    memo,
    page::use_own_id,
    view,
};
use plenum_wallet::{
    live::WalletEvent,
    model::{Currency, Money, deposit::to_add},
};

/// The button's words: what there is to spend, or that it costs nothing, or that the server has not answered.
pub fn label(total: Money, available: Money) -> String {
    if total.amount == 0 { words::TAKE.to_owned() } else { words::pay(available) }
}

/// A key for the next try, once this one was refused: it is another one, which may cost something else. A try that was not answered keeps
/// its key, so that it has one effect however often it is sent.
pub fn renew_when_refused(key: RwSignal<String>, refused: Signal<Option<AppError>>) {
    effect(move |_| {
        let answered =
            refused.with(|error| error.as_ref().is_some_and(|error| error.kind == ErrorKind::Conflict || error.kind == ErrorKind::Invalid));
        if answered {
            key.set(browser::fresh_key());
        }
    });
}

/// Tells what one has in `currency`, whenever that changes (S1-05).
pub fn follow_balance(currency: Currency, tell: impl Fn(Money) + 'static) {
    use_live::<WalletEvent>(
        use_own_id(),
        |_| None,
        move |update| {
            let Update::Events(events) = update else { return };
            let newest = events.iter().rev().find_map(|event| match event {
                WalletEvent::BalanceChanged(changed) if changed.balance.currency == currency => Some(changed.balance.available),
                _ => None,
            });
            if let Some(newest) = newest {
                tell(Money::new(newest, currency));
            }
        },
    );
}

/// The wide button of a form that is about money; it says while the server works on it.
#[component]
pub fn PayButton(
    /// What it does, or that it is being done.
    #[prop(into)]
    label: Signal<String>,
    /// The server works on it.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button class="btn pay-btn" type="submit" data-kind="primary" data-wide="" aria-busy=move || busy.get().then_some("true")>
            {move || label.get()}
        </button>
    }
}

/// That there is not enough, and the button that adds what is missing and comes back; where nothing can be added, the former only.
#[component]
pub fn Missing(
    /// How much.
    missing: Money,
    /// The places that are to be paid.
    hold: HoldId,
    /// The promo code that they are bought with.
    promo: String,
    /// It can be added.
    takes_deposits: bool,
    /// Of the page: with the sum it is the key of the first try, as another sum is another deposit.
    key: String,
) -> impl IntoView {
    let add = ServerAction::<AddMissing>::new();
    let (refused, begun, pending) = (failure(add), add.value(), add.pending());
    let key = RwSignal::new(format!("{key}-{}", missing.amount));
    effect(move |_| {
        // A gateway is another site: the whole page goes there.
        if let Some(Ok(checkout_url)) = begun.get() {
            // Whoever comes back to this page begins another.
            key.set(browser::fresh_key());
            browser::load(&checkout_url);
        }
    });
    let button = takes_deposits.then(|| {
        view! {
            <Failure failure=refused/>
            <ActionForm action=add>
                <input type="hidden" name="key" value=move || key.get()/>
                <input type="hidden" name="hold" value=hold.to_string()/>
                <input type="hidden" name="promo" value=promo/>
                <PayButton label=Signal::stored(words::add_missing(to_add(missing))) busy=pending/>
            </ActionForm>
            <p class="field-hint">{words::ADD_MISSING_HINT}</p>
        }
    });
    view! {
        <p class="pay-missing">{words::missing(missing)}</p>
        {button}
    }
}

/// What can be done to an order of one's own that is not paid.
#[component]
pub fn Pay(shown: RwSignal<OrderPage>) -> impl IntoView {
    let (id, hold, event) = shown.with_untracked(|page| (page.order.id, page.order.hold_id, page.order.event.id));
    let key = RwSignal::new(shown.with_untracked(|page| page.key.clone()));
    let (pay, cancel) = (ServerAction::<PayOrder>::new(), ServerAction::<CancelOrder>::new());
    let (refused, not_cancelled) = (failure(pay), failure(cancel));
    renew_when_refused(key, refused);
    // The server's answer is shown, also while nothing comes over the socket.
    effect(move |_| {
        let answered = [pay.value().get(), cancel.value().get()].into_iter().flatten().find_map(Result::ok);
        if let Some(order) = answered {
            shown.maybe_update(|page| {
                let waits = page.order.state == OrderState::AwaitingPayment;
                if waits {
                    page.order = order;
                }
                waits
            });
        }
    });
    follow_balance(shown.with_untracked(|page| page.order.total.currency), move |available| {
        shown.maybe_update(|page| page.available.is_some() && page.available.replace(available) != Some(available));
    });
    let until = Signal::derive(move || shown.with(|page| page.order.until));
    let longer = Callback::new(move |until| shown.update(|page| page.order.until = Some(until)));
    let over = over(until);
    let total = memo(move || shown.with(|page| page.order.total.amount));
    let words_of = memo(move || shown.with(|page| page.available.map(|available| label(page.order.total, available)).unwrap_or_default()));
    let busy = pay.pending();
    let label = Signal::derive(move || if busy.get() { words::CONFIRMING.to_owned() } else { words_of.get() });
    // Again when what is missing is another sum, and not with each event.
    let missing = memo(move || shown.with(|page| page.order.total.missing(page.available?)));
    let lacking = dynamic(move || {
        let missing = missing.get()?;
        let (takes_deposits, key) = shown.with_untracked(|page| (page.takes.deposits, page.key.clone()));
        Some(view! { <Missing missing hold promo=String::new() takes_deposits key/> })
    });
    let pays = dynamic(move || {
        missing.get().is_none().then(|| {
            view! {
                <ActionForm action=pay>
                    <input type="hidden" name="key" value=move || key.get()/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="total" value=move || total.get().to_string()/>
                    <PayButton label busy/>
                </ActionForm>
                <p class="field-hint">{words::PROMISE}</p>
            }
        })
    });
    let by_card = dynamic(move || {
        let amount = total.get();
        let (takes, key, currency) = shown.with_untracked(|page| (page.takes, page.key.clone(), page.order.total.currency));
        (takes.card && amount > 0).then(|| view! { <PayOrderByCard id total=Money::new(amount, currency) key/> })
    });
    view! {
        <Countdown until event hold longer/>
        <Failure failure=refused/>
        <Failure failure=not_cancelled/>
        <div class="stack-s" hidden=move || over.get()>
            {lacking}
            {pays}
            {by_card}
            <div class="form-actions">
                <a class="btn" href=format!("/orders/new?hold={hold}")>
                    {words::CHANGE}
                </a>
                <ActionForm action=cancel>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <button class="btn" type="submit" data-kind="danger">
                        {words::CANCEL}
                    </button>
                </ActionForm>
            </div>
        </div>
    }
}
