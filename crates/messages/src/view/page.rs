//! The pages: the layout that keeps the list in place, the conversation, and what stands
//! beside the list when none is chosen.

use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};

use super::{context::use_sidebar, parts::back, screen::Screen, sidebar::ListPane, store::ThreadStore, thread::ThreadPanes};
use crate::{
    api,
    model::{MemberEntry, Thread},
    words,
};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::ConversationId,
    live::Snapshot,
};
use plenum_ui::{
    EmptyState, Query, memo,
    page::{refusal, use_id, use_now, use_viewer},
    redirect, response, use_query, view,
};

/// The parent of all pages under `/messages`: the list stays while what is beside it changes.
#[component]
pub fn MessagesLayout() -> impl IntoView {
    let location = use_location();
    if use_viewer().with_untracked(Option::is_none) {
        let from = redirect::with_query(&location.pathname.get_untracked(), &location.search.get_untracked());
        redirect::redirect(&redirect::sign_in_path(&from));
        return ().into_any();
    }
    let query = use_query();
    let path = location.pathname;
    let panel = memo(move || query.with(|query| Panel::of(query).is_some()));
    let pane = memo(move || {
        let at_list = path.with(|path| path.trim_end_matches('/') == "/messages");
        match (at_list, panel.get()) {
            (true, _) => "list",
            (false, true) => "panel",
            (false, false) => "thread",
        }
    });
    let open = memo(move || path.with(|path| conversation_of(path)));
    view! {
        <main id="main" tabindex="-1" class="panes" data-pane=move || pane.get() data-panel=move || panel.get().then_some("open")>
            <ListPane open/>
            <Outlet/>
        </main>
    }
    .into_any()
}

/// What stands beside a conversation, as its address says with `?panel=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    /// Who is in it.
    People,
    /// What it is called and about.
    About,
}

impl Panel {
    /// Reads it from the address.
    pub(super) fn of(query: &Query) -> Option<Self> {
        match query.get_str("panel")? {
            "people" => Some(Self::People),
            "about" => Some(Self::About),
            _ => None,
        }
    }
}

/// The conversation that an address shows.
fn conversation_of(path: &str) -> Option<ConversationId> {
    path.strip_prefix("/messages/")?.split('/').next()?.parse().ok()
}

/// `/messages`: the list, and beside it what to do.
#[component]
pub fn MessagesPage() -> impl IntoView {
    view! {
        <Title text=words::MESSAGES/>
        <section class="pane pane-thread" aria-label=words::CONVERSATION>
            <EmptyState icon="messages" title=words::NOTHING_CHOSEN text=words::NOTHING_CHOSEN_TEXT>
                <a class="btn" data-kind="primary" href="/messages/new">{words::NEW_CONVERSATION}</a>
                <a class="btn" href="/messages/rooms">{words::BROWSE_ROOMS}</a>
            </EmptyState>
        </section>
    }
}

/// `/messages/:id`: one conversation; `?m=NUMBER` links to a message.
#[component]
pub fn ConversationPage() -> impl IntoView {
    let (id, query) = (use_id::<ConversationId>(), use_query());
    let thread = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let around = query.with_untracked(|query| query.get("m").and_then(|number| number.parse::<u64>().ok()));
            let people = query.with_untracked(Panel::of) == Some(Panel::People);
            async move {
                let Some(id) = id else { return Err(AppError::not_found(words::NO_CONVERSATION)) };
                let snapshot = api::thread(id, None, around).await?;
                // The panel asks for itself if this fails.
                let people = if people { api::members(id, String::new(), 0).await.ok() } else { None };
                Ok((snapshot, people))
            }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match thread.await {
                    Ok((snapshot, people)) => view! { <Conversation snapshot people/> }.into_any(),
                    Err(error) => view! { <Absent error retry=Callback::new(move |()| thread.refetch())/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// A conversation that is there.
#[component]
fn Conversation(snapshot: Snapshot<Thread>, people: Option<Vec<MemberEntry>>) -> impl IntoView {
    let (Some(viewer), Some(context)) = (use_viewer().get_untracked(), use_sidebar()) else { return ().into_any() };
    let query = use_query();
    let target = memo(move || query.with(|query| query.get("m").and_then(|number| number.parse::<u64>().ok())));
    let store = ThreadStore::new(viewer.card.id, viewer.zone, context, snapshot);
    let screen = Screen::new(store, use_now(), target.get_untracked());
    // A form without scripts was refused; that of the panel says so itself.
    let refused = refusal().filter(|refusal| refusal.action.as_deref() != Some(api::RenameConversation::PATH));
    screen.problem.set(refused.map(|refusal| refusal.message));
    view! { <ThreadPanes screen target people/> }.into_any()
}

/// A conversation that cannot be shown, and what to do.
#[component]
fn Absent(error: AppError, retry: Callback<()>) -> impl IntoView {
    response::set_status(error.status());
    let gone = !error.is_transient();
    if error.kind == ErrorKind::SignedOut {
        redirect::redirect("/sign-in");
    }
    view! {
        <Title text=words::NOT_SHOWN/>
        <section class="pane pane-thread" aria-label=words::CONVERSATION>
            <header class="pane-head">{back()}<h1>{words::NOT_SHOWN}</h1></header>
            <EmptyState icon="lock" title=words::NOT_SHOWN text=error.message>
                {if gone {
                    view! { <a class="btn" data-kind="primary" href="/messages">{words::TO_LIST}</a> }.into_any()
                } else {
                    view! { <button class="btn" data-kind="primary" type="button" on:click=move |_| retry.run(())>{words::TRY_AGAIN}</button> }.into_any()
                }}
            </EmptyState>
        </section>
    }
}
