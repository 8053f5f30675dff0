//! What a person did that whoever looks may see, on that person's page; `?before=` is an older page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{feed::FeedView, follow::Screen};
use crate::{
    app::FaultWithin,
    features::activity::{
        api,
        model::{Scope, parse_activity},
    },
    ids::PersonId,
    strings::activity as words,
    ui::{memo, view},
};

/// The feed of `person`, as a section of their page.
#[component]
pub fn PersonActivity(person: PersonId) -> impl IntoView {
    let query = use_query_map();
    let before = memo(move || query.with(|query| query.get_str("before").and_then(parse_activity)));
    let first =
        Resource::new_blocking(move || before.get(), move |before| api::feed(Scope::Person(person).to_string(), None, before, None));
    let content = move || {
        Suspend::new(async move {
            let live = before.get_untracked().is_none();
            match first.await {
                Ok(snapshot) => {
                    let older_at = format!("/people/{person}?before=");
                    let screen = Screen::new(snapshot, live);
                    view! { <FeedView screen older_at nothing=words::NOTHING_OF_PERSON/> }
                }
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <section aria-labelledby="activity">
            <h2 id="activity">{words::ACTIVITY_OF}</h2>
            <Transition>{content}</Transition>
        </section>
    }
}
