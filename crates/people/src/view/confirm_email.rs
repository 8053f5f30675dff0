//! `/confirm-email?token=`: confirms another e-mail address with the link of a mail, or cancels the change.

use leptos::prelude::*;

use super::{
    forms::{Failure, Submit, failure, is_done, succeeded},
    sign_in::Door,
};
use crate::{
    api,
    model::{ChangeSide, Confirmed, PendingEmail},
    words,
};
use plenum_core::error::AppError;
use plenum_ui::{
    Notice, dynamic, memo,
    notice::Tone,
    page::{Loaded, fault_notice},
    use_query, view,
};

/// What has come of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    One,
    Both,
    Cancelled,
}

#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let query = use_query();
    let token = memo(move || query.with(|query| query.get_str("token").unwrap_or_default().to_owned()));
    let (confirm, cancel) = (ServerAction::<api::ConfirmEmail>::new(), ServerAction::<api::CancelEmail>::new());
    let (answer, cancelled) = (confirm.value(), succeeded(cancel));
    let (led_one, led_both, led_cancelled) = (is_done("one"), is_done("both"), is_done("cancelled"));
    let outcome = memo(move || {
        let confirmed = answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().ok().copied()));
        match confirmed {
            Some(Confirmed::Both) => Some(Outcome::Both),
            Some(Confirmed::One) => Some(Outcome::One),
            None if led_both.get() => Some(Outcome::Both),
            None if led_one.get() => Some(Outcome::One),
            None => (cancelled.get() || led_cancelled.get()).then_some(Outcome::Cancelled),
        }
    });
    // Without a token the page only says what has come of one.
    let asked = Resource::new_blocking(
        move || token.get(),
        |token| async move { if token.is_empty() { Ok(None) } else { api::email_change(token).await.map(Some) } },
    );
    let form = move |pending: Option<PendingEmail>| {
        let Some(PendingEmail { email, side }) = pending else { return ().into_any() };
        let text = match side {
            ChangeSide::Old => words::confirm_as_old(&email),
            ChangeSide::New => words::confirm_as_new(&email),
        };
        view! {
            <p>{text}</p>
            <ActionForm action=confirm attr:class="form">
                <Failure failure=failure(confirm)/>
                <input type="hidden" name="token" value=move || token.get()/>
                <Submit label=words::CONFIRM busy=confirm.pending() wide=true/>
            </ActionForm>
            <ActionForm action=cancel attr:class="form">
                <Failure failure=failure(cancel)/>
                <input type="hidden" name="token" value=move || token.get()/>
                <button class="btn" data-wide="" type="submit">{words::CANCEL_CHANGE}</button>
            </ActionForm>
        }
    };
    let fault: fn(AppError) -> AnyView = fault_notice;
    let content = dynamic(move || match outcome.get() {
        Some(outcome) => {
            let text = match outcome {
                Outcome::One => words::CONFIRMED_ONE,
                Outcome::Both => words::CONFIRMED_BOTH,
                Outcome::Cancelled => words::CHANGE_CANCELLED,
            };
            view! { <Notice tone=Tone::Good>{text}</Notice> }
        }
        None => view! { <Loaded from=asked fault children=form/> },
    });
    view! {
        <Door title=words::CONFIRM_EMAIL>
            {content}
            <p class="door-links">
                <a href="/settings">{words::TO_SETTINGS}</a>
                <a href="/sign-in">{words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}
