//! One's second factor: the section of the settings, and what the page at signing in shares with it.

use leptos::prelude::*;

use super::forms::{Done, Failure, Submit, failure, field_error, is_done, succeeded};
use crate::{
    api::second_factor as api,
    model::second_factor::{FactorState, OwnFactor, SetUp},
    words::second_factor as words,
};
use plenum_core::{error::AppError, ids::Millis};
use plenum_ui::{
    CopyLine, Field, Notice, QrCode, browser, dynamic, effect, memo,
    notice::Tone,
    page::{Loaded, fault_notice, use_now, use_zone},
    view, words as ui_words,
};

/// The field for a code, of a form that asks for it.
#[component]
pub(super) fn CodeField(
    id: &'static str,
    #[prop(default = words::CODE_HINT)] hint: &'static str,
    failure: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <Field
            id
            name="code"
            label=words::CODE
            hint
            autocomplete="one-time-code"
            maxlength=30
            error=field_error(failure, "code")
            required=true
        />
    }
}

/// The section of the settings.
#[component]
pub(super) fn SecondFactorSection(
    /// Whether it is on, for the other forms of the page.
    on: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="second-factor">
            <h2 id="second-factor">{words::SECOND_FACTOR}</h2>
            <div class="stack">
                <SecondFactor on/>
            </div>
        </section>
    }
}

/// How it stands, and the forms that change it.
#[component]
pub(super) fn SecondFactor(
    /// Whether it is on, for the other forms of the page.
    on: RwSignal<bool>,
    /// Where one goes once it is on, on a page that is for nothing else.
    #[prop(optional, into)]
    then: Option<String>,
) -> impl IntoView {
    let (begin, confirm) = (ServerAction::<api::BeginSecondFactor>::new(), ServerAction::<api::ConfirmSecondFactor>::new());
    let (renew, turn_off) = (ServerAction::<api::RenewRecoveryCodes>::new(), ServerAction::<api::TurnSecondFactorOff>::new());
    // Asked again when something was done; what was refused leaves the forms as they are.
    let changes = RwSignal::new(0_u32);
    for done in [succeeded(begin), succeeded(confirm), succeeded(renew), succeeded(turn_off)] {
        effect(move |_| {
            if done.get() {
                changes.update(|changes| *changes += 1);
            }
        });
    }
    let (confirmed, renewed, turned_off) = (confirm.value(), renew.value(), succeeded(turn_off));
    let fresh = memo(move || {
        let made = |made: Option<Result<Vec<String>, AppError>>| made.and_then(Result::ok);
        if turned_off.get() { None } else { made(renewed.get()).or_else(|| made(confirmed.get())) }
    });
    let all = Resource::new_blocking(move || changes.get(), |_| api::own());
    let content = move |own: OwnFactor| {
        let OwnFactor { state, required, email, made } = own;
        let is_on = matches!(state, FactorState::On { .. });
        effect(move |_| on.set(is_on));
        // Without scripts the codes have been shown, or are lost; the page says which.
        let lost = made.is_none();
        let made = made.map(|codes| view! { <RecoveryCodes codes/> });
        let unseen = dynamic(move || (lost && is_done("recovery-codes").get()).then(|| view! { <p>{words::CODES_WERE_SHOWN}</p> }));
        let forms = match (state, then.clone()) {
            (FactorState::Off, _) => view! { <Begin email action=begin/> },
            (FactorState::Begun(set_up), _) => view! { <Confirm set_up email begin action=confirm/> },
            (FactorState::On { .. }, Some(then)) => {
                view! {
                    <a class="btn" data-kind="primary" data-wide="" href=then rel="external">
                        {words::GO_ON}
                    </a>
                }
            }
            (FactorState::On { since, codes_left }, None) => view! { <On since codes_left required email renew turn_off/> },
        };
        view! {
            <div role="status">{made} {unseen}</div>
            {forms}
        }
    };
    view! {
        <div role="status">{move || fresh.get().map(|codes| view! { <RecoveryCodes codes/> })}</div>
        <Loaded from=all fault=fault_notice children=content/>
        <Done name="factor-off" by_action=turned_off text=words::TURNED_OFF/>
    }
}

