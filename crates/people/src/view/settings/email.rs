//! Another e-mail address.

use leptos::prelude::*;

use crate::{
    api::own,
    view::{
        forms::{Done, Failure, Submit, failure, field_error, succeeded},
        second_factor::CodeField,
    },
    words,
};
use plenum_core::mail::MailWay;
use plenum_ui::{Field, dynamic, effect, view};

#[component]
pub(super) fn ChangeEmail(
    /// The address of the account.
    email: String,
    /// The address that waits to be confirmed.
    pending: Option<String>,
    /// Whether mail leaves the server.
    mail: MailWay,
    /// It asks for a code, too.
    second_factor: RwSignal<bool>,
) -> impl IntoView {
    let (ask, cancel) = (ServerAction::<own::RequestEmail>::new(), ServerAction::<own::CancelOwnEmail>::new());
    let refused = failure(ask);
    let (asked, cancelled) = (succeeded(ask), succeeded(cancel));
    let waits = RwSignal::new(pending);
    let input = ask.input();
    let entered = RwSignal::new(String::new());
    effect(move |_| {
        // The input is gone once the answer is there.
        if let Some(email) = input.with(|input| input.as_ref().map(|input| input.email.trim().to_owned())) {
            entered.set(email);
        }
    });
    effect(move |_| {
        if asked.get() {
            waits.set(Some(entered.get_untracked()));
        }
    });
    effect(move |_| {
        if cancelled.get() {
            waits.set(None);
        }
    });
    let waiting = dynamic(move || {
        waits.get().map(|email| {
            view! {
                <p role="status">{words::email_waits(&email)}</p>
                <ActionForm action=cancel attr:class="form">
                    <Failure failure=failure(cancel)/>
                    <div class="form-actions">
                        <button class="btn" type="submit">{words::CANCEL_CHANGE}</button>
                    </div>
                </ActionForm>
            }
        })
    });
    let form = match mail {
        MailWay::Folder => view! { <p class="muted">{words::EMAIL_BY_ADMIN}</p> },
        MailWay::Sends | MailWay::Delayed => view! {
            <p class="muted">{words::CHANGE_EMAIL_TEXT}</p>
            {waiting}
            <ActionForm action=ask attr:class="form">
                <Failure failure=refused fields=&["email", "current", "code"]/>
                <Field
                    id="new-email"
                    name="email"
                    label=words::NEW_EMAIL
                    kind="email"
                    autocomplete="email"
                    error=field_error(refused, "email")
                    required=true
                />
                <Field
                    id="email-current"
                    name="current"
                    label=words::CURRENT_PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    error=field_error(refused, "current")
                    required=true
                />
                {dynamic(move || second_factor.get().then(|| view! { <CodeField id="email-code" failure=refused/> }))}
                <div class="form-actions">
                    <Submit label=words::CHANGE_EMAIL busy=ask.pending()/>
                    <Done name="email" by_action=asked text=words::EMAIL_ASKED/>
                    <Done name="email_cancelled" by_action=cancelled text=words::CHANGE_CANCELLED/>
                </div>
            </ActionForm>
        },
    };
    view! {
        <section class="card" aria-labelledby="email-heading">
            <h2 id="email-heading">{words::EMAIL_ADDRESS}</h2>
            <p>{words::signed_in_with(&email)}</p>
            {form}
        </section>
    }
}
