//! The types of the description by their names, so that a generator makes one class of each: utoipa writes some of them out where they are
//! used.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "/components/schemas";

/// Names what has a name, and leaves numbers without one.
pub(super) fn name(api: &mut Value) {
    let Some(schemas) = api.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) else { return };
    name_items(schemas);
    name_choices(schemas);
    // A field of the type `Millis`, an alias, refers to a component `i64`.
    if let Some(Value::Object(number)) = schemas.remove("i64") {
        put_in_place(api, "i64", &number);
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#{SCHEMAS}/{name}") })
}

/// The items of a `Page_Message` are messages.
fn name_items(schemas: &mut Map<String, Value>) {
    let pages: Vec<(String, String)> = schemas
        .keys()
        .filter_map(|page| page.split_once('_').map(|(_, item)| (page.clone(), item.to_owned())))
        .filter(|(_, item)| schemas.contains_key(item))
        .collect();
    for (page, item) in pages {
        if let Some(items) = schemas.get_mut(&page).and_then(|page| page.pointer_mut("/properties/data/items")) {
            *items = reference(&item);
        }
    }
}

/// An object inside of one of several choices, as `{"held": {"until": …}}` of `SeatState`, is a `SeatStateHeld`.
fn name_choices(schemas: &mut Map<String, Value>) {
    let mut named = Map::new();
    for (name, schema) in schemas.iter_mut() {
        let choices = schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
        for (field, inner) in choices.filter_map(|choice| choice.get_mut("properties")?.as_object_mut()).flatten() {
            if inner.get("properties").is_some() {
                let mut letters = field.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
                let inner_name: String = name.chars().chain(first).chain(letters).collect();
                let inner = std::mem::replace(inner, reference(&inner_name));
                named.insert(inner_name, inner);
            }
        }
    }
    schemas.extend(named);
}

/// Puts `schema` where `value` refers to the component `name`; what is said there stays.
fn put_in_place(value: &mut Value, name: &str, schema: &Map<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| put_in_place(item, name, schema)),
        Value::Object(fields) if fields.get("$ref") == reference(name).get("$ref") => {
            fields.remove("$ref");
            for (name, value) in schema {
                fields.entry(name).or_insert_with(|| value.clone());
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| put_in_place(field, name, schema)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_names() {
        let number = json!({ "type": "integer", "format": "int64" });
        let until = json!({ "$ref": "#/components/schemas/i64", "description": "When." });
        let held = json!({ "type": "object", "properties": { "until": until } });
        let mut api = json!({ "components": { "schemas": {
            "i64": number,
            "Seat": { "type": "object" },
            "Page_Seat": { "properties": { "data": { "type": "array", "items": { "type": "object" } } } },
            "SeatState": { "oneOf": [{ "enum": ["free"] }, { "properties": { "held": held } }] },
        } } });
        name(&mut api);
        let until = json!({ "type": "integer", "format": "int64", "description": "When." });
        assert_eq!(
            api,
            json!({ "components": { "schemas": {
                "Seat": { "type": "object" },
                "Page_Seat": { "properties": { "data": { "type": "array", "items": { "$ref": "#/components/schemas/Seat" } } } },
                "SeatState": { "oneOf": [{ "enum": ["free"] }, { "properties": { "held": { "$ref": "#/components/schemas/SeatStateHeld" } } }] },
                "SeatStateHeld": { "type": "object", "properties": { "until": until } },
            } } })
        );
    }
}
