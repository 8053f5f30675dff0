//! Signing in with a second factor: the code that follows the password, and setting it up where a role needs it.

use leptos::prelude::*;

use super::{
    forms::{Failure, Submit, failure},
    second_factor::{CodeField, SecondFactor},
    sign_in::{Door, Next},
};
use crate::{
    api::{self, second_factor},
    words as people_words,
    words::second_factor as words,
};
use plenum_ui::{
    Notice, memo,
    notice::Tone,
    page::{Loaded, fault_notice},
    redirect::{after_sign_in, own_path, with_next},
    use_query, view,
};

fn use_next() -> Memo<Option<String>> {
    let query = use_query();
    memo(move || query.with(|query| query.get_str("next").and_then(own_path).map(str::to_owned)))
}

/// `/sign-in/code`: asks for the code. `?next=` says where to go then.
#[component]
pub fn SignInCodePage() -> impl IntoView {
    let next = use_next();
    let action = ServerAction::<second_factor::SignInCode>::new();
    let failure = failure(action);
    let awaited = Resource::new_blocking(|| (), |()| second_factor::code_awaited());
    let content = move |awaited: bool| {
        if !awaited {
            return view! { <Notice tone=Tone::Bad>{words::SIGN_IN_AGAIN}</Notice> };
        }
        view! {
            <p>{words::SIGN_IN_CODE_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["code"]/>
                <Next next/>
                <CodeField id="code" failure/>
                <Submit label=words::SIGN_IN busy=action.pending() wide=true/>
            </ActionForm>
        }
    };
    view! {
        <Door title=words::SIGN_IN_CODE>
            <Loaded from=awaited fault=fault_notice children=content/>
            <p class="door-links">
                <a href=move || with_next("/sign-in", next.get().as_deref())>{people_words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}

/// `/sign-in/set-up`: where whoever must set up a second factor is led to. `?next=` says where to go then.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let next = use_next();
    let then = after_sign_in(next.get_untracked().as_deref());
    let sign_out = ServerAction::<api::SignOut>::new();
    view! {
        <Door title=words::SET_UP>
            <p>{words::REQUIRED_TEXT}</p>
            <div class="stack">
                <SecondFactor on=RwSignal::new(false) then/>
            </div>
            <ActionForm action=sign_out>
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::SIGN_OUT}
                    </button>
                </div>
            </ActionForm>
        </Door>
    }
}
