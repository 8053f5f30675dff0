//! `/settings/notifications`: what one is told, in which way, and when not.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    context::InboxContext,
    desktop::{self, Permission},
};
use crate::{
    app::{FaultWithin, SettingsTabs},
    features::inbox::{
        api::{self, SetInboxPreferences},
        model::{Category, Preferences, Quiet, Way},
    },
    strings::inbox as words,
    ui::{
        Field, dynamic, effect,
        forms::{Done, Failure, Submit, Switch, at, failure, succeeded},
        view,
    },
};

/// The ways that there are; the daily mail comes with the broadcasts.
const WAYS: [Way; 2] = [Way::App, Way::Browser];

/// `/settings/notifications`
#[component]
pub fn NotificationSettingsPage() -> impl IntoView {
    let preferences = Resource::new_blocking(|| (), |()| api::preferences());
    let content = move || {
        Suspend::new(async move {
            match preferences.await {
                Ok(preferences) => view! { <Form preferences/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <Title text=words::PREFERENCES/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::PREFERENCES}</h1>
            </header>
            <SettingsTabs/>
            <div class="stack">
                <Suspense>{content}</Suspense>
            </div>
        </main>
    }
}

#[component]
fn Form(preferences: Preferences) -> impl IntoView {
    let save = ServerAction::<SetInboxPreferences>::new();
    let refused = failure(save);
    let context = use_context::<InboxContext>();
    let saved = save.value();
    effect(move |_| {
        if let (Some(context), Some(Ok(preferences))) = (context, saved.get()) {
            context.preferences.set(preferences);
        }
    });
    let rows = Category::ALL.into_iter().map(|category| view! { <Line category preferences=preferences.clone()/> }).collect_view();
    let heads = WAYS.map(|way| view! { <th scope="col">{words::way(way)}</th> }).collect_view();
    let clock = |minute: Option<u16>| minute.map(Quiet::clock).unwrap_or_default();
    let quiet = preferences.quiet;
    view! {
        <section class="card" aria-labelledby="told">
            <h2 id="told">{words::SETTINGS}</h2>
            <ActionForm action=save attr:class="form">
                <Failure failure=refused fields=&["quiet_from", "quiet_until"]/>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{words::CATEGORY}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                // What has no box on this page stays as it is.
                {preferences.wanted_by_mail().into_iter().map(|name| view! { <input type="hidden" name="wanted[]" value=name/> }).collect_view()}
                <p class="muted">{words::QUIET_TEXT}</p>
                <div class="form-row">
                    <Field id="quiet-from" name="quiet_from" kind="time" label=words::QUIET_FROM value=clock(quiet.map(|quiet| quiet.from)) error=at(refused, "quiet_from")/>
                    <Field id="quiet-until" name="quiet_until" kind="time" label=words::QUIET_UNTIL value=clock(quiet.map(|quiet| quiet.until)) error=at(refused, "quiet_until")/>
                </div>
                <Switch name="sound" label=words::SOUND text=words::SOUND_TEXT on=preferences.sound/>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=save.pending()/>
                    <Done name="told" by_action=succeeded(save)/>
                </div>
            </ActionForm>
        </section>
        <Browser/>
    }
}

#[component]
fn Line(category: Category, preferences: Preferences) -> impl IntoView {
    let locked = category.is_locked();
    let cells = WAYS
        .map(|way| {
            view! {
                <td data-label=words::way(way)>
                    <input
                        type="checkbox"
                        name="wanted[]"
                        value=format!("{}.{}", category.word(), way.word())
                        checked=preferences.wants(category, way)
                        disabled=locked
                        aria-label=words::told(category, way)
                    />
                </td>
            }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">
                {words::category(category)} <p class="muted">{words::about(category)}</p>
            </th>
            {cells}
        </tr>
    }
}

/// Whether this browser shows notifications; asked for after a click that wants it, never before.
#[component]
fn Browser() -> impl IntoView {
    let permission = RwSignal::new(None::<Permission>);
    effect(move |_| permission.set(Some(desktop::permission())));
    let ask = move |_| {
        desktop::ask(move |answer| {
            let _ = permission.try_set(Some(answer));
        });
    };
    dynamic(move || {
        permission.get().map(|known| {
            let said = match known {
                Permission::Granted => view! { <p>{words::BROWSER_ON}</p> },
                Permission::Denied => view! { <p>{words::BROWSER_OFF}</p> },
                Permission::None => view! { <p>{words::BROWSER_NONE}</p> },
                Permission::Unasked => view! {
                    <button class="btn" type="button" on:click=ask>
                        {words::BROWSER_ASK}
                    </button>
                },
            };
            view! {
                <section class="card stack" aria-labelledby="browser">
                    <h2 id="browser">{words::way(Way::Browser)}</h2>
                    <div role="status">{said}</div>
                </section>
            }
        })
    })
}
