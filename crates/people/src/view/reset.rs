//! A forgotten password: asking for the mail, and setting a new one with its link.

use leptos::prelude::*;

use super::{
    forms::{Failure, NewPassword, Submit, failure, field_error, is_done, succeeded},
    second_factor::CodeField,
    sign_in::Door,
};
use crate::{
    api::{self, second_factor},
    words,
};
use plenum_core::error::AppError;
use plenum_inbox::api::mail_way;
use plenum_ui::{
    Field, Notice, memo,
    notice::Tone,
    page::{Loaded, fault_notice},
    use_query, view,
};

/// `/forgot`: asks for a link by mail. It says the same whether or not there is such an account.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let action = ServerAction::<api::RequestReset>::new();
    let failure = failure(action);
    let (sent, led_here) = (succeeded(action), is_done("mailed"));
    // Asked again with each answer: mail may have begun to fail.
    let way = Resource::new_blocking(move || action.version().get(), |_| mail_way());
    let about = move |way| {
        view! {
            {move || {
                (sent.get() || led_here.get()).then(|| view! { <Notice tone=Tone::Good>{words::link_sent(way)}</Notice> })
            }}
            <p>{words::forgotten_text(way)}</p>
        }
    };
    view! {
        <Door title=words::FORGOTTEN>
            <Loaded from=way children=about/>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["email"]/>
                <Field id="email" name="email" label=words::EMAIL kind="email" autocomplete="username" error=field_error(failure, "email") required=true/>
                <Submit label=words::SEND_LINK busy=action.pending() wide=true/>
            </ActionForm>
            <p class="door-links">
                <a href="/sign-in">{words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}

/// `/reset?token=`: sets a new password with the link of the mail.
#[component]
pub fn ResetPage() -> impl IntoView {
    let query = use_query();
    let token = memo(move || query.with(|query| query.get_str("token").unwrap_or_default().to_owned()));
    let action = ServerAction::<api::ResetPassword>::new();
    let failure = failure(action);
    let asked = |token: String| async move {
        let address = api::reset_address(token.clone()).await?;
        Ok::<_, AppError>((address, second_factor::reset_asks_code(token).await?))
    };
    let asked = Resource::new_blocking(move || token.get(), asked);
    let form = move |(address, asks_code): (String, bool)| {
        let code = asks_code.then(|| view! { <CodeField id="code" failure/> });
        view! {
            <p>{words::set_password_of(&address)}</p>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["password", "code"]/>
                <input type="hidden" name="token" value=move || token.get()/>
                <input type="text" name="username" value=address autocomplete="username" hidden readonly/>
                {code}
                <NewPassword label=words::NEW_PASSWORD failure/>
                <Submit label=words::SET_PASSWORD busy=action.pending() wide=true/>
            </ActionForm>
        }
    };
    view! {
        <Door title=words::SET_PASSWORD>
            <Loaded from=asked fault=fault_notice children=form/>
            <p class="door-links">
                <a href="/forgot">{words::ASK_AGAIN}</a>
                <a href="/sign-in">{words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}
