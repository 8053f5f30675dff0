//! `/settings`: what people change about themselves.

mod access;
mod appearance;
mod email;
mod tokens;

use leptos::prelude::*;
use leptos_meta::Title;

use access::{ChangePassword, SignIns};
use appearance::Appearance;
use email::ChangeEmail;
use tokens::Tokens;

use super::forms::{Done, Failure, FieldError, Submit, Switch, failure, field_error, succeeded};
use super::second_factor::SecondFactorSection;
use crate::{api::own, words};
use plenum_core::people::Viewer;
use plenum_messages::view::BlockedPeople;
use plenum_ui::{
    Field, effect,
    page::{Loaded, Section, SectionTabs, fault_page, use_viewer_update},
    view,
};

/// `/settings`
#[component]
pub fn SettingsPage() -> impl IntoView {
    let profile = ServerAction::<own::UpdateProfile>::new();
    let privacy = ServerAction::<own::UpdatePrivacy>::new();
    let settings = Resource::new_blocking(|| (), |()| own::settings());
    let update_shell = use_viewer_update();
    // The frame around the page shows the new name, zone and privacy at once.
    let (profile_saved, privacy_saved) = (succeeded(profile), succeeded(privacy));
    effect(move |saved_before: Option<bool>| {
        let saved = profile_saved.get() || privacy_saved.get();
        if saved && saved_before == Some(false) {
            leptos::task::spawn_local(async move {
                if let Ok(settings) = own::settings().await {
                    update_shell.run(settings.viewer);
                }
            });
        }
        saved
    });
    let content = move |settings: own::OwnSettings| {
        // Which forms ask for a code changes with the section of the second factor.
        let second_factor = RwSignal::new(settings.second_factor);
        view! {
            <Title text=words::SETTINGS/>
            <main id="main" tabindex="-1" class="page" data-width="narrow">
                <header class="page-head">
                    <h1>{words::SETTINGS}</h1>
                </header>
                <SectionTabs section=Section::Settings/>
                <div class="stack">
                    <Profile viewer=settings.viewer.clone() zones=settings.zones action=profile/>
                    <PrivacyForm viewer=settings.viewer.clone() action=privacy/>
                    <BlockedPeople/>
                    <Appearance theme=settings.theme/>
                    <ChangeEmail email=settings.viewer.email.clone() pending=settings.pending_email mail=settings.mail second_factor/>
                    <ChangePassword email=settings.viewer.email.clone() second_factor/>
                    <SecondFactorSection on=second_factor/>
                    <SignIns sign_ins=settings.sign_ins/>
                    <Tokens second_factor/>
                </div>
            </main>
        }
    };
    view! { <Loaded from=settings fault=fault_page children=content/> }
}

#[component]
fn Profile(viewer: Viewer, zones: Vec<String>, action: ServerAction<own::UpdateProfile>) -> impl IntoView {
    let failure = failure(action);
    let (hue_error, zone_error) = (field_error(failure, "hue"), field_error(failure, "zone"));
    let chosen = viewer.zone.name;
    // Whoever has a zone that is no longer offered keeps it until they choose.
    let zones = if zones.contains(&chosen) { zones } else { std::iter::once(chosen.clone()).chain(zones).collect() };
    let options =
        zones.into_iter().map(|zone| view! { <option value=zone.clone() selected=zone == chosen>{zone.clone()}</option> }).collect_view();
    let swatches = words::COLOURS
        .into_iter()
        .zip(0_u8..)
        .map(|(name, hue)| {
            view! {
                <label data-hue=hue.to_string()>
                    <input type="radio" name="hue" value=hue.to_string() checked=hue == viewer.card.hue/>
                    <span class="visually-hidden">{name}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="profile">
            <h2 id="profile">{words::PROFILE}</h2>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["name", "hue", "zone"]/>
                <Field
                    id="name"
                    name="name"
                    label=words::NAME
                    value=viewer.card.name.clone()
                    hint=words::NAME_HINT
                    autocomplete="name"
                    maxlength=80
                    error=field_error(failure, "name")
                    required=true
                />
                <fieldset class="swatches" aria-describedby="hue-error">
                    <legend>{words::COLOUR}</legend>
                    {swatches}
                    <FieldError id="hue-error" error=hue_error/>
                </fieldset>
                <div class="field">
                    <label for="zone">{words::ZONE}</label>
                    <select class="input select" id="zone" name="zone" aria-describedby="zone-error">
                        {options}
                    </select>
                    <FieldError id="zone-error" error=zone_error/>
                </div>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="profile" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn PrivacyForm(viewer: Viewer, action: ServerAction<own::UpdatePrivacy>) -> impl IntoView {
    let failure = failure(action);
    let privacy = viewer.privacy;
    view! {
        <section class="card" aria-labelledby="privacy">
            <h2 id="privacy">{words::PRIVACY}</h2>
            <ActionForm action attr:class="form">
                <Failure failure/>
                <div class="lines">
                    <Switch name="show_presence" label=words::SHOW_PRESENCE text=words::SHOW_PRESENCE_TEXT on=privacy.show_presence/>
                    <Switch name="send_typing" label=words::SEND_TYPING text=words::SEND_TYPING_TEXT on=privacy.send_typing/>
                    <Switch name="send_read_marks" label=words::SEND_READ_MARKS text=words::SEND_READ_MARKS_TEXT on=privacy.send_read_marks/>
                </div>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="privacy" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}
