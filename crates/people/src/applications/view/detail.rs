//! One application: credentials, settings, webhooks and what became of them.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{Once, Value};
use crate::applications::{
    api,
    model::{Application, Delivery, WEBHOOK_EVENTS, Webhook},
    words,
};
use plenum_ui::{
    Confirm, Field, effect,
    forms::{Done, Failure, FieldError, Submit, Switch, failure, field_error, succeeded},
    page::{Loaded, use_now, use_zone},
    view,
};

#[component]
pub(super) fn Detail(
    application: Application,
    /// Raised when something was changed, so that the page asks again.
    changed: RwSignal<usize>,
) -> impl IntoView {
    let Application { id, app_id, key, rotating, settings, webhooks, connections, channels, .. } = application;
    view! {
        <p>
            <a href="/admin/applications">{words::ALL}</a>
        </p>
        <section class="card stack" aria-labelledby="credentials">
            <h2 id="credentials">{settings.name.clone()}</h2>
            <p class="muted">
                <a href=format!("/admin/channels?app={id}")>{words::now(connections, channels)}</a>
            </p>
            <Value name=words::APP_ID value=app_id/>
            <Value name=words::KEY value=key/>
            <Secrets id rotating changed/>
        </section>
        <Settings id settings/>
        <Webhooks id webhooks changed/>
        <Deliveries id/>
        <Removal id/>
    }
}

/// Raises `changed` each time an action has succeeded.
fn raise(done: Signal<bool>, changed: RwSignal<usize>) {
    effect(move |_| {
        if done.get() {
            changed.update(|count| *count += 1);
        }
    });
}

#[component]
fn Secrets(id: i64, rotating: bool, changed: RwSignal<usize>) -> impl IntoView {
    let (rotate, end) = (ServerAction::<api::RotateSecret>::new(), ServerAction::<api::EndRotation>::new());
    let (rotate_refused, end_refused) = (failure(rotate), failure(end));
    raise(succeeded(end), changed);
    let made = rotate.value();
    let credentials = move || made.with(|made| made.as_ref().and_then(|made| made.as_ref().ok().cloned()));
    let two = move || rotating || succeeded(rotate).get();
    view! {
        <p class="muted">{words::ROTATE_TEXT}</p>
        <Failure failure=rotate_refused/>
        <Failure failure=end_refused/>
        <div role="status">{move || credentials().map(|credentials| view! { <Once credentials/> })}</div>
        <div class="form-actions">
            {move || {
                if two() {
                    view! {
                        <span>{words::ROTATING}</span>
                        <ActionForm action=end>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <button class="btn" type="submit" data-kind="danger">
                                {words::END_ROTATION}
                            </button>
                        </ActionForm>
                    }
                } else {
                    view! {
                        <ActionForm action=rotate>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <button class="btn" type="submit">
                                {words::ROTATE}
                            </button>
                        </ActionForm>
                    }
                }
            }}
        </div>
    }
}

