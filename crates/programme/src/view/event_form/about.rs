//! What an event says, where and when it is.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use strum::VariantArray as _;

use super::Known;
use crate::{
    api::{
        organising as api,
        organising::{ChangeEvent, CreateEvent},
    },
    model::{ADDRESS_CHARS, DESCRIPTION_CHARS, EventForm, TITLE_CHARS, VENUE_CHARS},
    words,
};
use plenum_core::error::AppError;
use plenum_events::{model::events::Place, words as names};
use plenum_ui::{
    Field, dynamic, effect,
    forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    toast, use_hydrated, view,
};
use plenum_wallet::model::Currency;

/// The fields that show their own errors.
const FIELDS: &[&str] = &[
    "title",
    "description",
    "place",
    "venue",
    "address",
    "zone",
    "starts",
    "ends",
    "doors",
    "sales_from",
    "sales_until",
    "currency",
    "places_each",
];

type Refused = Signal<Option<AppError>>;

/// The form; `of` is the event that it changes, none for a new one.
#[component]
pub fn About(form: EventForm, zones: Vec<String>, key: String, of: Option<Known>, version: RwSignal<i64>) -> impl IntoView {
    match of {
        None => new(form, zones, key),
        Some(known) => change(form, zones, known, version),
    }
}

fn new(form: EventForm, zones: Vec<String>, key: String) -> AnyView {
    let create = ServerAction::<CreateEvent>::new();
    let refused = failure(create);
    let made = create.value();
    let navigate = use_navigate();
    effect(move |_| {
        if let Some(Ok(id)) = made.get() {
            navigate(&format!("/events/{id}/edit?done=created"), Default::default());
        }
    });
    view! {
        <section class="card" aria-labelledby="about">
            <h2 id="about">{words::ABOUT}</h2>
            <ActionForm action=create attr:class="form">
                <input type="hidden" name="key" value=key/>
                {fields(&form, zones, refused)}
                <div class="form-actions">
                    <Submit label=words::CREATE busy=create.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}

fn change(form: EventForm, zones: Vec<String>, known: Known, version: RwSignal<i64>) -> AnyView {
    let change = ServerAction::<ChangeEvent>::new();
    let refused = failure(change);
    let changed = change.value();
    effect(move |_| {
        if let Some(Ok(now)) = changed.get() {
            version.set(now);
            known.refresh();
        }
    });
    view! {
        <section class="card" aria-labelledby="about">
            <h2 id="about">{words::ABOUT}</h2>
            <ActionForm action=change attr:class="form">
                <input type="hidden" name="id" value=known.id.to_string()/>
                <input type="hidden" name="version" value=move || version.get().to_string()/>
                {fields(&form, zones, refused)}
                <div class="form-actions">
                    <Submit label=words::SAVE busy=change.pending()/>
                    <Done name="changed" by_action=succeeded(change)/>
                </div>
            </ActionForm>
        </section>
    }
}

fn most(chars: usize) -> u32 {
    u32::try_from(chars).unwrap_or(u32::MAX)
}

/// A choice of one; `options` are values and names.
fn choice(
    (name, error_id): (&'static str, &'static str),
    label: &'static str,
    chosen: &str,
    options: Vec<(String, String)>,
    refused: Refused,
) -> AnyView {
    let error = field_error(refused, name);
    let options = options
        .into_iter()
        .map(|(value, name)| view! { <option value=value.clone() selected=value == chosen>{name}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select class="input select" id=name name=name aria-describedby=move || error.with(Option::is_some).then_some(error_id)>
                {options}
            </select>
            <FieldError id=error_id error/>
        </div>
    }
}

/// A local time of the event's zone.
fn time(name: &'static str, label: &'static str, value: &str, hint: Option<&'static str>, refused: Refused) -> AnyView {
    let required = matches!(name, "starts" | "ends");
    let error = field_error(refused, name);
    match hint {
        Some(hint) => view! { <Field id=name name=name label kind="datetime-local" value=value.to_owned() hint error required/> },
        None => view! { <Field id=name name=name label kind="datetime-local" value=value.to_owned() error required/> },
    }
}

fn fields(form: &EventForm, zones: Vec<String>, refused: Refused) -> AnyView {
    let places: Vec<_> =
        Place::VARIANTS.iter().copied().map(|place| (place.into_str().to_owned(), names::place(place).to_owned())).collect();
    let currencies: Vec<_> = Currency::VARIANTS.iter().copied().map(|of| (of.code().to_owned(), of.code().to_owned())).collect();
    let zones = zones.into_iter().map(|zone| (zone.clone(), zone)).collect();
    view! {
        <Failure failure=refused fields=FIELDS/>
        <Field
            id="title"
            name="title"
            label=words::TITLE
            value=form.title.clone()
            autocomplete="off"
            maxlength=most(TITLE_CHARS)
            error=field_error(refused, "title")
            required=true
        />
        {description(&form.description, refused)}
        <div class="form-row">
            {choice(("place", "place-error"), words::PLACE, &form.place, places, refused)}
            <Field
                id="venue"
                name="venue"
                label=words::VENUE
                value=form.venue.clone()
                autocomplete="off"
                maxlength=most(VENUE_CHARS)
                hint=words::VENUE_HINT
                error=field_error(refused, "venue")
            />
        </div>
        <Field
            id="address"
            name="address"
            label=words::ADDRESS
            kind="url"
            value=form.address.clone()
            autocomplete="off"
            maxlength=most(ADDRESS_CHARS)
            hint=words::ADDRESS_HINT
            error=field_error(refused, "address")
        />
        {choice(("zone", "zone-error"), words::ZONE, &form.zone, zones, refused)}
        <div class="form-row">
            {time("starts", words::STARTS, &form.starts, None, refused)}
            {time("ends", words::ENDS, &form.ends, None, refused)}
            {time("doors", words::DOORS, &form.doors, Some(words::DOORS_HINT), refused)}
        </div>
        <div class="form-row">
            {time("sales_from", words::SALES_FROM, &form.sales_from, Some(words::SALES_FROM_HINT), refused)}
            {time("sales_until", words::SALES_UNTIL, &form.sales_until, Some(words::SALES_UNTIL_HINT), refused)}
        </div>
        <div class="form-row">
            {choice(("currency", "currency-error"), words::CURRENCY, &form.currency, currencies, refused)}
            <Field
                id="places_each"
                name="places_each"
                label=words::EACH
                kind="number"
                value=form.places_each.clone()
                error=field_error(refused, "places_each")
                required=true
            />
        </div>
    }
}

/// The description; where scripts run, with how it will look.
fn description(text: &str, refused: Refused) -> AnyView {
    let text = text.to_owned();
    let area = NodeRef::<html::Textarea>::new();
    let html = RwSignal::new(None::<String>);
    let hydrated = use_hydrated();
    let error = field_error(refused, "description");
    let look = move |_| {
        let Some(area) = area.get_untracked() else { return };
        let text = area.value();
        spawn_local(async move {
            match api::preview(text).await {
                Ok(rendered) => {
                    html.try_set(Some(rendered));
                }
                Err(error) => toast::show_error(error.message),
            }
        });
    };
    let button = dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <div class="form-actions">
                    <button class="btn" data-size="s" type="button" on:click=look>
                        {words::PREVIEW}
                    </button>
                </div>
            }
        })
    });
    let preview = dynamic(move || html.get().map(|html| view! { <div class="md quoted" dir="auto" role="status" inner_html=html></div> }));
    let described_by = move || if error.with(Option::is_some) { "description-hint description-error" } else { "description-hint" };
    view! {
        <div class="field">
            <label for="description">{words::DESCRIPTION}</label>
            <textarea
                dir="auto"
                class="input"
                id="description"
                name="description"
                rows="6"
                maxlength=DESCRIPTION_CHARS.to_string()
                aria-describedby=described_by
                node_ref=area
            >
                {text}
            </textarea>
            <p class="field-hint" id="description-hint">
                {words::DESCRIPTION_HINT}
            </p>
            <FieldError id="description-error" error/>
            {button}
            {preview}
        </div>
    }
}
