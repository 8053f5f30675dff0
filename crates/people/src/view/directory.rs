//! The directory: everyone in the organisation, who is here now, and a way to write to them.

use leptos::prelude::*;
use leptos_meta::Title;
use strum::VariantArray as _;

use super::forms::{Failure, failure};
use crate::words;
use plenum_core::{
    error::AppResult,
    ids::PersonId,
    live::{LiveEvent as _, Snapshot},
    people::Role,
};
use plenum_directory as directory;
use plenum_directory::view::LastSeen;
use plenum_directory::{api::DirectoryPage, live::OrganisationEvent, model::DirectoryEntry};
use plenum_messages as messages;
use plenum_ui::{
    Avatar, EmptyState, Pager, Search,
    client::use_online,
    memo,
    page::{Follower, Loaded, Logged, fault_notice, use_organisation, use_viewer},
    redirect::encoded,
    use_query, view,
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
    let query = use_query();
    let question = memo(move || {
        query.with(|query| Question {
            query: query.get_str("q").unwrap_or_default().to_owned(),
            role: query.get_str("role").unwrap_or_default().to_owned(),
            offset: query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default(),
        })
    });
    let found = Resource::new_blocking(move || question.get(), fetch);
    let total = move || Suspend::new(async move { found.await.ok().map(|found| found.total) });
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
            <Loaded from=found fault=fault_notice let:page>
                <Found page found question/>
            </Loaded>
        </main>
    }
}

async fn fetch(question: Question) -> AppResult<DirectoryPage> {
    directory::api::directory(question.query, question.role, question.offset).await
}

/// Requests `page` again when a person joins or is renamed.
fn follow(page: &DirectoryPage, found: Resource<AppResult<DirectoryPage>>, question: Memo<Question>) {
    let organisation = use_organisation();
    let cursors = move |page: &DirectoryPage| {
        let channel = organisation.get_untracked().map(|organisation| OrganisationEvent::channel(organisation).to_string());
        channel.map(|channel| (channel, page.cursor.clone())).into_iter().collect()
    };
    let follower = Follower::new(cursors(page));
    let asked = question.get_untracked();
    let request = {
        let asked = asked.clone();
        move || {
            let asked = asked.clone();
            async move { fetch(asked).await.map(|page| Snapshot { cursors: cursors(&page), state: page }) }
        }
    };
    follower.fetch_with(request, move |page| {
        // What is written to a resource stands above what it is fetching: the answer to another question must not.
        if question.with_untracked(|question| *question == asked) {
            found.set(Some(Ok(page)));
        }
    });
    follower.follow::<OrganisationEvent>(organisation, Logged::All, move |events| {
        if events.iter().any(|event| matches!(event, OrganisationEvent::PersonChanged(_))) {
            follower.renew();
        }
    });
}

#[component]
fn Filter(question: Memo<Question>) -> impl IntoView {
    let asked = question.get_untracked();
    let options = Role::VARIANTS
        .iter()
        .copied()
        .filter(|role| *role != Role::Member)
        .map(|role| {
            view! {
                <option value=role.into_str() selected=role.into_str() == asked.role>
                    {directory::words::role(role)}
                </option>
            }
        })
        .collect_view();
    view! {
        <Search action="/people" text=asked.query label=words::SEARCH_PEOPLE button=words::SEARCH>
            <select class="input select" name="role" aria-label=words::ROLE>
                <option value="">{words::ANY_ROLE}</option>
                {options}
            </select>
        </Search>
    }
}

#[component]
fn Found(page: DirectoryPage, found: Resource<AppResult<DirectoryPage>>, question: Memo<Question>) -> impl IntoView {
    follow(&page, found, question);
    let question = question.get_untracked();
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
            <Pager label=words::PAGES before after>
                <span class="muted">{range}</span>
            </Pager>
        }
    });
    view! {
        <Failure failure=failure(direct)/>
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
