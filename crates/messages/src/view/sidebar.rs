//! The list of conversations, live: names, last messages, unread counts, drafts, who types.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;

use super::{
    context::{SidebarContext, use_sidebar},
    order::Order,
    parts::{first_name, icon, live_face, room_face, small_icon, when},
};
use crate::{
    model::{ConversationKind, Line},
    words,
};
use plenum_core::{
    ids::{ConversationId, Millis, PersonId},
    people::PersonCard,
    sorted::SortedSet,
    time::Zone,
};
use plenum_ui::{
    Each, Notice,
    client::use_online,
    dynamic, memo,
    notice::Tone,
    page::{LiveLine, use_now, use_viewer, use_zone},
    redirect::encoded,
    use_query, view, words as shell,
};

/// So many of a section are drawn at first: the others are a click, a search or `Ctrl K` away.
const SHORT_LIST: usize = 40;

/// The pane with the list; `open` is the conversation on the screen.
#[component]
pub(super) fn ListPane(open: Memo<Option<ConversationId>>) -> impl IntoView {
    let Some(context) = use_sidebar() else { return ().into_any() };
    let at_list = {
        let path = leptos_router::hooks::use_location().pathname;
        memo(move || path.with(|path| path.trim_end_matches('/') == "/messages"))
    };
    view! {
        <section class="pane pane-list" aria-label=words::CONVERSATIONS>
            <header class="pane-head">
                {move || if at_list.get() { view! { <h1>{words::MESSAGES}</h1> }.into_any() } else { view! { <h2>{words::MESSAGES}</h2> }.into_any() }}
                <div class="pane-actions">
                    <a class="btn icon-btn" data-kind="quiet" href="/messages/rooms" aria-label=words::BROWSE_ROOMS title=words::BROWSE_ROOMS>{icon("hash")}</a>
                    <a class="btn icon-btn" data-kind="quiet" href="/messages/new" aria-label=words::NEW_CONVERSATION title=words::NEW_CONVERSATION>{icon("plus")}</a>
                </div>
            </header>
            <SearchForm/>
            <Transition>
                {move || Suspend::new(async move {
                    match context.first.await {
                        Ok(snapshot) => {
                            context.begin(snapshot);
                            view! { <List context open/> }.into_any()
                        }
                        Err(error) => view! {
                            <div class="list">
                                <Notice tone=Tone::Bad>{error.message}</Notice>
                                <button class="btn" type="button" on:click=move |_| context.first.refetch()>{words::TRY_AGAIN}</button>
                            </div>
                        }
                        .into_any(),
                    }
                })}
            </Transition>
            <LiveLine/>
        </section>
    }
    .into_any()
}

/// Search over all conversations; a plain form.
#[component]
pub(super) fn SearchForm() -> impl IntoView {
    let query = use_query();
    let asked = query.with_untracked(|query| query.get("q")).unwrap_or_default();
    let navigate = use_navigate();
    let input = NodeRef::<leptos::html::Input>::new();
    let submit = move |event: ev::SubmitEvent| {
        if let Some(input) = input.get_untracked() {
            event.prevent_default();
            navigate(&format!("/messages/search?q={}", encoded(input.value().trim())), Default::default());
        }
    };
    view! {
        <form class="pane-search" role="search" aria-label=words::SEARCH_MESSAGES method="get" action="/messages/search" on:submit=submit>
            <label class="search">
                <span class="visually-hidden">{words::SEARCH_MESSAGES}</span>
                {icon("search")}
                <input class="input" type="search" dir="auto" name="q" placeholder=words::SEARCH_MESSAGES value=asked autocomplete="off" node_ref=input/>
            </label>
        </form>
    }
}

#[component]
fn List(context: SidebarContext, open: Memo<Option<ConversationId>>) -> impl IntoView {
    let order = context.order();
    let direct = Signal::derive(move || {
        order.with(|order| {
            order
                .people
                .iter()
                .filter_map(|id| context.line(*id))
                .filter_map(|line| line.with_untracked(other))
                .map(|card| card.id)
                .collect::<Vec<PersonId>>()
        })
    });
    let online = use_online(direct);
    let (rooms, people) = (Section::new(order, open, |order| &order.rooms), Section::new(order, open, |order| &order.people));
    let section = move |title: &'static str, section: Section| {
        move || {
            section.shown.with(|ids| !ids.is_empty()).then(|| {
                view! {
                    <h2 class="list-title">{title}</h2>
                    <ul class="rows">
                        <Each each=move || section.shown.get() key=|id| id.to_string() let:id>
                            <ConversationRow context id open online/>
                        </Each>
                    </ul>
                    {move || {
                        let more = section.more.get();
                        (more > 0).then(|| view! {
                            <div class="history">
                                <button class="btn" data-size="s" type="button" on:click=move |_| section.all.set(true)>{words::show_more(more)}</button>
                            </div>
                        })
                    }}
                }
            })
        }
    };
    let refused = context.refused();
    view! {
        <nav class="list" aria-label=words::CONVERSATIONS>
            {section(words::ROOMS, rooms)}
            {section(words::PEOPLE, people)}
            {move || refused.get().map(|reason| view! {
                <Notice tone=Tone::Bad>{reason}" "{words::REFUSED_TEXT}</Notice>
                <button class="btn" data-size="s" type="button" on:click=move |_| context.follower.renew()>{words::TRY_AGAIN}</button>
            })}
            {move || order.with(|order| order.rooms.is_empty() && order.people.is_empty()).then(|| view! { <p class="history">{words::NO_CONVERSATIONS}</p> })}
        </nav>
    }
}

