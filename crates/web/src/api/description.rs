//! What stands around the endpoints in `GET /api/openapi.json`: what the API is, how one comes in,
//! and what all of its answers have in common.

mod types;

use serde_json::{Map, Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::problem::ProblemDetails;

/// The whole, without the features' endpoints.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plenum",
        description = "The public JSON API of a live place: what its people do in their browsers, programs do here, and everyone sees it at once.\n\n\
            A program sends a token of its person with every request (`Authorization: Bearer …`). It makes one with `POST /api/v1/tokens`, or its \
            person makes one in the settings. No cookie counts here.\n\n\
            A list is `{data, next}`: `next` is sent back as `after` or `before`, and is null on the last page. A parameter of a query that is \
            left empty is as if it were not there. Times are milliseconds since 1970, UTC. An error is problem details (RFC 9457); its `field` \
            names the input that is meant.\n\n\
            Every POST may carry an `Idempotency-Key` of 8 to 64 letters, digits or hyphens: the same request with the same key again has no \
            second effect and gets the same answer; with another body or path it is 422. A key is kept for 24 hours; a message's for ever, apart \
            from the others.\n\n\
            Live changes come over a WebSocket at `/app/{key}` in the Pusher Channels protocol, which pusher-js, Laravel Echo and the other SDKs \
            speak; the endpoints under Sockets sign for it. External applications publish with the Pusher HTTP API under `/apps/{app_id}/…`, \
            which its SDKs know and which is not described here."
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "Tokens", description = "What a program asks with."),
        (name = "Conversations", description = "Rooms, groups and direct conversations, and what is said in them."),
        (name = "People", description = "Who is there."),
        (name = "Inbox", description = "What concerns one."),
        (name = "Broadcasts", description = "What the institution tells its people."),
        (name = "Wallet", description = "What one has, and how it moves. Amounts are whole minor units: 2500 is 25.00."),
        (name = "Orders", description = "What is bought of an event: paying, promo codes, refunds."),
        (name = "Events", description = "Events, their ticket types and seat plans, and what is left."),
        (name = "Box office", description = "Places and who holds them, tickets and who comes in."),
        (name = "Activity", description = "What happened that one may see, and the audit log."),
        (name = "Sockets", description = "Plenum's own people on Pusher's clients. These endpoints take a form, as SDKs send it, or JSON; \
            in the pages of this site a cookie counts too."),
        (name = "Operation", description = "How the server is."),
    ),
    components(schemas(ProblemDetails)),
    modifiers(&Bearer)
)]
pub struct Plenum;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A token. Its scopes: `read` sees what its person sees, `write` does what they may do, `connect` opens sockets, `manage` acts on \
             what is others': their orders, events that its person runs, broadcasts; `admin` does what they may as an admin.",
        ));
        api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    }
}

/// The description as it is sent: with the refusals that all endpoints share, and without notes for those who work on Plenum.
pub fn complete(api: &utoipa::openapi::OpenApi) -> Value {
    let mut api = serde_json::to_value(api).unwrap_or_default();
    for (_, _, operation) in operations_mut(&mut api) {
        allow_empty_values(operation);
        share_refusals(operation);
    }
    if let Some(components) = api.get_mut("components").and_then(Value::as_object_mut) {
        let refusals = REFUSALS.map(|(status, _, description)| (status.to_owned(), problem(description)));
        components.insert("responses".to_owned(), Value::Object(Map::from_iter(refusals)));
    }
    types::name(&mut api);
    without_notes(&mut api);
    api
}

/// [`Query`](super::Query) leaves out what is left empty.
fn allow_empty_values(operation: &mut Map<String, Value>) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
    for parameter in parameters.filter(|one| one["in"] == "query" && one["required"] != true) {
        parameter["allowEmptyValue"] = Value::Bool(true);
    }
}

/// Whether an operation has a refusal.
type Applies = fn(&Map<String, Value>) -> bool;

/// Refusals of many endpoints: the status, which operations have it, what it says.
const REFUSALS: [(&str, Applies, &str); 5] = [
    ("401", needs_token, "There is no valid token."),
    ("403", needs_token, "The token lacks the scope, or its person the right."),
    ("413", takes_body, "The body is longer than 256 KiB."),
    ("422", takes_input, "The input is not acceptable; `field` names it."),
    ("429", |operation| needs_token(operation) || takes_input(operation), "Too often; `Retry-After` says in how many seconds again."),
];

