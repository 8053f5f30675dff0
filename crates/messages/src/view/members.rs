//! The people of a conversation: who is here now, who else and when they were, inviting and removing.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    parts::{icon, live_face},
    screen::Screen,
    store::ThreadStore,
    thread::run,
};
use crate::{
    api,
    model::{Access, ConversationKind, Member, MemberEntry, POINTER_MEMBERS},
    words,
};
use plenum_core::{
    channels::Channel,
    ids::PersonId,
    people::PersonCard,
    sorted::{SortedSet, sort_by_key},
};
use plenum_directory as directory;
use plenum_directory::view::LastSeen;
use plenum_ui::{
    Each, Notice, browser,
    client::{use_online, use_presence},
    dynamic, effect, memo,
    notice::Tone,
    view,
};

/// Who is in the conversation now, oneself included while it is on the screen.
#[derive(Clone, Copy)]
pub(super) struct Presence {
    /// Who has it on their screen.
    pub here: Signal<SortedSet<PersonId>>,
}

impl Presence {
    /// Shows the viewer in the conversation while the component is there.
    pub fn new(store: ThreadStore) -> Self {
        let about = store.about();
        let joined = memo(move || about.with(|about| about.own.is_some()));
        let channel = Signal::derive(move || joined.get().then_some(Channel::ConversationPresence(store.conversation)));
        Self { here: use_presence(channel) }
    }
}

/// What makes a line of the list another one.
fn key(member: &Member) -> String {
    let card = &member.card;
    format!("{} {} {} {}", card.id, card.hue, member.owner, card.name)
}

/// Members of one page.
const PAGE: usize = 100;

/// The panel beside the thread. Up to 50 members are followed; more are asked for in pages.
#[component]
pub(super) fn MembersPanel(
    screen: Screen,
    presence: Presence,
    /// The first page, if the panel came with the conversation.
    first: Option<Vec<MemberEntry>>,
) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let large = memo(move || about.with(|about| about.member_count > POINTER_MEMBERS));
    let fetched = RwSignal::new(Vec::<Member>::new());
    // The page may have been typed into before its scripts ran.
    let query = RwSignal::new(browser::entered("#find-member").unwrap_or_default());
    let more = RwSignal::new(false);
    let members = memo(move || if large.get() { fetched.get() } else { about.with(|about| about.members.clone()) });
    let watched = Signal::derive(move || members.with(|members| members.iter().map(|member| member.card.id).collect::<Vec<_>>()));
    let online = use_online(watched);
    let last_seen = LastSeen::of(online);
    let take = move |offset: usize, page: Vec<MemberEntry>| {
        last_seen.learn(page.iter().map(|entry| (entry.member.card.id, entry.last_seen)));
        more.try_set(page.len() >= PAGE);
        fetched.try_update(|members| {
            members.truncate(offset);
            members.extend(page.into_iter().map(|entry| entry.member));
        });
    };
    let fetch = move |offset: usize| {
        let asked = query.get_untracked();
        spawn_local(async move {
            let Ok(page) = api::members(store.conversation, asked.clone(), u32::try_from(offset).unwrap_or(0)).await else { return };
            if query.try_get_untracked().as_ref() == Some(&asked) {
                take(offset, page);
            }
        });
    };
    let came_with_page = first.is_some();
    if let Some(first) = first {
        take(0, first);
    }
    // Whoever is new among a few has been somewhere before.
    let followed = memo(move || about.with(|about| (about.member_count <= POINTER_MEMBERS).then_some(about.member_count)));
    effect(move |again: Option<()>| {
        followed.track();
        query.track();
        if again.is_some() || !came_with_page || query.with_untracked(|query| !query.is_empty()) {
            fetch(0);
        }
    });
    // What is not followed is asked for again.
    let look = Callback::new(move |()| {
        if large.get_untracked() {
            fetch(0);
        }
    });
    let forget = Callback::new(move |person: PersonId| {
        fetched.try_update(|members| members.retain(|member| member.card.id != person));
    });
    let here = presence.here;
    let split = move |wanted: bool| {
        memo(move || {
            let mut cards: Vec<Member> = members.with(|members| {
                members.iter().filter(|member| here.with(|here| here.contains(&member.card.id)) == wanted).cloned().collect()
            });
            sort_by_key(&mut cards, |member| member.card.name.to_lowercase());
            cards
        })
    };
    let (inside, outside) = (split(true), split(false));
    let removable = about.with_untracked(|about| !about.conversation.general && about.conversation.kind != ConversationKind::Direct);
    let may_invite = memo(move || {
        let of_owners =
            about.with(|about| about.conversation.kind == ConversationKind::Room && about.conversation.access == Access::Private);
        let possible =
            about.with(|about| about.own.is_some() && about.conversation.kind != ConversationKind::Direct && !about.conversation.general);
        possible && (!of_owners || screen.rights.get().runs())
    });
    let section = move |title: &'static str, list: Memo<Vec<Member>>| {
        let some = memo(move || list.with(|list| !list.is_empty()));
        move || {
            some.get().then(|| {
                view! {
                    <h3 class="list-title">{title}</h3>
                    <ul class="rows">
                        <Each each=move || list.get() key=key let:member>
                            <MemberRow member online last_seen removable forget screen/>
                        </Each>
                    </ul>
                }
            })
        }
    };
    let close = format!("/messages/{}", store.conversation);
    view! {
        <aside class="pane pane-panel" aria-label=words::PEOPLE>
            {narrow_heading(screen)}
            <header class="pane-head">
                <h2>{words::PEOPLE}</h2>
                <span class="muted">{move || here.with(|here| (!here.is_empty()).then(|| words::here_now(here.len())))}</span>
                <div class="pane-actions">
                    <a class="btn icon-btn" data-kind="quiet" href=close aria-label=words::CLOSE title=words::CLOSE>{icon("close")}</a>
                </div>
            </header>
            <div class="pane-body" tabindex="0" role="region" aria-label=words::MEMBERS>
                {problem(screen)}
                {move || may_invite.get().then(|| view! { <Invite screen added=look/> })}
                {move || large.get().then(|| view! {
                    <div class="pane-search">
                        <label class="search">
                            <span class="visually-hidden">{words::FIND_MEMBER}</span>
                            {icon("search")}
                            <input class="input" id="find-member" type="search" dir="auto" placeholder=words::FIND_MEMBER on:input=move |event| query.set(event_target_value(&event))/>
                        </label>
                    </div>
                })}
                {section(words::HERE_NOW, inside)}
                {section(words::OTHERS, outside)}
                {move || more.get().then(|| view! {
                    <div class="history"><button class="btn" data-size="s" type="button" on:click=move |_| fetch(fetched.with_untracked(Vec::len))>{words::SHOW_MORE}</button></div>
                })}
            </div>
        </aside>
    }
}

