//! One operation in the page.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{markdown, schema, table, text};
use crate::api_words as words;
use plenum_ui::view;
use plenum_web::api::description::operations;

/// An operation, and where it is.
pub(super) struct Documented<'a> {
    path: &'a str,
    method: &'a str,
    about: Value,
    /// Other paths of the same operation.
    also_at: Vec<&'a str>,
}

impl<'a> Documented<'a> {
    /// All of a description. What is served at several paths is there once, at the shortest.
    pub(super) fn all(api: &'a Value) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let mut found: Vec<(&str, &str, &Map<String, Value>)> = operations(api).collect();
        found.sort_by_key(|(path, ..)| path.len());
        for (path, method, about) in found {
            let tail = |known: &Self| known.method == method && path.strip_suffix(known.path).is_some_and(|prefix| !prefix.is_empty());
            match all.iter_mut().find(|known| tail(known)) {
                Some(known) => known.also_at.push(path),
                None => all.push(Self { path, method, about: Value::Object(about.clone()), also_at: Vec::new() }),
            }
        }
        all.sort_by_key(|one| one.path);
        all
    }

    /// The group it belongs to.
    pub(super) fn tag(&self) -> &str {
        self.about.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default()
    }

    fn id(&self) -> String {
        text(&self.about, "operationId").to_owned()
    }

    fn title(&self) -> String {
        text(&self.about, "summary").trim_end_matches('.').to_owned()
    }

    /// Its line in the contents.
    pub(super) fn entry(&self) -> AnyView {
        view! {
            <li>
                <a href=format!("#{}", self.id())>{self.title()}</a>
            </li>
        }
    }

    /// All about it.
    pub(super) fn section(&self, api: &Value) -> AnyView {
        let (id, title) = (self.id(), self.title());
        let tone = match self.method {
            "get" => "good",
            "delete" => "bad",
            _ => "accent",
        };
        let also = (!self.also_at.is_empty()).then(|| {
            let paths = self.also_at.join(", ");
            view! { <p class="muted">{words::ALSO_AT} <code>{paths}</code></p> }
        });
        view! {
            <section class="card stack" id=id.clone() aria-labelledby=format!("{id}-title")>
                <h3 id=format!("{id}-title")>
                    <a href=format!("#{id}")>{title}</a>
                </h3>
                <p class="api-line">
                    <span class="chip" data-tone=tone>
                        {self.method.to_uppercase()}
                    </span>
                    <code>{self.path.to_owned()}</code>
                </p>
                {also}
                <p class="muted">{self.access()}</p>
                {self.details()}
                {self.parameters()}
                {self.body(api)}
                {self.answers(api)}
                {self.example()}
            </section>
        }
    }

    fn security(&self) -> impl Iterator<Item = &Value> {
        self.about.get("security").and_then(Value::as_array).into_iter().flatten()
    }

    fn access(&self) -> String {
        let scopes: Vec<&str> =
            self.security().filter_map(|one| one.get("token")?.as_array()).flatten().filter_map(Value::as_str).collect();
        let open = self.security().any(|one| one.as_object().is_some_and(Map::is_empty));
        match (scopes.is_empty(), open) {
            (true, _) => words::NO_TOKEN.to_owned(),
            (false, true) => words::TOKEN_OPTIONAL.to_owned(),
            (false, false) => words::scopes(&scopes),
        }
    }

    fn details(&self) -> Option<AnyView> {
        let details = text(&self.about, "description");
        (!details.is_empty()).then(|| markdown(details))
    }

    fn parameters(&self) -> Option<AnyView> {
        let parameters = self.about.get("parameters").and_then(Value::as_array).filter(|all| !all.is_empty())?;
        let rows = parameters
            .iter()
            .map(|parameter| {
                let (name, place) = (text(parameter, "name").to_owned(), words::place(text(parameter, "in")));
                let optional = parameter.get("required") != Some(&Value::Bool(true));
                let name = view! { <code>{name}</code> " " <span class="muted">{place}</span> };
                [name, schema::cell(parameter.get("schema").unwrap_or(&Value::Null), optional), markdown(text(parameter, "description"))]
            })
            .collect();
        Some(view! {
            <h4>{words::PARAMETERS}</h4>
            {table(words::PARAMETERS, [words::NAME, words::TYPE, words::MEANING], rows)}
        })
    }

    fn body(&self, api: &Value) -> Option<AnyView> {
        let content = self.about.pointer("/requestBody/content").and_then(Value::as_object)?;
        let kinds = content.keys().cloned().collect::<Vec<_>>().join(", ");
        let fields = content.values().next().and_then(|body| body.get("schema")).map(|body| schema::fields(api, body, words::BODY));
        Some(view! {
            <h4>{words::BODY} " " <span class="muted">{kinds}</span></h4>
            {fields}
        })
    }

    fn answers(&self, api: &Value) -> AnyView {
        let answers = self.about.get("responses").and_then(Value::as_object).into_iter().flatten();
        let rows = answers
            .map(|(status, answer)| {
                let answer =
                    answer.get("$ref").and_then(Value::as_str).and_then(|to| api.pointer(to.trim_start_matches('#'))).unwrap_or(answer);
                let body = answer.get("content").and_then(Value::as_object).and_then(|content| content.values().next()?.get("schema"));
                let body = body.map(schema::kind).unwrap_or_else(|| view! { <span>"–"</span> });
                [view! { <code>{status.clone()}</code> }, body, markdown(text(answer, "description"))]
            })
            .collect();
        view! {
            <h4>{words::ANSWERS}</h4>
            {table(words::ANSWERS, [words::STATUS, words::WITH, words::MEANING], rows)}
        }
    }

    fn example(&self) -> AnyView {
        let mut lines = vec![format!("curl -X {} https://plenum.example{}", self.method.to_uppercase(), self.path.replace("{id}", "1"))];
        if self.security().any(|one| one.get("token").is_some()) {
            lines.push(format!("-H \"authorization: Bearer {}\"", words::TOKEN));
        }
        let content = self.about.pointer("/requestBody/content").and_then(Value::as_object);
        let example = content.and_then(|content| Some((content.keys().next()?, content.values().next()?.get("example")?)));
        if let Some((kind, example)) = example {
            lines.push(format!("-H 'content-type: {kind}'"));
            lines.push(format!("-d '{example}'"));
        }
        let label = format!("{}: {}", words::EXAMPLE, self.title());
        view! {
            <h4>{words::EXAMPLE}</h4>
            <pre class="api-example" tabindex="0" role="group" aria-label=label>
                <code>{lines.join(" \\\n  ")}</code>
            </pre>
        }
    }
}
