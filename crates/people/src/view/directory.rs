//! The directory: everyone in the organisation, who is here now, and a way to write to them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Form, hooks::use_query_map};

use crate::words;
use plenum_core::{error::AppResult, ids::PersonId, people::Role};
use plenum_directory as directory;
use plenum_directory::view::LastSeen;
use plenum_directory::{api::DirectoryPage, live::OrganisationEvent, model::DirectoryEntry};
use plenum_messages as messages;
use plenum_ui::{
    Avatar, EmptyState, Icon, Notice,
    client::{Update, use_live, use_online},
    effect, memo,
    notice::Tone,
    page::{use_organisation, use_viewer},
    redirect::encoded,
    view,
};

/// What is asked for: it stands in the page's address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Question {
    query: String,
    role: String,
    offset: u32,
}

impl Question {
    fn address(&self, offset: u32) -> String {
        format!("/people?q={}&role={}&from={offset}", encoded(&self.query), encoded(&self.role))
    }
}

/// `/people`: search by name and role, one page at a time.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let question = memo(move || {
        query.with(|query| Question {
            query: query.get_str("q").unwrap_or_default().to_owned(),
            role: query.get_str("role").unwrap_or_default().to_owned(),
            offset: query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default(),
        })
    });
    let found = Resource::new_blocking(move || question.get(), |asked| directory::api::directory(asked.query, asked.role, asked.offset));
    follow(found);
    let total = move || Suspend::new(async move { found.await.ok().map(|found| found.total) });
    let list = move || {
        Suspend::new(async move {
            match found.await {
                Ok(found) => view! { <Found page=found question=question.get_untracked()/> }.into_any(),
                Err(error) => view! { <Notice tone=Tone::Bad>{error.message}</Notice> }.into_any(),
            }
        })
    };
    view! {
        <Title text=words::PEOPLE/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{words::PEOPLE}</h1>
                <span class="muted">
                    <Transition>{total}</Transition>
                </span>
            </header>
            <Filter question/>
            <Transition>{list}</Transition>
        </main>
    }
}

/// Asks again when somebody is new or has another name.
fn follow(found: Resource<AppResult<DirectoryPage>>) {
    let organisation = use_organisation();
    let stale = StoredValue::new(false);
    let handle = use_live::<OrganisationEvent>(
        organisation,
        move |_| found.get_untracked().and_then(Result::ok).map(|found| found.cursor),
        move |update| match update {
            Update::Events(events) if !events.iter().any(|event| matches!(event, OrganisationEvent::PersonChanged(_))) => {}
            Update::Events(_) => found.refetch(),
            Update::Stale => {
                stale.set_value(true);
                found.refetch();
            }
            Update::Refused { .. } | Update::Returned => {}
        },
    );
    effect(move |_| {
        let cursor = found.get().and_then(Result::ok).map(|found| found.cursor);
        if let Some(cursor) = cursor
            && stale.get_value()
        {
            stale.set_value(false);
            handle.resume(cursor);
        }
    });
}

#[component]
fn Filter(question: Memo<Question>) -> impl IntoView {
    let asked = question.get_untracked();
    let options = Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Member)
        .map(|role| {
            view! {
                <option value=role.word() selected=role.word() == asked.role>
                    {directory::words::role(role)}
                </option>
            }
        })
        .collect_view();
    view! {
        <Form method="GET" action="/people" attr:class="filter" attr:role="search">
            <label class="search">
                <span class="visually-hidden">{words::SEARCH_PEOPLE}</span>
                <Icon name="search"/>
                <input class="input" type="search" name="q" value=asked.query.clone() placeholder=words::SEARCH_PEOPLE/>
            </label>
            <select class="input select" name="role" aria-label=words::ROLE>
                <option value="">{words::ANY_ROLE}</option>
                {options}
            </select>
            <button class="btn" type="submit">
                {words::SEARCH}
            </button>
        </Form>
    }
}

#[component]
fn Found(page: DirectoryPage, question: Question) -> impl IntoView {
    if page.entries.is_empty() {
        return view! { <EmptyState icon="people" title=words::NOBODY text=words::NOBODY_TEXT/> }.into_any();
    }
    let ids: Vec<PersonId> = page.entries.iter().map(|entry| entry.card.id).collect();
    let online = use_online(Signal::stored(ids));
    let last_seen = LastSeen::of(online);
    last_seen.learn(page.entries.iter().map(|entry| (entry.card.id, entry.last_seen)));
    let direct = ServerAction::<messages::api::StartDirect>::new();
    let shown = u32::try_from(page.entries.len()).unwrap_or(u32::MAX);
    let to = question.offset.saturating_add(shown);
    let before = (question.offset > 0).then(|| question.address(question.offset.saturating_sub(page.size)));
    let after = (to < page.total).then(|| question.address(to));
    let range = words::shown(question.offset.saturating_add(1), to, page.total);
    let cards = page
        .entries
        .into_iter()
        .map(|entry| {
            let id = entry.card.id;
            let is_online = memo(move || online.with(|online| online.contains(&id)));
            view! { <Person entry online=is_online last_seen direct/> }
        })
        .collect_view();
    let pages = (before.is_some() || after.is_some()).then(|| {
        view! {
            <nav class="form-actions" aria-label=words::PAGES>
                {before.map(|address| view! { <a class="btn" href=address rel="prev">{words::EARLIER}</a> })}
                <span class="muted">{range}</span>
                {after.map(|address| view! { <a class="btn" href=address rel="next">{words::LATER}</a> })}
            </nav>
        }
    });
    view! {
        <ul class="people">{cards}</ul>
        {pages}
    }
    .into_any()
}

/// One person of the list.
#[component]
fn Person(
    entry: DirectoryEntry,
    online: Memo<bool>,
    last_seen: LastSeen,
    direct: ServerAction<messages::api::StartDirect>,
) -> impl IntoView {
    let viewer = use_viewer();
    let id = entry.card.id;
    let is_viewer = viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.card.id == id));
    let (name, initials, hue) = (entry.card.name.clone(), entry.card.initials(), entry.card.hue);
    let about = about(entry, last_seen, is_viewer);
    let write = (!is_viewer).then(|| view! { <WriteTo id name=name.clone() direct small=true/> });
    view! {
        <li class="person">
            <Avatar initials hue size="l" presence=online.into()/>
            <div class="person-text">
                <a class="person-name" href=format!("/people/{id}")>
                    {name.clone()}
                </a>
                <p class="muted">{about}</p>
            </div>
            {write}
        </li>
    }
}

/// What somebody does, and whether they are here: "Instructor · online".
pub(super) fn about(entry: DirectoryEntry, last_seen: LastSeen, is_viewer: bool) -> impl Fn() -> String + Clone + Send + 'static {
    move || {
        let presence = if is_viewer { Some(words::YOU.to_owned()) } else { last_seen.words(entry.card.id) };
        [Some(directory::words::roles(&entry.roles)), presence].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// The button that opens the direct conversation with somebody.
#[component]
pub(super) fn WriteTo(
    /// Who.
    id: PersonId,
    /// Their name, for screen readers.
    name: String,
    /// The action behind all such buttons of the page.
    direct: ServerAction<messages::api::StartDirect>,
    /// A small one.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <ActionForm action=direct>
            <input type="hidden" name="person" value=id.to_string()/>
            <button class="btn" type="submit" data-size=small.then_some("s")>
                {words::MESSAGE}
                <span class="visually-hidden">{words::message_to(&name)}</span>
            </button>
        </ActionForm>
    }
}
