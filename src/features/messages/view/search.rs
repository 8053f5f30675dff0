//! `/messages/search?q=`: what has been said, in all of one's conversations.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::parts::{back, when};
use crate::{
    app::{use_now, use_zone},
    features::messages::{api, model::Found},
    ids::Millis,
    strings::messages as words,
    ui::{EmptyState, Notice, memo, notice::Tone, time::Zone, view},
};

/// The results beside the list; without a question, what to do.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let asked = memo(move || query.with(|query| query.get("q")).unwrap_or_default().trim().to_owned());
    let (zone, now) = (use_zone().get_untracked(), use_now());
    let found = Resource::new_blocking(
        move || asked.get(),
        |asked| async move { if asked.is_empty() { Ok(None) } else { api::search(asked, None).await.map(Some) } },
    );
    let zone = StoredValue::new(zone);
    view! {
        <Title text=words::SEARCH/>
        <section class="pane pane-thread" aria-label=words::SEARCH>
            <header class="pane-head">
                {back()}
                <div class="pane-title"><h1><span class="cut">{move || words::results_for(&asked.get())}</span></h1></div>
            </header>
            <div class="only-narrow"><super::sidebar::SearchForm/></div>
            <Transition>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(None) => view! { <EmptyState icon="search" title=words::SEARCH_TITLE text=words::SEARCH_TEXT/> }.into_any(),
                        Ok(Some(hits)) if hits.is_empty() => {
                            view! { <EmptyState icon="search" title=words::nothing_found(&asked.get_untracked()) text=words::NOTHING_FOUND_TEXT/> }.into_any()
                        }
                        Ok(Some(hits)) => view! {
                            <p class="muted results-count" role="status">{words::found(hits.len())}</p>
                            <ol class="results">{zone.with_value(|zone| hits.iter().map(|hit| result(hit, zone, now)).collect_view())}</ol>
                        }
                        .into_any(),
                        Err(error) => view! { <div class="results"><Notice tone=Tone::Bad>{error.message}</Notice></div> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

fn result(hit: &Found, zone: &Zone, now: Millis) -> impl IntoView + use<> {
    let address = format!("/messages/{}?m={}#m{}", hit.conversation, hit.number, hit.number);
    let pieces = hit
        .excerpt
        .iter()
        .enumerate()
        .map(|(index, piece)| {
            let piece = piece.clone();
            if index % 2 == 1 { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
        })
        .collect_view();
    view! {
        <li>
            <a class="result" href=address>
                <span class="result-where">{hit.title.clone()}</span>
                {when(zone, hit.at, zone.short(hit.at, now))}
                <span class="result-text"><b>{hit.author.name.clone()}</b>" "{pieces}</span>
            </a>
        </li>
    }
}
