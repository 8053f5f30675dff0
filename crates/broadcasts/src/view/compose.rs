//! `/admin/broadcasts/new`: what a broadcast says, and then how it looks and to how many it goes.
//!
//! The first step ([`write`](mod@write)) is a question (GET): what was entered stands in the address, and the page shows it as one of
//! the recipients would see it, or what is wrong with it. Only what was shown so can be sent ([`send`]). Both steps work without scripts.

mod send;
mod write;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

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
    page::{AdminPage, FaultWithin},
    view,
};
use send::Send;
use write::Write;

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    /// The fields.
    letter: Letter,
    /// For whom it is to be shown.
    recipient: String,
    /// The template that it begins with.
    template: Option<TemplateId>,
    /// It is to be shown.
    is_asked: bool,
}

/// A new one.
#[component]
pub fn NewBroadcastPage() -> impl IntoView {
    let query = use_query_map();
    let asked: Memo<Asked> = memo(move || {
        query.with(|query| Asked {
            letter: Letter::of(|name| query.get_str(name).map(ToOwned::to_owned)),
            recipient: query.get_str("recipient").unwrap_or_default().to_owned(),
            template: query.get_str("template").and_then(|id| id.parse().ok()),
            is_asked: query.get_str("title").is_some(),
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
    let content = move || {
        Suspend::new(async move {
            match answers.await {
                Ok((desk, preview)) => view! { <Steps desk preview asked=asked.get_untracked()/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    let actions = view! {
                    <a class="btn" href="/admin/broadcasts">
                        {words::ALL}
                    </a>
    };
    view! {
        <AdminPage title=words::NEW actions>
                <Transition>{content}</Transition>
        </AdminPage>
    }
}

#[component]
fn Steps(desk: Desk, preview: Option<Result<Preview, AppError>>, asked: Asked) -> impl IntoView {
    let Desk { rooms, templates, key } = desk;
    let Asked { letter, recipient, template, is_asked } = asked;
    let (preview, refused) = match preview {
        None => (None, None),
        Some(Ok(preview)) => (Some(preview), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let send = preview.map(|preview| view! { <Send preview letter=letter.clone() key/> });
    let letter = match template.and_then(|id| templates.iter().find(|known| known.id == id)) {
        Some(template) if !is_asked => begun_with(&letter, template),
        _ => letter,
    };
    view! {
        {send}
        <Write rooms templates letter recipient refused=Signal::stored(refused)/>
    }
}

/// `letter` with what a template says.
fn begun_with(letter: &Letter, template: &Template) -> Letter {
    Letter::of(|name| {
        let text = match name {
            "title" => template.title.as_str(),
            "text" => template.text.as_str(),
            "link" => template.link.as_str(),
            name => letter.get(name),
        };
        Some(text.to_owned())
    })
}