/// Codes that are shown once.
#[component]
fn RecoveryCodes(codes: Vec<String>) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = codes.join("\n");
    let items = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <div class="stack">
            <p>
                <b>{words::RECOVERY_CODES}</b>
            </p>
            <p>{words::RECOVERY_CODES_TEXT}</p>
            <ul class="recovery-codes">{items}</ul>
            <div class="form-actions">
                <button class="btn" type="button" data-size="s" on:click=move |_| copied.set(browser::copy(&text))>
                    {move || if copied.get() { ui_words::COPIED } else { words::COPY_ALL }}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Begin(email: String, action: ServerAction<api::BeginSecondFactor>) -> impl IntoView {
    let failure = failure(action);
    view! {
        <p class="muted">{words::OFF_TEXT}</p>
        <ActionForm action attr:class="form">
            <Failure failure fields=&["current"]/>
            <Password id="factor-current" email failure/>
            <div class="form-actions">
                <Submit label=words::TURN_ON busy=action.pending()/>
            </div>
        </ActionForm>
    }
}

#[component]
fn Confirm(
    set_up: SetUp,
    email: String,
    begin: ServerAction<api::BeginSecondFactor>,
    action: ServerAction<api::ConfirmSecondFactor>,
) -> impl IntoView {
    let refused = failure(action);
    view! {
        <p>{words::SCAN}</p>
        <div class="factor-code">
            <QrCode picture=set_up.picture label=words::PICTURE/>
        </div>
        <div class="field">
            <b>{words::SECRET}</b>
            <CopyLine text=set_up.secret/>
        </div>
        <ActionForm action attr:class="form">
            <Failure failure=refused fields=&["code"]/>
            <CodeField id="factor-first-code" hint=words::FIRST_CODE_HINT failure=refused/>
            <div class="form-actions">
                <Submit label=words::CONFIRM busy=action.pending()/>
            </div>
        </ActionForm>
        <details>
            <summary>{words::START_AGAIN}</summary>
            <Begin email action=begin/>
        </details>
    }
}

#[component]
fn On(
    since: Millis,
    codes_left: u32,
    /// A role needs it.
    required: bool,
    email: String,
    renew: ServerAction<api::RenewRecoveryCodes>,
    turn_off: ServerAction<api::TurnSecondFactorOff>,
) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let since = dynamic(move || words::on_since(&zone.with(|zone| zone.short(since, now))));
    let left = words::codes_left(codes_left);
    let left = if codes_left < 2 {
        view! { <Notice tone=Tone::Bad>{left}</Notice> }
    } else {
        view! { <p>{left}</p> }
    };
    let owner = email.clone();
    let (renew_refused, off_refused) = (failure(renew), failure(turn_off));
    let off = if required {
        view! { <p class="muted">{words::REQUIRED}</p> }
    } else {
        view! {
            <details>
                <summary>{words::TURN_OFF_HEADING}</summary>
                <ActionForm action=turn_off attr:class="form">
                    <Failure failure=off_refused fields=&["current", "code"]/>
                    <Password id="factor-off-current" email=owner failure=off_refused/>
                    <CodeField id="factor-off-code" failure=off_refused/>
                    <div class="form-actions">
                        <Submit label=words::TURN_OFF busy=turn_off.pending()/>
                    </div>
                </ActionForm>
            </details>
        }
    };
    view! {
        <p>{since}</p>
        {left}
        <details>
            <summary>{words::NEW_CODES}</summary>
            <ActionForm action=renew attr:class="form">
                <p class="muted">{words::NEW_CODES_TEXT}</p>
                <Failure failure=renew_refused fields=&["current", "code"]/>
                <Password id="factor-renew-current" email failure=renew_refused/>
                <CodeField id="factor-renew-code" failure=renew_refused/>
                <div class="form-actions">
                    <Submit label=words::MAKE_CODES busy=renew.pending()/>
                </div>
            </ActionForm>
        </details>
        {off}
    }
}

/// One's password, for a form that asks for it again.
#[component]
fn Password(
    id: &'static str,
    /// Whose it is, for password managers.
    email: String,
    failure: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <input type="text" name="username" value=email autocomplete="username" hidden readonly/>
        <Field
            id
            name="current"
            label=words::YOUR_PASSWORD
            kind="password"
            autocomplete="current-password"
            error=field_error(failure, "current")
            required=true
        />
    }
}
