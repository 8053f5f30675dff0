//! The form to give lines of an order back, for those who handle orders.

use leptos::prelude::*;

use crate::{
    api::orders::RefundOrder,
    model::orders::{OrderPage, REASON_CHARS},
    view::orders::pay::renew_when_refused,
    words::orders as words,
};
use plenum_ui::{
    Each, Field, browser, effect,
    forms::{Failure, FieldError, Submit, failure, field_error, succeeded},
    memo, view,
};

/// The fields that show their own errors.
const FIELDS: &[&str] = &["lines", "reason", "although_used"];

/// Which lines, why, and the button.
#[component]
pub fn RefundForm(shown: RwSignal<OrderPage>) -> impl IntoView {
    let id = shown.with_untracked(|page| page.order.id);
    let key = RwSignal::new(shown.with_untracked(|page| page.key.clone()));
    let refund = ServerAction::<RefundOrder>::new();
    let refused = failure(refund);
    renew_when_refused(key, refused);
    let done = succeeded(refund);
    effect(move |_| {
        if done.get() {
            key.set(browser::fresh_key());
            if let Some(Ok(order)) = refund.value().get_untracked() {
                // What came over the socket meanwhile may be newer than this answer; it has given back at least as much.
                shown.maybe_update(|page| {
                    let newer = order.refunded.amount > page.order.refunded.amount;
                    if newer {
                        page.order = order;
                    }
                    newer
                });
            }
        }
    });
    let lines = memo(move || shown.with(|page| page.order.sold().cloned().collect::<Vec<_>>()));
    let choices = view! {
        <Each
            each=move || lines.get()
            key=|line| line.id.to_string()
            children=move |line| {
                let text = format!("{} · {}", words::place(&line), line.total());
                view! {
                    <label class="check">
                        <input type="checkbox" name="lines[]" value=line.id.to_string()/>
                        <span>{text}</span>
                    </label>
                }
            }
        />
    };
    let any = memo(move || lines.with(|lines| !lines.is_empty()));
    view! {
        <section class="card stack" aria-labelledby="refund" hidden=move || !any.get()>
            <h2 id="refund">{words::REFUND}</h2>
            <p class="muted">{words::REFUND_ABOUT}</p>
            <ActionForm action=refund attr:class="form">
                <Failure failure=refused fields=FIELDS/>
                <input type="hidden" name="key" value=move || key.get()/>
                <input type="hidden" name="id" value=id.to_string()/>
                <fieldset class="boxed" aria-describedby="lines-error">
                    <legend>{words::REFUND_LINES}</legend>
                    <div class="stack-s">{choices}</div>
                    <FieldError id="lines-error" error=field_error(refused, "lines")/>
                </fieldset>
                <Field
                    id="reason"
                    name="reason"
                    label=words::REASON
                    hint=words::REASON_HINT
                    autocomplete="off"
                    maxlength=u32::try_from(REASON_CHARS).unwrap_or(u32::MAX)
                    error=field_error(refused, "reason")
                    required=true
                />
                <div>
                    <label class="check">
                        <input type="checkbox" name="although_used" value="true" aria-describedby="used-error"/>
                        <span>{words::ALTHOUGH_USED}</span>
                    </label>
                    <FieldError id="used-error" error=field_error(refused, "although_used")/>
                </div>
                <div class="form-actions">
                    <Submit label=words::REFUND_NOW busy=refund.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}
