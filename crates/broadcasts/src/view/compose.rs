//! `/admin/broadcasts/new`: what a broadcast says, and then how it looks and to how many it goes.
//!
//! The first step ([`write`](mod@write)) is a question (GET): what was entered stands in the address, and the page shows it as one of
//! the recipients would see it, or what is wrong with it. The second ([`send`]) sends what it shows, and no form stands beside it whose
//! text could be another; its link back leads to the form. Both steps work without scripts.

mod send;
mod write;

use leptos::prelude::*;

use crate::{
    api,
    model::{Desk, Letter, Preview, Template},
    words,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::TemplateId,
};
use plenum_ui::{
    memo,
    page::{AdminPage, Loaded},
    redirect::encoded,
    use_query, view,
};
use send::Send;
use write::Write;

/// The parameter with which the form comes back as it was filled in.
const CHANGE: &str = "change";

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    /// The fields.
    letter: Letter,
    /// For whom it is to be shown.
    recipient: String,
    /// The template that it begins with.
    template: Option<TemplateId>,
    /// It is to be shown as recipients will see it.
    is_asked: bool,
    /// What was entered is to be changed.
    is_changed: bool,
}

/// A new one.
#[component]
pub fn NewBroadcastPage() -> impl IntoView {
    let query = use_query();
    let asked: Memo<Asked> = memo(move || {
        query.with(|query| Asked {
            letter: Letter::from_fields(|name| query.get_str(name).map(ToOwned::to_owned)),
            recipient: query.get_str("recipient").unwrap_or_default().to_owned(),
            template: query.get_str("template").and_then(|id| id.parse().ok()),
            is_asked: query.get_str("title").is_some() && query.get_str(CHANGE).is_none(),
            is_changed: query.get_str(CHANGE).is_some(),
        })
    });
    let answers = Resource::new_blocking(
        move || asked.get(),
        |Asked { letter, recipient, is_asked, .. }| async move {
            let desk = api::desk().await?;
            let preview = if is_asked { Some(api::preview(recipient, letter).await) } else { None };
            AppResult::Ok((desk, preview))
        },
    );
    let content = move |(desk, preview)| view! { <Steps desk preview asked=asked.get_untracked()/> };
    let actions = view! {
                    <a class="btn" href="/admin/broadcasts">
                        {words::ALL}
                    </a>
    };
    view! {
        <AdminPage title=words::NEW actions>
                <Loaded from=answers children=content/>
        </AdminPage>
    }
}

#[component]
fn Steps(desk: Desk, preview: Option<Result<Preview, AppError>>, asked: Asked) -> impl IntoView {
    let Desk { rooms, templates, key } = desk;
    let Asked { letter, recipient, template, is_asked, is_changed } = asked;
    let refused = match preview {
        Some(Ok(preview)) => {
            let back = address_to_change(&letter, &recipient);
            return view! { <Send preview letter back key/> }.into_any();
        }
        Some(Err(error)) => Some(error),
        None => None,
    };
    let letter = match template.and_then(|id| templates.iter().find(|known| known.id == id)) {
        Some(template) if !is_asked && !is_changed => begun_with(&letter, template),
        _ => letter,
    };
    view! { <Write rooms templates letter recipient refused=Signal::stored(refused)/> }.into_any()
}

/// The address of the form with what was entered.
fn address_to_change(letter: &Letter, recipient: &str) -> String {
    let fields = letter.iter().chain([("recipient", recipient)]).filter(|(_, text)| !text.is_empty());
    let query: Vec<String> = fields.map(|(name, text)| format!("{name}={}", encoded(text))).collect();
    format!("/admin/broadcasts/new?{CHANGE}=true&{}", query.join("&"))
}

/// `letter` with what a template says.
fn begun_with(letter: &Letter, template: &Template) -> Letter {
    Letter::from_fields(|name| {
        let text = match name {
            "title" => template.title.as_str(),
            "text" => template.text.as_str(),
            "link" => template.link.as_str(),
            name => letter.get(name),
        };
        Some(text.to_owned())
    })
}
