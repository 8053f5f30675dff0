//! Types in the page: their names, their limits, their fields.

use leptos::prelude::*;
use serde_json::Value;

use super::{markdown, table, text};
use crate::api_words as words;
use plenum_ui::view;

/// The name of the schema that `value` refers to.
fn reference(value: &Value) -> Option<&str> {
    text(value, "$ref").strip_prefix("#/components/schemas/")
}

fn number(schema: &Value, field: &str) -> Option<u64> {
    schema.get(field).and_then(Value::as_u64)
}

fn array<'a>(schema: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    schema.get(field).and_then(Value::as_array).into_iter().flatten()
}

fn is_null(schema: &Value) -> bool {
    text(schema, "type") == "null"
}

/// What sort of value a schema allows, with links to types, in one line.
pub(super) fn kind(schema: &Value) -> AnyView {
    if let Some(name) = reference(schema) {
        return view! { <a href=format!("#type-{name}")>{name.to_owned()}</a> };
    }
    let choices: Vec<&Value> = array(schema, "oneOf").chain(array(schema, "anyOf")).collect();
    if !choices.is_empty() {
        let nullable = choices.iter().any(|choice| is_null(choice)).then_some(words::OR_NULL);
        let kinds = choices.into_iter().filter(|choice| !is_null(choice)).map(kind).collect_view();
        return view! { {kinds}{nullable} };
    }
    let (name, nullable) = match schema.get("type") {
        Some(Value::String(name)) => (name.as_str(), false),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            (names.iter().copied().find(|name| *name != "null").unwrap_or(words::ANYTHING), names.contains(&"null"))
        }
        _ => (words::ANYTHING, false),
    };
    let nullable = nullable.then_some(words::OR_NULL);
    if name == "array" {
        let item = schema.get("items").map(kind);
        return view! { {words::LIST_OF}{item}{nullable} };
    }
    view! { <code>{name.to_owned()}</code>{nullable} }
}

/// What a schema allows beyond its type: lengths, bounds, forms, values.
pub(super) fn limits(schema: &Value) -> Option<String> {
    let bound = |field| schema.get(field).filter(|bound| bound.is_number()).map(ToString::to_string);
    let values: Vec<String> = array(schema, "enum").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    let parts = [
        words::characters(number(schema, "minLength"), number(schema, "maxLength")),
        words::items(number(schema, "minItems"), number(schema, "maxItems")),
        words::range(bound("minimum"), bound("maximum")),
        schema.get("format").and_then(Value::as_str).filter(|format| !format.starts_with("int")).map(str::to_owned),
        (!values.is_empty()).then(|| format!("{}{}", words::ONE_OF, values.join(", "))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The type and what limits it, in a cell.
pub(super) fn cell(schema: &Value, optional: bool) -> AnyView {
    let notes: Vec<String> = limits(schema).into_iter().chain(optional.then(|| words::OPTIONAL.to_owned())).collect();
    let notes = (!notes.is_empty()).then(|| view! { <span class="muted">{notes.join(", ")}</span> });
    view! { <span class="api-type">{kind(schema)} " " {notes}</span> }
}

/// What a field is for; of one that may be null it stands with the other choice.
fn meaning(field: &Value) -> &str {
    let choices = array(field, "oneOf").chain(array(field, "anyOf"));
    [field].into_iter().chain(choices).map(|schema| text(schema, "description")).find(|meaning| !meaning.is_empty()).unwrap_or_default()
}

/// The fields of an object, or what else it is. References are followed.
pub(super) fn fields(api: &Value, schema: &Value, caption: &'static str) -> AnyView {
    if let Some(known) = reference(schema).and_then(|name| api.pointer(&format!("/components/schemas/{name}"))) {
        return fields(api, known, caption);
    }
    let parts: Vec<&Value> = array(schema, "allOf").chain([schema]).collect();
    let required: Vec<&str> = parts.iter().flat_map(|part| array(part, "required")).filter_map(Value::as_str).collect();
    let rows: Vec<[AnyView; 3]> = parts
        .iter()
        .filter_map(|part| part.get("properties").and_then(Value::as_object))
        .flatten()
        .map(|(name, field)| {
            let optional = !required.contains(&name.as_str());
            [view! { <code>{name.clone()}</code> }, cell(field, optional), markdown(meaning(field))]
        })
        .collect();
    let open = parts.iter().any(|part| part.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false)));
    let open = open.then(|| view! { <p class="muted">{words::OTHER_FIELDS}</p> });
    if rows.is_empty() {
        return view! { <p>{cell(schema, false)}</p>{open} };
    }
    view! { {table(caption, [words::NAME, words::TYPE, words::MEANING], rows)}{open} }
}

/// All types of the description.
pub(super) fn types(api: &Value) -> AnyView {
    let schemas = api.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    let cards = schemas
        .map(|(name, schema)| {
            let id = || format!("type-{name}");
            view! {
                <section class="card stack" aria-labelledby=id()>
                    <h3 id=id()>{name.clone()}</h3>
                    {markdown(text(schema, "description"))}
                    {fields(api, schema, words::TYPES)}
                </section>
            }
        })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="types">
            <h2 id="types">{words::TYPES}</h2>
            {cards}
        </section>
    }
}