#[component]
fn Settings(id: i64, settings: crate::applications::model::Settings) -> impl IntoView {
    let save = ServerAction::<api::UpdateApplication>::new();
    let refused = failure(save);
    view! {
        <section class="card" aria-labelledby="settings">
            <h2 id="settings">{words::SETTINGS}</h2>
            <ActionForm action=save attr:class="form">
                <Failure failure=refused fields=&["name", "origins"]/>
                <input type="hidden" name="id" value=id.to_string()/>
                <Field id="name" name="name" label=words::NAME value=settings.name maxlength=80 error=field_error(refused, "name") required=true/>
                <Switch name="enabled" label=words::ENABLED text=words::ENABLED_TEXT on=settings.enabled/>
                <Field id="origins" name="origins" label=words::ORIGINS hint=words::ORIGINS_HINT value=settings.origins.join(" ") error=field_error(refused, "origins")/>
                <Switch name="client_events" label=words::CLIENT_EVENTS text=words::CLIENT_EVENTS_TEXT on=settings.client_events/>
                <Switch name="subscription_counts" label=words::COUNTS text=words::COUNTS_TEXT on=settings.subscription_counts/>
                <Switch name="durable" label=words::DURABLE text=words::DURABLE_TEXT on=settings.durable/>
                <div class="form-row">
                    <Field id="connections" name="connections" kind="number" label=words::CONNECTIONS hint=words::USUAL value=settings.connections.to_string() required=true/>
                    <Field id="members" name="presence_members" kind="number" label=words::MEMBERS hint=words::ZERO value=settings.presence_members.to_string() required=true/>
                    <Field id="bytes" name="data_bytes" kind="number" label=words::BYTES hint=words::ZERO value=settings.data_bytes.to_string() required=true/>
                </div>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=save.pending()/>
                    <Done name="saved" by_action=succeeded(save)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Webhooks(id: i64, webhooks: Vec<Webhook>, changed: RwSignal<usize>) -> impl IntoView {
    let (add, remove) = (ServerAction::<api::AddWebhook>::new(), ServerAction::<api::RemoveWebhook>::new());
    let (refused, remove_refused) = (failure(add), failure(remove));
    raise(succeeded(add), changed);
    raise(succeeded(remove), changed);
    let lines = if webhooks.is_empty() {
        view! { <p class="muted">{words::NO_WEBHOOKS}</p> }
    } else {
        let lines = webhooks
            .into_iter()
            .map(|webhook| {
                let which = words::which_one(&webhook.url);
                view! {
                    <li class="line">
                        <div class="line-text">
                            <b class="cut">{webhook.url}</b>
                            <p class="muted">{webhook.events.join(", ")}</p>
                        </div>
                        <ActionForm action=remove>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <input type="hidden" name="webhook" value=webhook.id.to_string()/>
                            <button class="btn" type="submit" data-kind="danger" data-size="s">
                                {words::REMOVE}
                                <span class="visually-hidden">{which}</span>
                            </button>
                        </ActionForm>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="lines">{lines}</ul> }
    };
    let boxes = WEBHOOK_EVENTS
        .into_iter()
        .map(|name| {
            view! {
                <label class="check">
                    <input type="checkbox" name="events[]" value=name/>
                    <span>{name}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="card stack" aria-labelledby="webhooks">
            <h2 id="webhooks">{words::WEBHOOKS}</h2>
            {lines}
            <Failure failure=remove_refused/>
            <ActionForm action=add attr:class="form">
                <Failure failure=refused fields=&["url", "events"]/>
                <input type="hidden" name="id" value=id.to_string()/>
                <Field id="url" name="url" kind="url" label=words::URL autocomplete="off" error=field_error(refused, "url") required=true/>
                <fieldset class="field" aria-describedby="events-error">
                    <legend>{words::EVENTS}</legend>
                    {boxes}
                    <FieldError id="events-error" error=field_error(refused, "events")/>
                </fieldset>
                <div class="form-actions">
                    <Submit label=words::ADD busy=add.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Deliveries(id: i64) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let deliveries = Resource::new_blocking(move || id, api::deliveries);
    let line = move |delivery: Delivery| {
        let (tone, state) = match (delivery.done_at, delivery.status) {
            (None, _) => ("warn", words::WAITING.to_owned()),
            (Some(_), Some(status)) if (200..300).contains(&status) => ("good", format!("{} ({status})", words::TAKEN)),
            _ => ("bad", words::GIVEN_UP.to_owned()),
        };
        let at = delivery.created_at;
        let about = words::delivery(delivery.events, delivery.attempts);
        view! {
            <li class="line">
                <div class="line-text">
                    <b class="cut">{delivery.url}</b>
                    <p class="muted">{move || format!("{} · {about}", zone.with(|zone| zone.short(at, now)))}</p>
                    {delivery.error.map(|error| view! { <p class="muted">{error}</p> })}
                </div>
                <span class="chip" data-tone=tone>
                    {state}
                </span>
            </li>
        }
    };
    let content = move |all: Vec<Delivery>| {
        if all.is_empty() {
            view! { <p class="muted">{words::NO_DELIVERIES}</p> }
        } else {
            let lines = all.into_iter().map(line).collect_view();
            view! { <ul class="lines">{lines}</ul> }
        }
    };
    view! {
        <section class="card stack" aria-labelledby="deliveries">
            <h2 id="deliveries">{words::DELIVERIES}</h2>
            <Loaded from=deliveries fault=|error| view! { <p class="muted">{error.message}</p> } children=content/>
        </section>
    }
}

#[component]
fn Removal(id: i64) -> impl IntoView {
    let remove = ServerAction::<api::RemoveApplication>::new();
    let refused = failure(remove);
    let asking = RwSignal::new(false);
    let navigate = use_navigate();
    let gone = succeeded(remove);
    effect(move |_| {
        if gone.get() {
            navigate("/admin/applications", Default::default());
        }
    });
    let yes = Callback::new(move |()| {
        remove.dispatch(api::RemoveApplication { id });
    });
    view! {
        <Failure failure=refused/>
        <div class="form-actions">
            <button class="btn" type="button" data-kind="danger" on:click=move |_| asking.set(true)>
                {words::DELETE}
            </button>
        </div>
        <Confirm open=asking id="delete-title" title=words::DELETE text=words::DELETE_TEXT verb=words::DELETE on_yes=yes/>
    }
}
