//! `/settings/notifications`: what one is told, in which way, and when not.

use leptos::prelude::*;
use leptos_meta::Title;
use strum::VariantArray as _;

use super::{
    context::InboxContext,
    desktop::{self, Permission},
};
use crate::{
    api::{self, SetInboxPreferences},
    model::{Category, Preferences, Quiet, Way},
    words,
};
use plenum_core::{error::AppError, people::Role};
use plenum_ui::{
    Column, Each, Field, Notice, Table, dynamic, effect,
    forms::{Done, Failure, FieldError, Submit, Switch, failure, field_error, succeeded},
    memo,
    notice::Tone,
    page::{Loaded, Section, SectionTabs, use_role},
    view,
};

/// `/settings/notifications`
#[component]
pub fn NotificationSettingsPage() -> impl IntoView {
    let preferences = Resource::new_blocking(|| (), |()| api::preferences());
    let way = Resource::new_blocking(|| (), |()| api::mail_way());
    let slow = |way| words::mail_way(way).map(|text| view! { <Notice>{text}</Notice> });
    view! {
        <Title text=words::PREFERENCES/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::PREFERENCES}</h1>
            </header>
            <SectionTabs section=Section::Settings/>
            <div class="stack">
                <Loaded from=way let:way>
                    {slow(way)}
                </Loaded>
                <Loaded from=preferences let:preferences>
                    <Form preferences/>
                </Loaded>
            </div>
        </main>
    }
}

#[component]
fn Form(preferences: Preferences) -> impl IntoView {
    let save = ServerAction::<SetInboxPreferences>::new();
    let refused = failure(save);
    let context = use_context::<InboxContext>();
    // What the fields were made from, what is kept as far as this page knows, and whether something was changed here since.
    let (made_from, kept) = (RwSignal::new(preferences.clone()), RwSignal::new(preferences));
    let changed_here = RwSignal::new(false);
    // New fields for new settings: what was typed into the old ones goes with them.
    let version = RwSignal::new(0_u32);
    let (saved, pending) = (save.value(), save.pending());
    effect(move |_| {
        if let Some(Ok(preferences)) = saved.get() {
            changed_here.set(false);
            kept.set(preferences.clone());
            if let Some(context) = context {
                context.preferences.set(preferences);
            }
        }
    });
    // Another tab, or the link of a mail, has changed them.
    let elsewhere = memo(move || {
        let known = context.and_then(InboxContext::known_preferences)?;
        (!pending.get() && kept.with(|kept| *kept != known)).then_some(known)
    });
    let show = move || {
        if let Some(known) = elsewhere.get_untracked() {
            changed_here.set(false);
            kept.set(known.clone());
            made_from.set(known);
            version.update(|version| *version += 1);
        }
    };
    effect(move |_| {
        if elsewhere.with(Option::is_some) && !changed_here.get() {
            show();
        }
    });
    let notice = dynamic(move || {
        elsewhere.with(Option::is_some).then(|| {
            view! {
                <Notice tone=Tone::Live>
                    {words::CHANGED_ELSEWHERE} " "
                    <button class="link-btn" type="button" on:click=move |_| show()>
                        {words::SHOW_CHANGED}
                    </button>
                </Notice>
            }
        })
    });
    view! {
        <section class="card" aria-labelledby="told">
            <h2 id="told">{words::SETTINGS}</h2>
            {notice}
            <ActionForm action=save attr:class="form">
                <Failure failure=refused fields=&["quiet_from", "quiet_until", "digest"]/>
                <div class="form" on:input=move |_| changed_here.set(true)>
                    <Each
                        each=move || vec![version.get()]
                        key=|version| version.to_string()
                        children=move |_| view! { <Fields preferences=made_from.get_untracked() refused/> }
                    />
                </div>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=pending/>
                    <Done name="told" by_action=succeeded(save)/>
                </div>
            </ActionForm>
        </section>
        <Browser/>
    }
}

#[component]
fn Fields(preferences: Preferences, refused: Signal<Option<AppError>>) -> impl IntoView {
    let admin = use_role(Role::Admin).get_untracked();
    let rows = Category::met_by(admin).map(|category| view! { <Line category preferences=preferences.clone()/> }).collect_view();
    let columns: Vec<_> = [words::CATEGORY].into_iter().chain(Way::VARIANTS.iter().copied().map(words::way)).map(Column::text).collect();
    let clock = |minute: Option<u16>| minute.map(Quiet::clock).unwrap_or_default();
    let Preferences { quiet, sound, digest, .. } = preferences;
    let wrong = field_error(refused, "digest");
    let hours = (0..24_u8)
        .map(|hour| {
            view! {
                <option value=hour.to_string() selected=digest.is_some_and(|digest| digest.hour == hour)>
                    {Quiet::clock(u16::from(hour) * 60)}
                </option>
            }
        })
        .collect_view();
    view! {
        <Table columns>{rows}</Table>
        <div class="field">
            <label for="digest">{words::DIGEST}</label>
            <select class="input select" id="digest" name="digest" aria-describedby="digest-hint digest-error">
                <option value="" selected=digest.is_none()>
                    {words::NO_DIGEST}
                </option>
                {hours}
            </select>
            <p class="field-hint" id="digest-hint">
                {words::DIGEST_TEXT}
            </p>
            <FieldError id="digest-error" error=wrong/>
        </div>
        <Switch
            name="digest_texts"
            label=words::DIGEST_TEXTS
            text=words::DIGEST_TEXTS_TEXT
            on=digest.is_some_and(|digest| digest.texts)
        />
        <p class="muted">{words::QUIET_TEXT}</p>
        <div class="form-row">
            <Field id="quiet-from" name="quiet_from" kind="time" label=words::QUIET_FROM value=clock(quiet.map(|quiet| quiet.from)) error=field_error(refused, "quiet_from")/>
            <Field id="quiet-until" name="quiet_until" kind="time" label=words::QUIET_UNTIL value=clock(quiet.map(|quiet| quiet.until)) error=field_error(refused, "quiet_until")/>
        </div>
        <Switch name="sound" label=words::SOUND text=words::SOUND_TEXT on=sound/>
    }
}

#[component]
fn Line(category: Category, preferences: Preferences) -> impl IntoView {
    let locked = category.is_locked();
    let cells = Way::VARIANTS
        .iter()
        .copied()
        .map(|way| {
            view! {
                <td data-label=words::way(way)>
                    <input
                        type="checkbox"
                        name="wanted[]"
                        value=format!("{}.{}", category.into_str(), way.into_str())
                        checked=preferences.wants(category, way)
                        disabled=locked
                        aria-label=words::preference_label(category, way)
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
