//! How one gets in: the password, and the browsers one is signed in with.

use leptos::prelude::*;

use crate::{
    api::own,
    view::{
        forms::{Done, Failure, NewPassword, Submit, failure, field_error, is_done, succeeded},
        second_factor::CodeField,
    },
    words,
};
use plenum_core::people::SignIn;
use plenum_ui::{
    Field, Icon, dynamic, effect,
    page::{use_now, use_zone},
    view,
};

#[component]
pub(super) fn ChangePassword(
    /// Whose password it is, for password managers.
    email: String,
    /// It asks for a code, too.
    second_factor: RwSignal<bool>,
) -> impl IntoView {
    let action = ServerAction::<own::ChangePassword>::new();
    let failure = failure(action);
    view! {
        <section class="card" aria-labelledby="password-heading">
            <h2 id="password-heading">{words::PASSWORD}</h2>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["current", "code", "password"]/>
                <input type="text" name="username" value=email autocomplete="username" hidden readonly/>
                <Field
                    id="current"
                    name="current"
                    label=words::CURRENT_PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    error=field_error(failure, "current")
                    required=true
                />
                {dynamic(move || second_factor.get().then(|| view! { <CodeField id="password-code" failure/> }))}
                <NewPassword label=words::NEW_PASSWORD failure/>
                <div class="form-actions">
                    <Submit label=words::CHANGE_PASSWORD busy=action.pending()/>
                    <Done name="password" by_action=succeeded(action) text=words::PASSWORD_CHANGED/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
pub(super) fn SignIns(
    /// The browser that asks comes first.
    sign_ins: Vec<SignIn>,
) -> impl IntoView {
    let one = ServerAction::<own::RevokeSignIn>::new();
    let others = ServerAction::<own::RevokeOthers>::new();
    let (one_failed, others_failed) = (failure(one), failure(others));
    let ended = RwSignal::new(Vec::new());
    let asked = one.input();
    let one_ended = succeeded(one);
    effect(move |_| {
        // The input is gone once the answer is there: it is noted while it waits.
        if let Some(id) = asked.with(|asked| asked.as_ref().map(|asked| asked.id)) {
            ended.update(|ended| ended.push(id));
        }
    });
    let all_ended = succeeded(others);
    let led_here = is_done("sign_ins");
    let several = sign_ins.len() > 1;
    let lines = sign_ins
        .into_iter()
        .map(|sign_in| {
            let id = sign_in.id;
            let gone = move || !sign_in.current && (all_ended.get() || (one_ended.get() && ended.with(|ended| ended.contains(&id))));
            view! { <Line sign_in=sign_in.clone() gone=Signal::derive(gone) action=one/> }
        })
        .collect_view();
    let end_others = several.then(|| {
        view! {
            <ActionForm action=others>
                <div class="form-actions">
                    <button class="btn" type="submit" data-kind="danger">
                        {words::SIGN_OUT_OTHERS}
                    </button>
                </div>
            </ActionForm>
        }
    });
    view! {
        <section class="card" aria-labelledby="sign-ins">
            <h2 id="sign-ins">{words::SIGN_INS}</h2>
            <div class="stack">
                <p class="muted">{words::SIGN_INS_TEXT}</p>
                <Failure failure=one_failed/>
                <Failure failure=others_failed/>
                <ul class="lines">{lines}</ul>
                {end_others}
                <p class="form-status" role="status">
                    {move || (one_ended.get() || all_ended.get() || led_here.get()).then_some(words::SIGNED_OUT_THERE)}
                </p>
            </div>
        </section>
    }
}

#[component]
fn Line(sign_in: SignIn, gone: Signal<bool>, action: ServerAction<own::RevokeSignIn>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let (used_at, created_at, address, current) = (sign_in.used_at, sign_in.created_at, sign_in.address, sign_in.current);
    let about = dynamic(move || zone.with(|zone| words::used(&zone.short(used_at, now), &address, &zone.short(created_at, now))));
    let icon = if sign_in.device.ends_with("Android") || sign_in.device.ends_with("iPhone") { "device" } else { "monitor" };
    let device = sign_in.device.clone();
    let end = if current {
        view! {
            <span class="chip" data-tone="good">
                {words::THIS_ONE}
            </span>
        }
        .into_any()
    } else {
        view! {
            <ActionForm action>
                <input type="hidden" name="id" value=sign_in.id.to_string()/>
                <button class="btn" type="submit" data-kind="danger" data-size="s">
                    {words::SIGN_OUT}
                    <span class="visually-hidden">{words::of_device(&device)}</span>
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li class="line" hidden=move || gone.get()>
            <Icon name=icon/>
            <div class="line-text">
                <b>{sign_in.device}</b>
                <p class="muted">{about}</p>
            </div>
            {end}
        </li>
    }
}
