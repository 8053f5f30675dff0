//! A basket with its price, and the button that pays it: `/orders/new?hold=`, which works without scripts, and [`CheckOut`] beneath a
//! seat map.

use std::time::Duration;

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use leptos_meta::Title;

use super::{
    by_card::BuyPlacesByCard,
    countdown::{Countdown, over},
    line, off,
    pay::{Missing, PayButton, follow_balance, label, renew_when_refused},
    sum_line,
};
use crate::{
    api::{
        orders as api,
        orders::{BuyPlaces, CreateOrder},
    },
    model::{hold::Hold, orders::Quote},
    words::orders as words,
};
use plenum_core::{
    error::{AppError, ErrorCode, ErrorKind},
    ids::{HoldId, Millis},
};
use plenum_ui::{
    Icon, Notice, browser, dynamic, effect,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    page::{FaultWithin, Loaded},
    redirect::encoded,
    use_query, view,
};

/// A price that was asked for and did not come is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(3);

/// `/orders/new`, with `?hold=` and `?promo=`.
#[component]
pub fn NewOrderPage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || {
        query.with(|query| {
            let hold = query.get_str("hold").and_then(|id| id.parse::<HoldId>().ok());
            (hold, query.get_str("promo").map(ToOwned::to_owned))
        })
    });
    // Why it was asked again what it costs.
    let (again, why) = (RwSignal::new(0_u32), RwSignal::new(None::<String>));
    let quote = Resource::new_blocking(
        move || (asked.get(), again.get()),
        |((hold, promo), _)| async move { api::quote(hold.ok_or_else(|| AppError::no_such("basket"))?, promo).await },
    );
    view! {
        <Title text=words::CHECK_OUT/>
        <main id="main" tabindex="-1" class="page">
            <header class="page-head">
                <h1>{words::CHECK_OUT}</h1>
                <div class="page-actions">
                    <a class="btn" href="/orders">
                        {words::ALL}
                    </a>
                </div>
            </header>
            <Loaded from=quote fault=refused let:quote>
                <Whole quote changed=changed(again, why) why/>
            </Loaded>
        </main>
    }
}

/// A basket that cannot be bought is no broken page: it says why, and where its order would be.
fn refused(error: AppError) -> AnyView {
    if error.kind != ErrorKind::Conflict {
        return view! { <FaultWithin error/> };
    }
    view! {
        <div class="stack">
            <Notice tone=Tone::Bad>{error.message}</Notice>
            <p>
                <a href="/orders">{words::ALL}</a>
                " · "
                <a href="/events">{words::TO_EVENTS}</a>
            </p>
        </div>
    }
}

/// The basket beside what it costs.
#[component]
fn Whole(quote: Quote, changed: Callback<String>, why: RwSignal<Option<String>>) -> impl IntoView {
    let lines = quote.lines.iter().map(line).collect_view();
    let (event, hold) = (quote.event.clone(), quote.hold_id);
    let apply = Callback::new(move |promo: String| {
        why.set(None);
        browser::go(&format!("/orders/new?hold={hold}&promo={}", encoded(&promo)));
    });
    view! {
        <div class="order-page">
            <section class="card stack" aria-labelledby="places">
                <h2 id="places">
                    <a href=format!("/events/{}", event.id)>{event.title}</a>
                </h2>
                <p class="muted">{event.starts} {(!event.venue.is_empty()).then(|| format!(" · {}", event.venue))}</p>
                <ul class="lines" aria-label=words::PLACES>
                    {lines}
                </ul>
            </section>
            <section class="card stack" aria-labelledby="pay">
                <h2 id="pay">{words::TO_PAY}</h2>
                <Sum quote apply changed why/>
            </section>
        </div>
    }
}

