//! The forms of a wallet. What they do is shown when the server has answered, and not before.

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api::{BeginDeposit, RequestWithdrawal, SetLowBalance},
    model::{Currency, Money},
    words,
};
use plenum_core::error::AppError;
use plenum_ui::{
    Each, Field, Notice, browser, effect,
    forms::{Done, Failure, Submit, failure, field_error, succeeded},
    toast, view,
};

/// Says that the server has not answered yet.
fn confirming(pending: Memo<bool>) -> AnyView {
    view! {
        <span class="muted" role="status">
            {move || pending.get().then_some(words::CONFIRMING)}
        </span>
    }
}

/// Amount and currency, and the key by which they are sent once; `what` tells the keys of both forms apart.
#[component]
fn Amount(
    what: &'static str,
    amount: &'static str,
    choice: &'static str,
    currency: Currency,
    key: RwSignal<String>,
    refused: Signal<Option<AppError>>,
) -> impl IntoView {
    let options = Currency::VARIANTS.iter().copied().map(|of| {
        view! {
            <option value=of.code() selected=of == currency>
                {words::currency(of)}
            </option>
        }
    });
    view! {
        <input type="hidden" name="key" value=move || format!("{}-{what}", key.get())/>
        <div class="form-row">
            <Field
                id=amount
                name="amount"
                label=words::AMOUNT
                hint=words::AMOUNT_HINT
                autocomplete="off"
                maxlength=16
                error=field_error(refused, "amount")
                required=true
            />
            <div class="field">
                <label for=choice>{words::CURRENCY}</label>
                <select class="input select" id=choice name="currency">
                    {options.collect_view()}
                </select>
            </div>
        </div>
    }
}

/// Leads to the gateway.
#[component]
pub(super) fn Add(takes_deposits: bool, currency: Currency, key: RwSignal<String>) -> impl IntoView {
    if !takes_deposits {
        return view! { <Notice>{words::NO_GATEWAY}</Notice> };
    }
    let begin = ServerAction::<BeginDeposit>::new();
    let (refused, begun, pending) = (failure(begin), begin.value(), begin.pending());
    effect(move |_| {
        // A gateway is another site: the whole page goes there.
        if let Some(Ok(checkout_url)) = begun.get() {
            // Whoever comes back to this page begins another.
            key.set(browser::fresh_key());
            browser::load(&checkout_url);
        }
    });
    view! {
        <p class="muted">{words::ADD_TEXT}</p>
        <ActionForm action=begin attr:class="form">
            <Failure failure=refused fields=&["amount"]/>
            <Amount what="in" amount="deposit-amount" choice="deposit-currency" currency key refused/>
            <div class="form-actions">
                <Submit label=words::ADD_GO busy=pending/>
                {confirming(pending)}
            </div>
        </ActionForm>
    }
}

/// Holder, IBAN and BIC of a bank account; `ids` are those of the three inputs.
#[component]
pub(super) fn BankFields(ids: [&'static str; 3], refused: Signal<Option<AppError>>) -> impl IntoView {
    let [holder, iban, bic] = ids;
    view! {
        <Field
            id=holder
            name="holder"
            label=words::HOLDER
            autocomplete="off"
            maxlength=70
            error=field_error(refused, "holder")
            required=true
        />
        <Field
            id=iban
            name="iban"
            label=words::IBAN
            hint=words::IBAN_HINT
            autocomplete="off"
            maxlength=50
            error=field_error(refused, "iban")
            required=true
        />
        <Field id=bic name="bic" label=words::BIC hint=words::BIC_HINT autocomplete="off" maxlength=16 error=field_error(refused, "bic")/>
    }
}

/// Asks for money.
#[component]
pub(super) fn Withdraw(currency: Currency, key: RwSignal<String>) -> impl IntoView {
    let request = ServerAction::<RequestWithdrawal>::new();
    let (refused, requested, pending) = (failure(request), succeeded(request), request.pending());
    effect(move |_| {
        if requested.get() {
            toast::show(words::REQUESTED);
            key.set(browser::fresh_key());
        }
    });
    view! {
        <p class="muted">{words::WITHDRAW_TEXT}</p>
        <ActionForm action=request attr:class="form">
            <Failure failure=refused fields=&["amount", "holder", "iban", "bic"]/>
            // New fields for the next: those of the one that was asked for go with its key.
            <Each
                each=move || vec![key.get()]
                key=|key: &String| key.clone()
                children=move |_| {
                    view! {
                        <Amount what="out" amount="withdrawal-amount" choice="withdrawal-currency" currency key refused/>
                        <BankFields ids=["withdrawal-holder", "withdrawal-iban", "withdrawal-bic"] refused/>
                    }
                }
            />
            <div class="form-actions">
                <Submit label=words::WITHDRAW_GO busy=pending/>
                {confirming(pending)}
            </div>
        </ActionForm>
    }
}

/// Below which balance one is reminded.
#[component]
pub(super) fn Reminder(low_balance: i64) -> impl IntoView {
    let save = ServerAction::<SetLowBalance>::new();
    let refused = failure(save);
    let value = if low_balance == 0 { String::new() } else { Money::new(low_balance, Currency::default()).plain() };
    view! {
        <ActionForm action=save attr:class="form wallet-reminder">
            <Failure failure=refused fields=&["low_balance"]/>
            <Field
                id="low-balance"
                name="low_balance"
                label=words::LOW_BALANCE
                hint=words::LOW_BALANCE_HINT
                value=value
                autocomplete="off"
                maxlength=16
                error=field_error(refused, "low_balance")
            />
            <div class="form-actions">
                <Submit label=words::SAVE busy=save.pending()/>
                <Done name="saved" by_action=succeeded(save)/>
            </div>
        </ActionForm>
    }
}