/// A section of the list: of a long one the newest, and what is open.
#[derive(Clone, Copy)]
struct Section {
    shown: Memo<Vec<ConversationId>>,
    more: Memo<usize>,
    all: RwSignal<bool>,
}

impl Section {
    fn new(order: Signal<Order>, open: Memo<Option<ConversationId>>, of: fn(&Order) -> &Vec<ConversationId>) -> Self {
        let all = RwSignal::new(false);
        let ids = memo(move || order.with(|order| of(order).clone()));
        let shown = memo(move || {
            let all = all.get();
            let is_shown = |(index, id): &(usize, ConversationId)| all || *index < SHORT_LIST || open.get() == Some(*id);
            ids.get().into_iter().enumerate().filter(is_shown).map(|(_, id)| id).collect::<Vec<_>>()
        });
        let more = memo(move || ids.with(Vec::len) - shown.with(Vec::len).min(ids.with(Vec::len)));
        Self { shown, more, all }
    }
}

/// The other person of a direct conversation.
fn other(line: &Line) -> Option<PersonCard> {
    if line.conversation.kind == ConversationKind::Direct { line.others.first().cloned() } else { None }
}

/// What the second line of a row says.
#[derive(Debug, Clone, PartialEq)]
enum Below {
    Typing(String),
    Failed,
    Draft(String),
    Preview(String),
}

#[component]
fn ConversationRow(
    context: SidebarContext,
    id: ConversationId,
    open: Memo<Option<ConversationId>>,
    online: Signal<SortedSet<PersonId>>,
) -> impl IntoView {
    let Some(line) = context.line(id) else { return ().into_any() };
    let (zone, now) = (use_zone().get_untracked(), use_now());
    let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    let line = memo(move || line.get());
    let title = memo(move || line.with(Line::title));
    let unread = memo(move || line.with(Line::unread));
    let muted = memo(move || line.with(|line| line.own.muted));
    let is_open = memo(move || open.get() == Some(id));
    let below = memo(move || {
        if let Some((_, text)) = context.typing.get().filter(|(at, _)| *at == id) {
            return Below::Typing(text);
        }
        if context.outbox.has_failed(id) {
            return Below::Failed;
        }
        match context.drafts.of(id).filter(|_| !is_open.get()) {
            Some(draft) => Below::Draft(draft.chars().take(80).collect()),
            None => Below::Preview(line.with(|line| context.blocked().with(|blocked| preview(line, viewer, blocked)))),
        }
    });
    let face = move || {
        line.with(|line| match other(line) {
            Some(card) => live_face(&card, online).into_any(),
            None => room_face(&line.conversation).into_any(),
        })
    };
    let kind = memo(move || line.with(|line| (line.conversation.clone(), other(line))));
    let face = dynamic(move || {
        kind.track();
        untrack(face)
    });
    let time = dynamic(move || line.with(|line| line.last.as_ref().map(|last| last.at)).map(|at| last_time(&zone, at, now)));
    let presence_words = dynamic(move || {
        kind.with(|(_, other)| other.as_ref().is_some_and(|card| online.with(|online| online.contains(&card.id))))
            .then(|| view! { <span class="visually-hidden">", "{words::ONLINE}</span> })
    });
    view! {
        <li>
            <a
                class="row"
                href=format!("/messages/{id}")
                aria-current=move || is_open.get().then_some("page")
                data-unread=move || (unread.get() > 0).then_some("")
                data-muted=move || muted.get().then_some("")
            >
                {face}
                <span class="row-name">{move || title.get()}{presence_words}</span>
                {time}
                {move || match below.get() {
                    Below::Typing(text) => view! { <span class="row-text" data-kind="typing">{text}</span> }.into_any(),
                    Below::Failed => view! { <span class="row-text" data-kind="failed">{words::NOT_SENT}</span> }.into_any(),
                    Below::Draft(text) => view! { <span class="row-text" data-kind="draft"><b>{words::DRAFT}</b>" "{text}</span> }.into_any(),
                    Below::Preview(text) => view! { <span class="row-text">{text}</span> }.into_any(),
                }}
                <span class="row-marks">
                    {move || muted.get().then(|| view! { {small_icon("bell-off")}<span class="visually-hidden">{words::MUTED}</span> })}
                    {move || {
                        let count = unread.get();
                        (count > 0).then(|| view! {
                            <span class="badge" data-tone=muted.get().then_some("muted")>{shell::count(count)}<span class="visually-hidden">{shell::UNREAD}</span></span>
                        })
                    }}
                </span>
            </a>
        </li>
    }
    .into_any()
}

fn last_time(zone: &Zone, at: Millis, now: Millis) -> impl IntoView + use<> {
    view! { <span class="row-time">{when(zone, at, zone.short(at, now))}</span> }
}

/// The last message in a line: who and what.
fn preview(line: &Line, viewer: Option<PersonId>, blocked: &[PersonId]) -> String {
    let Some(last) = &line.last else {
        return if line.conversation.topic.is_empty() { words::NO_MESSAGES.to_owned() } else { line.conversation.topic.clone() };
    };
    let text = if last.text.is_empty() { words::DELETED_MESSAGE } else { &last.text };
    if Some(last.author.id) == viewer {
        return words::said(words::YOU, text);
    }
    if line.conversation.kind != ConversationKind::Direct && blocked.contains(&last.author.id) {
        return words::BLOCKED_MESSAGE.to_owned();
    }
    if line.conversation.kind == ConversationKind::Direct { text.to_owned() } else { words::said(&first_name(&last.author), text) }
}
