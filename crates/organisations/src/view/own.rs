//! `/admin/organisation`: what an organisation says of itself and how it looks, for its admins.

use leptos::prelude::*;

use crate::{
    api::{self, RemoveLogo, Say, SetColour},
    model::{ADDRESS_CHARS, OwnOrganisation, TEXT_CHARS},
    words,
};
use plenum_core::{error::AppError, live::Snapshot, look};
use plenum_directory::live::SettingsEvent;
use plenum_ui::{
    Notice, dynamic,
    forms::{Done, Failure, FieldError, Submit, Switch, failure, field_error, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, refusal, use_organisation},
    view,
};

/// What a field for colours shows where there is none of one's own: Plenum's.
const PLENUM: &str = "#0b6b5d";

/// The page.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let own = Resource::new_blocking(|| (), |()| api::own());
    view! {
        <AdminPage title=words::ORGANISATION>
            <Loaded from=own let:own>
                <Shown own/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Shown(own: Snapshot<OwnOrganisation>) -> impl IntoView {
    // What is typed stays; the forms show what was there when the page was opened.
    let first = own.state.clone();
    let Followed { shown, ended, .. } = Followed::new(own, api::own).on::<SettingsEvent>(use_organisation());
    view! {
        <Ended reason=ended/>
        <About shown/>
        <Says first/>
        <Colour shown/>
        <Logo shown/>
    }
}

#[component]
fn About(shown: RwSignal<OwnOrganisation>) -> impl IntoView {
    let people = move || shown.with(|own| words::people_of(own.people, own.limits.people));
    let messages = move || shown.with(|own| words::messages_of(own.messages_today, own.limits.messages_a_day));
    view! {
        <section class="card stack" aria-labelledby="about">
            <h2 id="about">{move || shown.with(|own| own.name.clone())}</h2>
            <p>
                <a href="/admin/people#organisation">{words::RENAME}</a>
            </p>
            <ul>
                <li>{people}</li>
                <li>{messages}</li>
            </ul>
            <p class="muted">{words::LIMITS_TEXT}</p>
        </section>
    }
}

/// A text of several lines.
#[component]
fn Text(
    /// Its name in the form, and its id.
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    /// Of the error, for `aria-describedby`.
    error_id: &'static str,
    rows: &'static str,
    most: u32,
    value: String,
    refused: Signal<Option<AppError>>,
) -> impl IntoView {
    let error = field_error(refused, name);
    let hint_id = format!("{name}-hint");
    let described_by = {
        let hint_id = hint_id.clone();
        move || if error.with(Option::is_some) { format!("{hint_id} {error_id}") } else { hint_id.clone() }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea class="input" dir="auto" id=name name=name rows=rows maxlength=most.to_string() aria-describedby=described_by>
                {value}
            </textarea>
            <p class="field-hint" id=hint_id>
                {hint}
            </p>
            <FieldError id=error_id error/>
        </div>
    }
}

#[component]
fn Says(first: OwnOrganisation) -> impl IntoView {
    let action = ServerAction::<Say>::new();
    let refused = failure(action);
    view! {
        <section class="card stack" aria-labelledby="says">
            <h2 id="says">{words::SAYS}</h2>
            <p class="muted">{words::SAYS_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure=refused fields=&["postal_address", "imprint", "privacy"]/>
                <Text
                    name="postal_address"
                    label=words::POSTAL_ADDRESS
                    hint=words::POSTAL_ADDRESS_HINT
                    error_id="postal_address-error"
                    rows="3"
                    most=ADDRESS_CHARS
                    value=first.postal_address
                    refused
                />
                <Text
                    name="imprint"
                    label=words::page(crate::model::PublicPage::Imprint)
                    hint=words::MARKDOWN_HINT
                    error_id="imprint-error"
                    rows="8"
                    most=TEXT_CHARS
                    value=first.imprint
                    refused
                />
                <Text
                    name="privacy"
                    label=words::page(crate::model::PublicPage::Privacy)
                    hint=words::MARKDOWN_HINT
                    error_id="privacy-error"
                    rows="8"
                    most=TEXT_CHARS
                    value=first.privacy
                    refused
                />
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="said" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Colour(shown: RwSignal<OwnOrganisation>) -> impl IntoView {
    let action = ServerAction::<SetColour>::new();
    let refused = failure(action);
    let error = field_error(refused, "colour");
    let hue = memo(move || shown.with(|own| own.look.hue));
    let fields = dynamic(move || {
        let hue = hue.get();
        view! {
            <Switch name="own" label=words::OWN_COLOUR text=words::OWN_COLOUR_TEXT on=hue.is_some()/>
            <div class="field">
                <label for="colour">{words::COLOUR}</label>
                <input
                    class="input"
                    id="colour"
                    name="colour"
                    type="color"
                    value=hue.map_or_else(|| PLENUM.to_owned(), look::swatch)
                    aria-describedby="colour-error"
                />
                <FieldError id="colour-error" error/>
            </div>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="colour-head">
            <h2 id="colour-head">{words::COLOUR}</h2>
            <p class="muted">{words::COLOUR_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure=refused fields=&["colour"]/>
                {fields}
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="colour" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Logo(shown: RwSignal<OwnOrganisation>) -> impl IntoView {
    let remove = ServerAction::<RemoveLogo>::new();
    let refused = refusal().filter(|refusal| refusal.action.is_none()).map(|refusal| refusal.message);
    let sending = RwSignal::new(false);
    let logo = memo(move || shown.with(|own| own.look.logo));
    let now = dynamic(move || {
        logo.get().map(|logo| {
            view! {
                <img class="logo" src=format!("/logo/{logo}") alt=words::LOGO_ALT/>
                <ActionForm action=remove>
                    <button class="btn" data-size="s" data-kind="danger" type="submit">
                        {words::LOGO_REMOVE}
                        <span class="visually-hidden">{words::of(words::LOGO)}</span>
                    </button>
                </ActionForm>
            }
        })
    });
    view! {
        <section class="card stack" id="logo" aria-labelledby="logo-head">
            <h2 id="logo-head">{words::LOGO}</h2>
            <Failure failure=failure(remove)/>
            {refused.map(|reason| view! { <Notice tone=Tone::Bad>{reason}</Notice> })}
            {now}
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action="/admin/organisation/logo"
                on:submit=move |_| sending.set(true)
            >
                <div class="field">
                    <label for="logo-file">{words::LOGO_FILE}</label>
                    <input
                        class="input"
                        id="logo-file"
                        name="picture"
                        type="file"
                        accept="image/jpeg,image/png,image/webp"
                        aria-describedby="logo-hint"
                        required
                    />
                    <p class="field-hint" id="logo-hint">
                        {words::LOGO_HINT}
                    </p>
                </div>
                <div class="form-actions">
                    <button class="btn" type="submit" aria-busy=move || sending.get().then_some("true")>
                        {words::LOGO_SEND}
                    </button>
                    <Done name="logo" by_action=succeeded(remove)/>
                </div>
            </form>
        </section>
    }
}
