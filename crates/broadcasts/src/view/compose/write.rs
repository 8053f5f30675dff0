//! The first step: what it says, to whom and when. [`timing`] has the fields of when and how often, [`variants`] those of what is compared.

mod timing;
mod variants;

use leptos::prelude::*;
use leptos_router::components::Form;
use strum::VariantArray as _;

use crate::{
    model::{Letter, TEXT_CHARS, TITLE_CHARS, Template},
    words as names,
    words::compose as words,
};
use plenum_core::{error::AppError, ids::ConversationId, people::Role};
use plenum_directory::words::role as role_name;
use plenum_ui::{
    Field,
    forms::{Failure, FieldError, field_error},
    view,
};

/// The fields that show their own errors.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "audience", "email", "at", "repeat", "until", "times", "sample", "hours", "measure", "recipient",
    "title", "text", "link", "weight", "title_b", "text_b", "link_b", "weight_b",
    "title_c", "text_c", "link_c", "weight_c", "title_d", "text_d", "link_d", "weight_d",
];

type Refused = Signal<Option<AppError>>;

/// The form.
#[component]
pub(super) fn Write(
    rooms: Vec<(ConversationId, String)>,
    templates: Vec<Template>,
    letter: Letter,
    recipient: String,
    refused: Refused,
) -> impl IntoView {
    let begin = (!templates.is_empty()).then(|| {
        let links = templates
            .into_iter()
            .map(|template| {
                let href = format!("/admin/broadcasts/new?template={}", template.id);
                view! {
                    <a class="btn" data-size="s" href=href>
                        {template.name}
                    </a>
                }
            })
            .collect_view();
        view! {
            <div class="form-actions">
                <span class="muted">{words::BEGIN_WITH}</span>
                {links}
            </div>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="write">
            <h2 id="write">{names::NEW}</h2>
            {begin}
            <Form method="GET" action="/admin/broadcasts/new" attr:class="form">
                <Failure failure=refused fields=FIELDS/>
                {audience(rooms, &letter, refused)}
                {first_variant(&letter, refused)}
                {variants::other_variants(&letter, refused)}
                {timing::timing(&letter, refused)}
                {timing::repetition(&letter, refused)}
                <Field
                    id="recipient"
                    name="recipient"
                    label=words::RECIPIENT
                    kind="email"
                    value=recipient
                    autocomplete="off"
                    hint=words::RECIPIENT_HINT
                    error=field_error(refused, "recipient")
                />
                <div class="form-actions">
                    <button class="btn" data-kind="primary" type="submit">
                        {words::PREVIEW}
                    </button>
                </div>
            </Form>
        </section>
    }
}

/// An option of a choice, chosen if it is what stands in the field.
fn option(chosen: &str, value: String, name: String) -> AnyView {
    let selected = value == chosen;
    view! {
        <option value=value selected=selected>
            {name}
        </option>
    }
}

/// A choice of one.
fn choice(
    (id, error_id): (&'static str, &'static str),
    label: &'static str,
    options: AnyView,
    hint: Option<&'static str>,
    refused: Refused,
) -> AnyView {
    let error = field_error(refused, id);
    let hint_id = format!("{id}-hint");
    let about = hint.map(|_| hint_id.clone());
    let described_by = move || {
        let wrong = error.with(Option::is_some).then(|| error_id.to_owned());
        let ids: Vec<String> = about.clone().into_iter().chain(wrong).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="input select" id=id name=id aria-describedby=described_by>
                {options}
            </select>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <FieldError id=error_id error/>
        </div>
    }
}

fn audience(rooms: Vec<(ConversationId, String)>, letter: &Letter, refused: Refused) -> AnyView {
    let chosen = letter.get("audience");
    let single = [("everyone", names::EVERYONE), ("person", words::ONE_PERSON)];
    let single: Vec<AnyView> = single.into_iter().map(|(value, name)| option(chosen, value.to_owned(), name.to_owned())).collect();
    let roles: Vec<AnyView> = Role::VARIANTS
        .iter()
        .copied()
        .map(|role| option(chosen, format!("role:{}", role.into_str()), role_name(role).to_owned()))
        .collect();
    let rooms: Vec<AnyView> = rooms.into_iter().map(|(id, name)| option(chosen, format!("room:{id}"), name)).collect();
    let rooms = (!rooms.is_empty()).then(|| view! { <optgroup label=words::ROOMS>{rooms}</optgroup> });
    let options = view! {
        {single}
        <optgroup label=words::ROLES>{roles}</optgroup>
        {rooms}
    };
    view! {
        <div class="form-row">
            {choice(("audience", "audience-error"), words::AUDIENCE, options, None, refused)}
            <Field
                id="email"
                name="email"
                label=words::EMAIL
                kind="email"
                value=letter.get("email")
                autocomplete="off"
                hint=words::EMAIL_HINT
                error=field_error(refused, "email")
            />
        </div>
    }
}

fn most(chars: usize) -> u32 {
    u32::try_from(chars).unwrap_or(u32::MAX)
}

/// The text of a variant.
fn text_area(name: &'static str, label: String, text: &str, refused: Refused) -> AnyView {
    let error = field_error(refused, name);
    let error_id: &'static str = match name {
        "text_b" => "text_b-error",
        "text_c" => "text_c-error",
        "text_d" => "text_d-error",
        _ => "text-error",
    };
    let text = text.to_owned();
    let described_by = move || if error.with(Option::is_some) { format!("text-hint {error_id}") } else { "text-hint".to_owned() };
    let hint = (name == "text").then(|| view! { <p class="field-hint" id="text-hint">{words::TEXT_HINT}</p> });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea class="input" dir="auto" id=name name=name rows="3" maxlength=TEXT_CHARS.to_string() aria-describedby=described_by>
                {text}
            </textarea>
            {hint}
            <FieldError id=error_id error/>
        </div>
    }
}

fn first_variant(entered: &Letter, refused: Refused) -> AnyView {
    view! {
        <Field
            id="title"
            name="title"
            label=words::TITLE
            value=entered.get("title")
            autocomplete="off"
            maxlength=most(TITLE_CHARS)
            hint=words::title_hint()
            error=field_error(refused, "title")
            required=true
        />
        {text_area("text", words::TEXT.to_owned(), entered.get("text"), refused)}
        <Field
            id="link"
            name="link"
            label=words::LINK
            value=entered.get("link")
            autocomplete="off"
            maxlength=200
            hint=words::LINK_HINT
            error=field_error(refused, "link")
        />
    }
}

/// True if something stands in one of the fields, or is wrong with it: then it is not folded away.
fn is_used(entered: &Letter, refused: Refused, mut fields: impl Iterator<Item = &'static str>) -> bool {
    let wrong = refused.with_untracked(|refused| refused.as_ref().and_then(|error| error.field.clone()));
    fields.any(|field| !entered.get(field).is_empty() || wrong.as_deref() == Some(field))
}
