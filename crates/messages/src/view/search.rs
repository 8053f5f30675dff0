//! `/messages/search?q=`: what has been said, in all of one's conversations. Older hits are added
//! below; without scripts `&before=` leads to a page of them.

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;

use super::parts::{back, when};
use crate::{
    api,
    model::{Found, HITS},
    words,
};
use plenum_core::{
    error::AppError,
    ids::{MessageId, Millis},
    time::Zone,
};
use plenum_ui::{
    EmptyState, Notice, browser, memo,
    notice::Tone,
    page::{Loaded, use_now, use_zone},
    redirect::encoded,
    use_query, view,
};

/// The results beside the list; without a question, what to do.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || query.with(|query| query.get("q")).unwrap_or_default().trim().to_owned());
    let (zone, now) = (use_zone().get_untracked(), use_now());
    let before = memo(move || query.with(|query| query.get("before").and_then(|id| id.parse::<MessageId>().ok())));
    let found = Resource::new_blocking(
        move || (asked.get(), before.get()),
        |(asked, before)| async move { if asked.is_empty() { Ok(None) } else { api::search(asked, before).await.map(Some) } },
    );
    let zone = StoredValue::new(zone);
    let content = move |found: Option<Vec<Found>>| match found {
        None => view! { <EmptyState icon="search" title=words::SEARCH_TITLE text=words::SEARCH_TEXT/> },
        Some(hits) if hits.is_empty() => {
            view! { <EmptyState icon="search" title=words::nothing_found(&asked.get_untracked()) text=words::NOTHING_FOUND_TEXT/> }
        }
        Some(hits) => {
            let (asked, older) = (asked.get_untracked(), before.get_untracked().is_some());
            view! { <Results first=hits asked older zone now/> }
        }
    };
    let fault = |error: AppError| view! { <div class="results"><Notice tone=Tone::Bad>{error.message}</Notice></div> };
    view! {
        <Title text=words::SEARCH/>
        <section class="pane pane-thread" aria-label=words::SEARCH>
            <header class="pane-head">
                {back()}
                <div class="pane-title"><h1><span class="cut">{move || words::results_for(&asked.get())}</span></h1></div>
            </header>
            <div class="only-narrow"><super::sidebar::SearchForm/></div>
            <Loaded from=found fault children=content/>
        </section>
    }
}

/// The hits of `asked`, newest first, and a way to older ones.
#[component]
fn Results(first: Vec<Found>, asked: String, older: bool, zone: StoredValue<Zone>, now: Millis) -> impl IntoView {
    let more = RwSignal::new(first.len() == HITS);
    let hits = RwSignal::new(first);
    let loading = RwSignal::new(false);
    let problem = RwSignal::new(None::<AppError>);
    let here = format!("/messages/search?q={}", encoded(&asked));
    let next = {
        let here = here.clone();
        move || hits.with(|hits| hits.last().map(|last| format!("{here}&before={}", last.message)))
    };
    let load = move |event: ev::MouseEvent| {
        event.prevent_default();
        let Some(last) = hits.with_untracked(|hits| hits.last().map(|last| last.message)).filter(|_| !loading.get_untracked()) else {
            return;
        };
        loading.set(true);
        let asked = asked.clone();
        spawn_local(async move {
            match api::search(asked, Some(last)).await {
                Ok(page) => {
                    let first = page.first().map(|hit| hit.message);
                    more.try_set(page.len() == HITS);
                    problem.try_set(None);
                    hits.try_update(|hits| hits.extend(page));
                    // Who has pressed the button reads on from there.
                    request_animation_frame(move || browser::focus(&first.map_or_else(|| result_id(last), result_id)));
                }
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
            loading.try_set(false);
        });
    };
    let count = move || if older { words::OLDER_FOUND.to_owned() } else { words::found(hits.with(Vec::len), more.get()) };
    view! {
        <p class="muted results-count">
            <span role="status">{count}</span>
            {older.then(|| view! { " · "<a href=here.clone()>{words::NEWEST_FOUND}</a> })}
        </p>
        <ol class="results">
            <For each=move || hits.get() key=|hit| hit.message let:hit>
                {zone.with_value(|zone| result(&hit, zone, now))}
            </For>
            {move || problem.get().map(|error| view! { <li><Notice tone=Tone::Bad>{error.message}</Notice></li> })}
            {move || {
                let (next, load) = (next.clone(), load.clone());
                more.get().then(|| view! {
                    <li class="history">
                        <a class="btn" data-size="s" href=next aria-busy=move || loading.get().then_some("true") on:click=load>{words::SHOW_MORE}</a>
                    </li>
                })
            }}
        </ol>
    }
}

fn result_id(message: MessageId) -> String {
    format!("found-{message}")
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
            <a class="result" id=result_id(hit.message) href=address>
                <span class="result-where">{hit.title.clone()}</span>
                {when(zone, hit.at, zone.short(hit.at, now))}
                <span class="result-text"><b>{hit.author.name.clone()}</b>" "{pieces}</span>
            </a>
        </li>
    }
}
