//! `GET /api/docs`: the description of the API as a page. Made once, on the server, from the same description that programs
//! get; it needs no script and nothing from elsewhere.

mod operation;
mod schema;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::HashedStylesheet;
use serde_json::Value;
use strum::VariantArray as _;

use crate::api_words as words;
use operation::Documented;
use plenum_ui::{
    page::theme::{self, Theme},
    view, words as shell,
};
use plenum_web::sign_ins;

/// No script runs here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page, in each theme.
#[derive(Clone)]
pub struct Docs(std::sync::Arc<[(Theme, String)]>);

impl Docs {
    /// Renders the description.
    pub fn render(api: &Value, options: &LeptosOptions) -> Self {
        let owner = Owner::new();
        let pages = owner.with(|| {
            // The marks that hydration looks for are for nobody here.
            let main = main(api).to_html().replace("<!>", "");
            Theme::VARIANTS.iter().copied().map(|theme| (theme, document(theme, options.clone(), &main))).collect()
        });
        Self(pages)
    }

    /// The page in the theme that the browser's cookie names.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let chosen = sign_ins::cookie(headers, theme::COOKIE).and_then(|word| word.parse::<Theme>().ok()).unwrap_or_default();
        let page = self.0.iter().find(|(theme, _)| *theme == chosen).map(|(_, page)| page.clone()).unwrap_or_default();
        let mut response = Html(page).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
        response
    }
}

fn document(theme: Theme, options: LeptosOptions, main: &str) -> String {
    let page = view! {
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content=theme.color_scheme()/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <title>{shell::page_title(words::TITLE, 0)}</title>
                <HashedStylesheet options/>
            </head>
            <body inner_html=main.to_owned()></body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The project's own Markdown, as the description carries it.
fn markdown(text: &str) -> AnyView {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(text));
    view! { <div class="md" inner_html=html></div> }
}

fn main(api: &Value) -> AnyView {
    let info = api.get("info").unwrap_or(&Value::Null);
    let version = format!("{} {}", text(info, "title"), text(info, "version"));
    let operations = Documented::all(api);
    let groups: Vec<(&str, &str, Vec<&Documented<'_>>)> = api
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|tag| (text(tag, "name"), text(tag, "description"), operations.iter().filter(|one| one.tag() == text(tag, "name")).collect()))
        .collect();
    let contents = groups
        .iter()
        .map(|(name, _, operations)| {
            let lines = operations.iter().map(|one| one.entry()).collect_view();
            view! {
                <h3>{(*name).to_owned()}</h3>
                <ul class="api-entries">{lines}</ul>
            }
        })
        .collect_view();
    let sections = groups
        .iter()
        .map(|(name, about, operations)| {
            let cards = operations.iter().map(|one| one.section(api)).collect_view();
            view! {
                <section class="stack" aria-labelledby=group_id(name)>
                    <h2 id=group_id(name)>{(*name).to_owned()}</h2>
                    {markdown(about)}
                    {cards}
                </section>
            }
        })
        .collect_view();
    view! {
        <a class="skip-link" href="#main">
            {shell::SKIP}
        </a>
        <div class="api">
            <nav class="api-contents" aria-labelledby="contents">
                <h2 id="contents">{words::CONTENTS}</h2>
                {contents}
                <h3>
                    <a href="#types">{words::TYPES}</a>
                </h3>
            </nav>
            <main id="main" tabindex="-1" class="stack">
                <header class="page-head">
                    <h1>{words::TITLE}</h1>
                    <span class="chip">{version}</span>
                </header>
                {markdown(text(info, "description"))}
                <p>
                    <a href="/api/openapi.json">{words::AS_JSON}</a>
                    " · "
                    <a href="/">{words::TO_PLENUM}</a>
                </p>
                {sections}
                {schema::types(api)}
            </main>
        </div>
    }
}

fn group_id(name: &str) -> String {
    format!("group-{}", name.to_lowercase())
}

/// A table whose columns are named; on a narrow screen each cell carries its column's name.
fn table(caption: &'static str, columns: [&'static str; 3], rows: Vec<[AnyView; 3]>) -> AnyView {
    let heads = columns.map(|column| view! { <th scope="col">{column}</th> }).into_iter().collect_view();
    let rows = rows
        .into_iter()
        .map(|[name, kind, meaning]| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label=columns[1]>{kind}</td>
                    <td>{meaning}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table api-table" aria-label=caption>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
