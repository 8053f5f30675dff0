//! One's tokens: what programs ask with. The list, a new one, and its secret, which is shown once, with scripts or without.

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api::{tokens as api, tokens::OwnTokens},
    view::{
        forms::{Failure, FieldError, Submit, failure, field_error, is_done, succeeded},
        second_factor::CodeField,
    },
    words as people_words,
    words::tokens as words,
};
use plenum_core::{
    error::AppError,
    ids::SignInId,
    people::{MadeToken, Role, Scope, TOKEN_DAYS, TOKEN_NAME_CHARS, Token},
};
use plenum_ui::{
    Confirm, CopyLine, Field, Icon, dynamic, memo,
    page::{Loaded, use_now, use_role, use_zone},
    view,
};

/// Days that are offered.
const DAYS: [u32; 5] = [7, 30, TOKEN_DAYS, 180, 365];

#[component]
pub(super) fn Tokens(
    /// A new one asks for a code, too.
    second_factor: RwSignal<bool>,
) -> impl IntoView {
    let create = ServerAction::<api::CreateToken>::new();
    let end = ServerAction::<api::EndToken>::new();
    let end_failed = failure(end);
    let all = Resource::new_blocking(move || (create.version().get(), end.version().get()), |_| api::tokens());
    let (open, asked) = (RwSignal::new(false), RwSignal::new(None::<SignInId>));
    let yes = Callback::new(move |()| {
        if let Some(id) = asked.get_untracked() {
            end.dispatch(api::EndToken { id });
        }
    });
    let ended = (succeeded(end), is_done("token-ended"));
    let content = move |OwnTokens { tokens, made }: OwnTokens| {
        let told = made.clone().map(|made| view! { <Made made/> });
        // Without scripts the secret has been shown, or is lost; the page says which.
        let unseen = dynamic(move || (is_done("token").get() && made.is_none()).then(|| view! { <p>{words::WAS_SHOWN}</p> }));
        view! {
            <div role="status">{told} {unseen}</div>
            <List tokens end open asked/>
        }
    };
    let fault = |error: AppError| view! { <p class="muted">{error.message}</p> };
    view! {
        <section class="card" aria-labelledby="tokens">
            <h2 id="tokens">{words::TOKENS}</h2>
            <div class="stack">
                <p class="muted">
                    {words::TOKENS_TEXT} " "
                    <a href="/api/docs" rel="external">
                        {words::DOCS}
                    </a>
                </p>
                <Failure failure=end_failed/>
                <Loaded from=all fault children=content/>
                <p class="form-status" role="status">
                    {move || (ended.0.get() || ended.1.get()).then_some(words::ENDED)}
                </p>
                <New create second_factor/>
            </div>
            <Confirm open id="end-token-title" title=words::END text=words::END_TEXT verb=words::END on_yes=yes/>
        </section>
    }
}

#[component]
fn List(
    tokens: Vec<Token>,
    end: ServerAction<api::EndToken>,
    /// Whether it asks before one is ended.
    open: RwSignal<bool>,
    /// Which one it asks about.
    asked: RwSignal<Option<SignInId>>,
) -> impl IntoView {
    if tokens.is_empty() {
        return view! { <p class="muted">{words::NONE}</p> };
    }
    let lines = tokens.into_iter().map(|token| view! { <Line token end open asked/> }).collect_view();
    view! { <ul class="lines">{lines}</ul> }
}

#[component]
fn Line(token: Token, end: ServerAction<api::EndToken>, open: RwSignal<bool>, asked: RwSignal<Option<SignInId>>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let Token { id, name, scopes, created_at, used_at, expires_at } = token;
    let times = dynamic(move || {
        zone.with(|zone| {
            let used = (used_at > created_at).then(|| zone.short(used_at, now));
            words::times(&zone.short(created_at, now), used.as_deref(), &zone.short(expires_at, now))
        })
    });
    let scopes = scopes.into_iter().map(|scope| scope.into_str()).collect::<Vec<_>>().join(", ");
    let of_which = people_words::of_device(&name);
    view! {
        <li class="line">
            <Icon name="key"/>
            <div class="line-text">
                <b>{name}</b>
                <p class="muted">{scopes} " · " {times}</p>
            </div>
            <ActionForm action=end>
                <input type="hidden" name="id" value=id.to_string()/>
                <button
                    class="btn"
                    type="submit"
                    data-kind="danger"
                    data-size="s"
                    on:click=move |event| {
                        event.prevent_default();
                        asked.set(Some(id));
                        open.set(true);
                    }
                >
                    {words::END_ONE}
                    <span class="visually-hidden">{of_which}</span>
                </button>
            </ActionForm>
        </li>
    }
}

#[component]
fn New(create: ServerAction<api::CreateToken>, second_factor: RwSignal<bool>) -> impl IntoView {
    let refused = failure(create);
    let made = create.value();
    let made = memo(move || made.with(|made| made.as_ref().and_then(|made| made.as_ref().ok().cloned())));
    let admin = use_role(Role::Admin);
    let boxes = move || {
        let offered = Scope::VARIANTS.iter().copied().filter(move |scope| *scope != Scope::Admin || admin.get());
        let boxes = offered.map(|scope| {
            view! {
                <label class="check">
                    <input type="checkbox" name="scopes[]" value=scope.into_str() checked=scope == Scope::Read/>
                    <span>
                        {scope.into_str()} <small>{words::scope(scope)}</small>
                    </span>
                </label>
            }
        });
        boxes.collect_view()
    };
    let days = DAYS
        .into_iter()
        .map(|days| view! { <option value=days.to_string() selected=days == TOKEN_DAYS>{words::days(days)}</option> })
        .collect_view();
    view! {
        <h3 id="new-token">{words::NEW}</h3>
        <ActionForm action=create attr:class="form" attr:aria-labelledby="new-token">
            <Failure failure=refused fields=&["name", "scopes", "expires_in_days", "current", "code"]/>
            <Field
                id="token-name"
                name="name"
                label=words::NAME
                hint=words::NAME_HINT
                autocomplete="off"
                maxlength=TOKEN_NAME_CHARS
                error=field_error(refused, "name")
                required=true
            />
            <fieldset class="field" aria-describedby="token-scopes-error">
                <legend>{words::SCOPES}</legend>
                {boxes}
                <FieldError id="token-scopes-error" error=field_error(refused, "scopes")/>
            </fieldset>
            <div class="field">
                <label for="token-days">{words::VALID}</label>
                <select class="input select" id="token-days" name="expires_in_days" aria-describedby="token-days-error">
                    {days}
                </select>
                <FieldError id="token-days-error" error=field_error(refused, "expires_in_days")/>
            </div>
            <Field
                id="token-current"
                name="current"
                label=words::YOUR_PASSWORD
                hint=words::YOUR_PASSWORD_HINT
                kind="password"
                autocomplete="current-password"
                error=field_error(refused, "current")
                required=true
            />
            {dynamic(move || second_factor.get().then(|| view! { <CodeField id="token-code" failure=refused/> }))}
            <div class="form-actions">
                <Submit label=words::MAKE busy=create.pending()/>
            </div>
        </ActionForm>
        <div role="status">{move || made.get().map(|made| view! { <Made made/> })}</div>
    }
}

/// The secret of a new token.
#[component]
fn Made(made: MadeToken) -> impl IntoView {
    view! {
        <div class="stack">
            <p>{words::SHOWN_ONCE}</p>
            <CopyLine text=made.token/>
        </div>
    }
}