fn needs_token(operation: &Map<String, Value>) -> bool {
    let security = operation.get("security").and_then(Value::as_array);
    security.is_some_and(|all| !all.is_empty() && all.iter().all(|one| one.get("token").is_some()))
}

fn takes_body(operation: &Map<String, Value>) -> bool {
    operation.contains_key("requestBody")
}

/// A body, something to look for, or a header such as `Idempotency-Key`.
fn takes_input(operation: &Map<String, Value>) -> bool {
    let asks =
        |parameters: &Value| parameters.as_array().is_some_and(|all| all.iter().any(|one| one["in"] == "query" || one["in"] == "header"));
    operation.contains_key("requestBody") || operation.get("parameters").is_some_and(asks)
}

fn problem(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/ProblemDetails" });
    json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
}

fn share_refusals(operation: &mut Map<String, Value>) {
    let shared = REFUSALS.iter().filter(|(_, applies, _)| applies(operation)).map(|(status, ..)| *status).collect::<Vec<_>>();
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, answer) in answers.iter_mut() {
        if status.starts_with(['4', '5']) && answer.get("content").is_none() {
            *answer = problem(answer.get("description").and_then(Value::as_str).unwrap_or_default());
        }
    }
    for status in shared {
        answers.entry(status).or_insert_with(|| json!({ "$ref": format!("#/components/responses/{status}") }));
    }
}

/// The operations of a description: path, method, operation.
pub fn operations(api: &Value) -> impl Iterator<Item = (&str, &str, &Map<String, Value>)> {
    let paths = api.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter_map(move |(method, operation)| Some((path.as_str(), method.as_str(), operation.as_object()?)))
    })
}

fn operations_mut(api: &mut Value) -> impl Iterator<Item = (&str, &str, &mut Map<String, Value>)> {
    let paths = api.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.filter_map(move |(method, operation)| Some((path.as_str(), method.as_str(), operation.as_object_mut()?)))
    })
}

/// Takes the numbers of invariants out of the texts, which are comments of the code.
fn without_notes(value: &mut Value) {
    match value {
        Value::String(text) => {
            while let Some(start) = text.find(" (I").filter(|start| text[start + 3..].starts_with(|c: char| c.is_ascii_digit())) {
                let Some(end) = text[start..].find(')') else { break };
                text.replace_range(start..=start + end, "");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_notes),
        Value::Object(fields) => fields.values_mut().for_each(without_notes),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_left_out() {
        let mut value = json!({ "a": ["1, 2, 3… without gaps (I7).", "once (I6, I8)", "(I am) kept (If so)"] });
        without_notes(&mut value);
        assert_eq!(value, json!({ "a": ["1, 2, 3… without gaps.", "once", "(I am) kept (If so)"] }));
    }

    /// Who needs a token is told of 401 and 403; who may come without is not; what an endpoint says itself stays.
    #[test]
    fn refusals_are_shared() {
        let mut operation = json!({ "security": [{ "token": ["read"] }], "responses": { "403": { "description": "Own words." } } });
        share_refusals(operation.as_object_mut().unwrap());
        assert_eq!(operation["responses"]["401"]["$ref"], "#/components/responses/401");
        assert_eq!(operation["responses"]["403"], problem("Own words."));
        let mut open = json!({ "security": [{}, { "token": [] }], "responses": {} });
        share_refusals(open.as_object_mut().unwrap());
        assert_eq!(open["responses"], json!({}));
        // Whatever reads a key can refuse it, with a body or without.
        let mut keyed = json!({ "parameters": [{ "name": "Idempotency-Key", "in": "header" }], "responses": {} });
        share_refusals(keyed.as_object_mut().unwrap());
        assert_eq!(keyed["responses"]["422"]["$ref"], "#/components/responses/422");
        assert!(keyed["responses"].get("413").is_none());
        let mut sent = json!({ "requestBody": {}, "responses": {} });
        share_refusals(sent.as_object_mut().unwrap());
        assert_eq!(sent["responses"]["413"]["$ref"], "#/components/responses/413");
    }
}
