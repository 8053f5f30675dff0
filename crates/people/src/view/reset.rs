//! A forgotten password: asking for the mail, and setting a new one with its link.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    door::Door,
    forms::{Failure, NewPassword, Submit, at, failure, is_done, succeeded},
};
use crate::{api, words};
use plenum_ui::{Field, Notice, notice::Tone, view};

/// `/forgot`: asks for a link by mail. It says the same whether or not there is such an account.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let action = ServerAction::<api::RequestReset>::new();
    let failure = failure(action);
    let (sent, led_here) = (succeeded(action), is_done("mailed"));
    view! {
        <Door title=words::FORGOTTEN>
            {move || {
                (sent.get() || led_here.get()).then(|| view! { <Notice tone=Tone::Good>{words::LINK_SENT}</Notice> })
            }}
            <p>{words::FORGOTTEN_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["email"]/>
                <Field id="email" name="email" label=words::EMAIL kind="email" autocomplete="username" error=at(failure, "email") required=true/>
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
    let query = use_query_map();
    let token = move || query.with(|query| query.get_str("token").unwrap_or_default().to_owned());
    let action = ServerAction::<api::ResetPassword>::new();
    let failure = failure(action);
    view! {
        <Door title=words::SET_PASSWORD>
            <p>{words::SET_PASSWORD_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["password"]/>
                <input type="hidden" name="token" value=token/>
                <NewPassword label=words::NEW_PASSWORD failure/>
                <Submit label=words::SET_PASSWORD busy=action.pending() wide=true/>
            </ActionForm>
            <p class="door-links">
                <a href="/forgot">{words::ASK_AGAIN}</a>
                <a href="/sign-in">{words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}