/// The page's heading while a panel is all that a narrow screen shows: the thread's is not there then.
pub(super) fn narrow_heading(screen: Screen) -> impl IntoView {
    let about = screen.store.about();
    view! { <h1 class="visually-hidden only-narrow">{move || about.with(|about| about.title.clone())}</h1> }
}

/// What went wrong last; the composer, which says it beside the thread, is not on a narrow screen with the panel.
pub(super) fn problem(screen: Screen) -> impl IntoView {
    move || screen.problem.get().map(|problem| view! { <div class="pane-note only-narrow"><Notice tone=Tone::Bad>{problem}</Notice></div> })
}

#[component]
fn MemberRow(
    member: Member,
    online: Signal<SortedSet<PersonId>>,
    last_seen: LastSeen,
    removable: bool,
    /// Takes somebody who is gone out of a list that is not followed.
    forget: Callback<PersonId>,
    screen: Screen,
) -> impl IntoView {
    let store = screen.store;
    let card = member.card;
    let (id, name) = (card.id, card.name.clone());
    let me = id == store.viewer;
    let owner = member.owner.then(|| words::OWNER.to_owned());
    let below = dynamic(move || {
        let presence = if me { Some(words::YOU.to_owned()) } else { last_seen.words(id) };
        [owner.clone(), presence].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let remove_label = words::remove_person(&name);
    let remove = move |_| {
        run(screen, api::remove(store.conversation, id), move || {
            forget.try_run(id);
        });
    };
    view! {
        <li class="row-with">
            <a class="row" href=format!("/people/{id}")>
                {live_face(&card, online)}
                <span class="row-name">{name}</span>
                <span class="row-text">{below}</span>
            </a>
            {move || (screen.rights.get().runs() && removable && !me && screen.hydrated.get()).then(|| view! {
                <button class="btn icon-btn" data-kind="quiet" data-size="s" type="button" aria-label=remove_label.clone() title=remove_label.clone() on:click=remove>
                    {icon("close")}
                </button>
            })}
        </li>
    }
}

/// Finding somebody in the directory and adding them.
#[component]
fn Invite(screen: Screen, added: Callback<()>) -> impl IntoView {
    let store = screen.store;
    let query = RwSignal::new(browser::entered("#add-people").unwrap_or_default());
    let found = RwSignal::new(Vec::<PersonCard>::new());
    effect(move |_| {
        let asked = query.get();
        if asked.trim().is_empty() {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let Ok(page) = directory::api::directory(asked.clone(), String::new(), 0).await else { return };
            if query.try_get_untracked().as_ref() == Some(&asked) {
                let members: SortedSet<PersonId> =
                    store.about().with_untracked(|about| about.members.iter().map(|member| member.card.id).collect());
                found
                    .try_set(page.entries.into_iter().map(|entry| entry.card).filter(|card| !members.contains(&card.id)).take(8).collect());
            }
        });
    });
    let one = move |card: PersonCard| {
        let (id, name) = (card.id, card.name.clone());
        let add = move |_| {
            run(screen, api::invite(store.conversation, id), move || {
                query.try_set(String::new());
                added.try_run(());
            });
        };
        view! {
            <li class="row-with">
                <span class="row">{super::parts::face(&card)}<span class="row-name">{card.name.clone()}</span></span>
                <button class="btn" data-size="s" type="button" aria-label=words::add_person(&name) on:click=add>{words::ADD}</button>
            </li>
        }
    };
    view! {
        <form class="pane-search" role="search" aria-label=words::ADD_PEOPLE on:submit=|event: ev::SubmitEvent| event.prevent_default()>
            <label class="search">
                <span class="visually-hidden">{words::ADD_PEOPLE}</span>
                {icon("user-plus")}
                <input
                    class="input"
                    id="add-people"
                    type="search"
                    dir="auto"
                    placeholder=words::ADD_PEOPLE
                    autocomplete="off"
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                />
            </label>
        </form>
        {move || {
            let cards = found.get();
            (!cards.is_empty()).then(|| view! { <ul class="rows">{cards.into_iter().map(one).collect_view()}</ul> })
        }}
    }
}
