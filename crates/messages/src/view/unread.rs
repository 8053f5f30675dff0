//! Conversations in which something is unread, for the page "Today": a short list that follows the list of conversations.

use leptos::prelude::*;

use super::context::{SidebarContext, use_sidebar};
use crate::{model::Line, words};
use plenum_core::ids::ConversationId;
use plenum_ui::{
    Each, dynamic, memo,
    page::{Loaded, fault_notice},
    view, words as shell,
};

/// Conversations that are shown; the others are a click away.
const SHOWN: usize = 4;

/// A card with the unread conversations of whoever looks.
#[component]
pub fn UnreadConversations() -> impl IntoView {
    let Some(context) = use_sidebar() else { return ().into_any() };
    let list = move |snapshot| {
        context.begin(snapshot);
        view! { <Unread context/> }
    };
    view! {
        <section class="card stack waiting" aria-labelledby="unread-conversations">
            <h3 id="unread-conversations">{words::UNREAD_CONVERSATIONS}</h3>
            <Loaded from=context.first fault=fault_notice children=list/>
        </section>
    }
    .into_any()
}

#[component]
fn Unread(context: SidebarContext) -> impl IntoView {
    let order = context.order();
    // Muted ones do not ask for attention.
    let waits = |line: &Line| line.unread() > 0 && !line.own.muted;
    let ids: Memo<Vec<ConversationId>> = memo(move || {
        let ids = order.with(|order| order.rooms.iter().chain(&order.people).copied().collect::<Vec<_>>());
        ids.into_iter().filter(|id| context.line(*id).is_some_and(|line| line.with(waits))).collect()
    });
    let first = move || ids.with(|ids| ids.iter().take(SHOWN).copied().collect::<Vec<_>>());
    let more = memo(move || ids.with(|ids| ids.len().saturating_sub(SHOWN)));
    let none = memo(move || ids.with(Vec::is_empty));
    view! {
        {dynamic(move || none.get().then(|| view! { <p class="muted">{words::NOTHING_NEEDS_YOU}</p> }))}
        <ul class="rows" aria-label=words::UNREAD_CONVERSATIONS>
            <Each each=first key=|id| id.to_string() children=move |id| view! { <Row context id/> }/>
        </ul>
        {dynamic(move || {
            let more = more.get();
            (more > 0).then(|| view! { <p><a href="/messages">{words::show_more(more)}</a></p> })
        })}
    }
}

#[component]
fn Row(context: SidebarContext, id: ConversationId) -> impl IntoView {
    let Some(line) = context.line(id) else { return ().into_any() };
    let (titled, counted) = (line.clone(), line);
    let title = memo(move || titled.with(Line::title));
    let unread = memo(move || counted.with(Line::unread));
    view! {
        <li>
            <a class="waiting-row" href=format!("/messages/{id}")>
                <span class="cut">{move || title.get()}</span>
                <span class="badge">
                    {move || shell::count(unread.get())} <span class="visually-hidden">{shell::UNREAD}</span>
                </span>
            </a>
        </li>
    }
    .into_any()
}
