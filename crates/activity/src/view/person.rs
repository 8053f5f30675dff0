//! What a person did that whoever looks may see, on that person's page; `?before=` is an older page.

use leptos::prelude::*;

use super::{feed::FeedView, follow::Screen};
use crate::{
    api,
    model::{Opened, Scope, parse_activity},
    words,
};
use plenum_core::{
    error::AppError,
    ids::{ActivityId, PersonId},
    live::Snapshot,
};
use plenum_ui::{memo, page::Loaded, use_query, view};

/// The feed of a person, on its way. The page asks for it where it begins and not where it shows it, so that server and browser ask for
/// everything in the same order.
#[derive(Clone, Copy)]
pub struct PersonFeed(Resource<Result<Part, AppError>>);

/// A part of it, and what it is below.
type Part = (Snapshot<Opened>, Option<ActivityId>);

impl PersonFeed {
    /// Asks for the feed of `person`.
    pub fn of(person: Memo<Option<PersonId>>) -> Self {
        let query = use_query();
        let before = memo(move || query.with(|query| query.get_str("before").and_then(parse_activity)));
        Self(Resource::new_blocking(
            move || (person.get(), before.get()),
            |(person, before)| async move {
                let person = person.ok_or_else(|| AppError::no_such("person here"))?;
                Ok((api::feed(Scope::Person(person).to_string(), None, before, None).await?, before))
            },
        ))
    }
}

/// The feed of `person`, as a section of their page.
#[component]
pub fn PersonActivity(person: PersonId, feed: PersonFeed) -> impl IntoView {
    let content = move |(snapshot, before): Part| {
        let older_at = format!("/people/{person}?before=");
        let screen = Screen::new(snapshot, before.is_none());
        view! { <FeedView screen older_at nothing=words::NOTHING_OF_PERSON/> }
    };
    view! {
        <section aria-labelledby="activity">
            <h2 id="activity">{words::ACTIVITY_OF}</h2>
            <Loaded from=feed.0 children=content/>
        </section>
    }
}