/// What the basket costs, a field for a promo code, and the button that pays: for beneath the basket of a seat map, which has its places
/// and its countdown.
#[component]
pub fn CheckOut(
    /// The basket; none: there is nothing to pay.
    #[prop(into)]
    hold: Signal<Option<Hold>>,
    /// What it costs, as the page was made.
    first: Option<Quote>,
) -> impl IntoView {
    let promo: RwSignal<Option<String>> = RwSignal::new(None);
    let (again, why) = (RwSignal::new(0_u32), RwSignal::new(None::<String>));
    let basket = memo(move || hold.with(|hold| hold.as_ref().map(|hold| (hold.id, hold.until, hold.seats.clone(), hold.standing.clone()))));
    // No resource: those that stand within what another one shows are numbered anew each time that the server draws it, and a page takes
    // one for the other. What is asked first comes with the seats.
    let quote = RwSignal::new(first.map(Ok));
    let turn = StoredValue::new(0_u32);
    effect(move |before: Option<_>| {
        let now = (basket.get(), promo.get(), again.get());
        let held = now.0.as_ref().map(|(hold, ..)| *hold);
        let is_known = quote.with_untracked(|quote| {
            let priced = quote.as_ref().and_then(|quote: &Result<Quote, AppError>| quote.as_ref().ok());
            priced.map(|quote| quote.hold_id) == held
        });
        if before.as_ref() == Some(&now) || before.is_none() && is_known {
            return now;
        }
        let mine = turn.with_value(|turn| turn.wrapping_add(1));
        turn.set_value(mine);
        let Some(hold) = held else {
            quote.set(None);
            return now;
        };
        let promo = now.1.clone();
        spawn_local(async move {
            let outcome = api::quote(hold, promo).await;
            // A later question has a later answer.
            if turn.try_get_value() != Some(mine) {
                return;
            }
            if outcome.as_ref().is_err_and(AppError::is_transient) {
                let ask = move || {
                    if turn.try_get_value() == Some(mine) {
                        again.update(|again| *again = again.wrapping_add(1));
                    }
                };
                set_timeout(ask, AGAIN);
            }
            quote.try_set(Some(outcome));
        });
        now
    });
    let apply = Callback::new(move |code: String| {
        why.set(None);
        promo.set(Some(code));
    });
    dynamic(move || match quote.get()? {
        Ok(quote) => Some(view! { <Sum quote apply changed=changed(again, why) why within=true/> }),
        // A basket that has ended says so itself.
        Err(error) if error.kind == ErrorKind::Conflict => None,
        Err(error) => Some(view! { <Notice tone=Tone::Bad>{error.message}</Notice> }),
    })
}

/// Asks again what it costs, and says why.
fn changed(again: RwSignal<u32>, why: RwSignal<Option<String>>) -> Callback<String> {
    Callback::new(move |reason: String| {
        why.set(Some(reason));
        again.update(|again| *again = again.wrapping_add(1));
    })
}

