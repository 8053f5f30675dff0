//! The description of the public API, and that it is true.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use plenum_core::activity::Verb;
use reqwest::Method;
use serde_json::{Value, json};
use strum::VariantArray as _;

use super::{
    api::Program,
    server::{Server, client},
};

/// An operation of the description.
struct Operation {
    path: String,
    method: Method,
    about: Value,
}

impl Operation {
    /// The path with 1 for every id, but for the program's own token.
    fn address(&self) -> String {
        self.path.replace("tokens/{id}", "tokens/999999").replace("{id}", "1")
    }

    /// The scopes of which a token must have one; none if one may come without a token.
    fn scopes(&self) -> BTreeSet<String> {
        let security =
            self.about["security"].as_array().unwrap_or_else(|| panic!("{} {} says nothing of security", self.method, self.path));
        if security.iter().any(|one| one.as_object().unwrap().is_empty()) {
            return BTreeSet::new();
        }
        security.iter().flat_map(|one| one["token"].as_array().unwrap()).map(|scope| scope.as_str().unwrap().to_owned()).collect()
    }

    fn example(&self) -> Option<Value> {
        let content = &self.about["requestBody"]["content"];
        content["application/json"]["example"].as_object().map(|example| json!(example))
    }
}

async fn description(server: &Server) -> (Value, Vec<Operation>) {
    let response = server.get("/api/openapi.json").await;
    assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"application/json".parse().unwrap()));
    let api: Value = response.json().await.unwrap();
    let mut operations = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, about) in item.as_object().unwrap() {
            operations.push(Operation { path: path.clone(), method: method.to_uppercase().parse().unwrap(), about: about.clone() });
        }
    }
    (api, operations)
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Its shape: all references lead somewhere, names are unique, and every operation says what it does, who may, and what it answers.
#[tokio::test]
async fn the_description_is_whole() {
    let (api, operations) = description(&Server::start()).await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1."), "{}", api["openapi"]);
    assert_eq!(api["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let mut found = Vec::new();
    references(&api, &mut found);
    assert!(found.len() > 20);
    for name in api["components"]["schemas"].as_object().unwrap().keys() {
        assert!(name.starts_with(|first: char| first.is_ascii_uppercase()), "{name} is no name for a type");
    }
    for reference in found {
        assert!(api.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    let tags: HashSet<&Value> = api["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut names = HashSet::new();
    for Operation { path, method, about } in &operations {
        let name = about["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{name} is there twice");
        assert!(about["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{name} does not say what it does");
        assert!(tags.contains(&about["tags"][0]) && about["tags"].as_array().unwrap().len() == 1, "{name}: {}", about["tags"]);
        for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let parameters = about["parameters"].as_array().unwrap();
            assert!(
                parameters.iter().any(|parameter| parameter["name"] == part && parameter["in"] == "path" && parameter["required"] == true),
                "{name}: {part}"
            );
        }
        let answers = about["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('4')) {
            let answer = answer["$ref"].as_str().map_or(answer, |reference| api.pointer(&reference[1..]).unwrap());
            assert!(answer["content"]["application/problem+json"]["schema"]["$ref"].is_string(), "{name} {status}: {answer}");
        }
        if *method == Method::POST && path.starts_with("/api/v1/") && !path.contains("/broadcasting/") {
            let keyed = about["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
            assert!(keyed, "{name} takes no Idempotency-Key");
            // A key of another form is refused, so that is said; with the form.
            let key = about["parameters"].as_array().unwrap().iter().find(|one| one["name"] == "Idempotency-Key").unwrap();
            let form = json!({ "type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[A-Za-z0-9-]{8,64}$" });
            assert_eq!((&key["schema"], &key["required"]), (&form, &json!(false)), "{name}");
            assert!(answers.contains_key("422"), "{name} can refuse its Idempotency-Key");
        }
    }
}

/// It describes what is served: each path answers, to the methods that are described and to no others.
#[tokio::test]
async fn what_is_described_is_served() {
    let server = Server::start();
    let program = Program::of(&server, "ines", &["read", "write", "connect"]).await;
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in description(&server).await.1 {
        methods.entry(operation.path.clone()).or_default().insert(operation.method.to_string());
        let mut request =
            client().request(operation.method.clone(), format!("{}{}", server.url, operation.address())).bearer_auth(&program.token);
        if let Some(example) = operation.example() {
            request = request.json(&example);
        }
        let response = request.send().await.unwrap();
        let (status, kind) = (response.status().as_u16(), response.headers().get("content-type").cloned());
        // A thing that is not there is a problem too; a path that is not there is a page, or nothing.
        let nothing = status == 404 && kind.is_none_or(|kind| kind != "application/problem+json");
        assert!(status != 405 && !nothing, "{} {}: {status}", operation.method, operation.path);
        let described = operation.about["responses"].as_object().unwrap().contains_key(&status.to_string());
        assert!(described, "{} {} answers {status}, of which nothing is said", operation.method, operation.path);
    }
    for (path, methods) in methods {
        let response = client().request(Method::PATCH, format!("{}{}", server.url, path.replace("{id}", "1"))).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        let allowed = response.headers()["allow"].to_str().unwrap();
        let served: BTreeSet<String> =
            allowed.split(',').map(|method| method.trim().to_owned()).filter(|method| method != "HEAD").collect();
        assert_eq!(served, methods, "{path}");
    }
}

/// What an address says and what stands after its question mark are refused as a program can read it, like all else.
#[tokio::test]
async fn addresses_are_refused_in_problem_details() {
    let server = Server::start();
    let program = Program::of(&server, "ines", &["read"]).await;
    let ask = async |address: String| {
        let response = client().get(format!("{}{address}", server.url)).bearer_auth(&program.token).send().await.unwrap();
        let (status, kind) = (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap().to_owned());
        assert_eq!(kind, "application/problem+json", "{address}: {status}");
        (status, response.json::<Value>().await.unwrap())
    };
    let (mut ids, mut queries) = (0, 0);
    for Operation { path, about, .. } in description(&server).await.1.into_iter().filter(|operation| operation.method == Method::GET) {
        if !path.starts_with("/api/v1/") {
            continue;
        }
        if path.contains("{id}") {
            assert_eq!(ask(path.replace("{id}", "one")).await.0, 404, "{path}");
            ids += 1;
        }
        let parameters = about["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|one| one["in"] == "query" && one["schema"]["type"] == "integer") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let least = schema["minimum"].as_i64().unwrap_or_else(|| panic!("{path}: {name} has no bound"));
            for wrong in ["one".to_owned(), (least - 1).to_string(), "1.5".to_owned(), "9223372036854775808".to_owned()] {
                let (status, problem) = ask(format!("{}?{name}={wrong}", path.replace("{id}", "1"))).await;
                assert_eq!((status, problem["field"].as_str()), (422, Some(name)), "{path} {name}={wrong}: {problem}");
            }
            queries += 1;
        }
    }
    assert!(ids > 8 && queries > 5, "{ids} {queries}");
}

/// Enumerations list what is sent and taken; a form's empty field is as if it were not there, and so it is described.
#[tokio::test]
async fn enumerations_are_what_is_sent() {
    let server = Server::start();
    let program = Program::of(&server, "admin", &["read", "admin"]).await;
    let (api, operations) = description(&server).await;
    let verbs: Vec<&str> = Verb::VARIANTS.iter().map(|verb| verb.into_str()).collect();
    assert_eq!(api["components"]["schemas"]["Verb"]["enum"], json!(verbs));
    let mut empty = 0;
    for Operation { path, about, .. } in operations.iter().filter(|one| one.method == Method::GET && one.path.starts_with("/api/v1/")) {
        let parameters = about["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|one| one["in"] == "query") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            assert_eq!((&parameter["required"], &parameter["allowEmptyValue"]), (&json!(false), &json!(true)), "{path} {name}");
            assert!(schema["type"].is_string(), "{path} {name} is not one type: {schema}");
            let addresses = schema["enum"].as_array().into_iter().flatten().map(|value| value.as_str().unwrap()).chain([""]);
            for value in addresses {
                let address = path.trim_start_matches("/api/v1/").replace("{id}", "1");
                let (status, answer) = program.request(Method::GET, &format!("{address}?{name}={value}"), None, None).await;
                assert!(status == 200 || status == 404, "{path} {name}={value}: {status} {answer}");
            }
            empty += 1;
        }
    }
    assert!(empty > 20, "{empty}");
}

/// The scopes that it names are the ones that count, and its examples are bodies that are understood.
#[tokio::test]
async fn scopes_and_examples_are_true() {
    let server = Server::start();
    let all = ["read", "write", "connect", "manage", "admin"];
    let general = server.person("admin").await.general().await;
    // One token for each set of scopes: a person has fifty at the most.
    let mut programs: BTreeMap<Vec<&str>, Program> = BTreeMap::new();
    for scopes in (0..32).map(|set| all.into_iter().enumerate().filter(move |(bit, _)| set & (1 << bit) != 0).map(|(_, scope)| scope)) {
        let scopes: Vec<&str> = scopes.collect();
        if !scopes.is_empty() {
            programs.insert(scopes.clone(), Program::of(&server, "admin", &scopes).await);
        }
    }
    for operation in description(&server).await.1 {
        let scopes = operation.scopes();
        if scopes.is_empty() {
            continue;
        }
        let others: Vec<&str> = all.into_iter().filter(|scope| !scopes.contains(*scope)).collect();
        let wanted: Vec<&str> = all.into_iter().filter(|scope| scopes.contains(*scope)).collect();
        for (scopes, refused) in [(others, true), (wanted, false)] {
            let program = &programs[&scopes];
            let address = operation.path.replace("conversations/{id}", &format!("conversations/{general}")).replace("{id}", "999999");
            let mut request = client().request(operation.method.clone(), format!("{}{address}", server.url)).bearer_auth(&program.token);
            if let Some(example) = operation.example() {
                request = request.json(&example);
            }
            let response = request.send().await.unwrap();
            let (status, body) = (response.status().as_u16(), response.json::<Value>().await.unwrap_or(json!(null)));
            if refused {
                assert_eq!((status, &body["status"]), (403, &json!(403)), "{} {address} with {scopes:?}: {body}", operation.method);
            } else {
                assert!(status != 403 && body["field"] != "body", "{} {address} with {scopes:?}: {status} {body}", operation.method);
            }
        }
    }
}

/// The page is made of the same description: every operation and type is there under its anchor, every link of the contents leads
/// somewhere, no script runs, and the chosen colours count.
#[tokio::test]
async fn the_page_shows_all_of_it() {
    let server = Server::start();
    let (api, operations) = description(&server).await;
    let response = client().get(format!("{}/api/docs", server.url)).header("cookie", "theme=dark").send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"text/html; charset=utf-8".parse().unwrap()));
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("script-src"), "{policy}");
    let page = response.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\">"), "{}", &page[..200]);
    assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("http://") && page.contains("/pkg/plenum.css"));
    for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter_map(|link| link.strip_prefix('#')) {
        assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "#{link}");
    }
    for Operation { path, about, .. } in &operations {
        assert!(
            page.contains(&format!("<code>{path}</code>"))
                || page.contains(&format!(", {path}<"))
                || page.contains(&format!("<code>{path},")),
            "{path}"
        );
        assert!(page.contains(about["summary"].as_str().unwrap().trim_end_matches('.')), "{}", about["summary"]);
    }
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        assert!(page.contains(&format!("id=\"type-{name}\"")), "{name}");
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            assert!(page.contains(&format!("<code>{field}</code>")), "{name}: {field}");
        }
    }
    assert!(page.contains("1 to 8000 characters") && page.contains("A token with the scope write.") && page.contains("curl -X POST"));
}