/// The sum, the code and the button.
#[component]
fn Sum(
    quote: Quote,
    /// Asks for the price with another code.
    apply: Callback<String>,
    /// Told why it costs something else by now.
    changed: Callback<String>,
    /// That, when it was asked again.
    why: RwSignal<Option<String>>,
    /// What stands around it counts down already.
    #[prop(optional)]
    within: bool,
) -> impl IntoView {
    let Quote { hold_id: hold, until, event, subtotal, discount, total, promo, refused, available, takes, key, lines, .. } = quote;
    let (add_key, card_key) = (key.clone(), key.clone());
    let key = RwSignal::new(key);
    let (buy, later) = (ServerAction::<BuyPlaces>::new(), ServerAction::<CreateOrder>::new());
    let (not_bought, not_made) = (failure(buy), failure(later));
    renew_when_refused(key, not_bought);
    effect(move |_| {
        let costs_other = not_bought.with(|error| {
            let error = error.as_ref().filter(|error| matches!(error.code, Some(ErrorCode::TotalChanged | ErrorCode::PromoRefused)))?;
            Some(error.message.clone())
        });
        if let Some(reason) = costs_other {
            changed.run(reason);
        }
    });
    let available = RwSignal::new(available);
    follow_balance(total.currency, move |newest| available.set(newest));
    let until = RwSignal::new(Some(until));
    let longer = Callback::new(move |later| until.set(Some(later)));
    let until: Signal<Option<Millis>> = until.into();
    let over = over(until);
    let code = promo.as_ref().map(|promo| promo.code.to_string()).unwrap_or_default();
    let name = if code.is_empty() { String::new() } else { words::promo(&code) };
    let busy = buy.pending();
    let missing = memo(move || total.missing(available.get()));
    let add_code = code.clone();
    let lacks = dynamic(move || {
        let (missing, promo, key) = (missing.get()?, add_code.clone(), add_key.clone());
        Some(view! { <Missing missing hold promo takes_deposits=takes.deposits key/> })
    });
    let enough = memo(move || missing.get().is_none());
    let has_lines = !lines.is_empty();
    let countdown = (!within).then(|| view! { <Countdown until event=event.id hold longer/> });
    let sums = (discount.amount > 0).then(|| sum_line(words::SUBTOTAL.to_owned(), subtotal, false));
    let pay_code = code.clone();
    let pay_label = Signal::derive(move || if busy.get() { words::CONFIRMING.to_owned() } else { label(total, available.get()) });
    let pay = dynamic(move || {
        let code = pay_code.clone();
        (enough.get() && has_lines).then(|| {
            view! {
                <ActionForm action=buy>
                    <input type="hidden" name="key" value=move || key.get()/>
                    <input type="hidden" name="hold" value=hold.to_string()/>
                    <input type="hidden" name="promo" value=code/>
                    <input type="hidden" name="total" value=total.amount.to_string()/>
                    <PayButton label=pay_label busy/>
                </ActionForm>
                <p class="field-hint">{words::PROMISE}</p>
            }
        })
    });
    let by_card =
        (takes.card && total.amount > 0 && has_lines).then(|| view! { <BuyPlacesByCard hold promo=code.clone() total key=card_key/> });
    let later_code = code.clone();
    let order = dynamic(move || {
        let code = later_code.clone();
        (!enough.get()).then(|| {
            view! {
                <ActionForm action=later>
                    <input type="hidden" name="hold" value=hold.to_string()/>
                    <input type="hidden" name="promo" value=code/>
                    <button class="btn" type="submit" data-wide="" aria-busy=move || later.pending().get().then_some("true")>
                        {words::LATER}
                    </button>
                </ActionForm>
                <p class="field-hint">{words::LATER_HINT}</p>
            }
        })
    });
    view! {
        {countdown}
        <div class="stack" hidden=move || over.get()>
            <PromoField hold code refused apply/>
            <dl class="order-sums">
                {sums} {off(name, discount)} {sum_line(words::TO_PAY.to_owned(), total, true)}
            </dl>
            {dynamic(move || why.get().map(|why| view! { <Notice tone=Tone::Live>{why}</Notice> }))}
            <Failure failure=not_bought/>
            <Failure failure=not_made/>
            {lacks}
            {pay}
            {by_card}
            {order}
        </div>
    }
}

/// The field of a promo code: a question of its own, which shows the price with it.
#[component]
fn PromoField(hold: HoldId, code: String, refused: Option<String>, apply: Callback<String>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        let Some(input) = input.get_untracked() else { return };
        event.prevent_default();
        apply.run(input.value());
    };
    let remove = move |event: SubmitEvent| {
        event.prevent_default();
        apply.run(String::new());
    };
    if !code.is_empty() {
        return view! {
            <form class="promo-used" method="get" action="/orders/new" on:submit=remove>
                <input type="hidden" name="hold" value=hold.to_string()/>
                <input type="hidden" name="promo" value=""/>
                <span>
                    {words::PROMO_CODE} " " <b>{code.clone()}</b>
                </span>
                <button class="btn" data-size="s" type="submit">
                    {words::REMOVE}
                    <span class="visually-hidden">" "{code.clone()}</span>
                </button>
            </form>
        };
    }
    let wrong = refused.is_some();
    let error = dynamic(move || {
        refused.clone().map(|message| {
            view! {
                <p class="field-error" id="promo-error" role="alert">
                    <Icon name="warning" size="s"/>
                    {message}
                </p>
            }
        })
    });
    view! {
        <form class="form" method="get" action="/orders/new" on:submit=submit>
            <input type="hidden" name="hold" value=hold.to_string()/>
            <div class="field">
                <label for="promo">{words::PROMO_CODE}</label>
                <div class="promo-row">
                    <input
                        class="input"
                        id="promo"
                        name="promo"
                        type="text"
                        maxlength="24"
                        autocomplete="off"
                        autocapitalize="characters"
                        node_ref=input
                        aria-describedby=wrong.then_some("promo-error")
                        aria-invalid=wrong.then_some("true")
                    />
                    <button class="btn" type="submit">
                        {words::APPLY}
                    </button>
                </div>
                {error}
            </div>
        </form>
    }
}
