//! The lines of the log: a day, the unread divider, a message, what is still pending.

use leptos::prelude::*;

use super::{
    blocking::collapsed,
    parts::{face, icon, small_icon, when},
    receipts::ReceiptLine,
    rows::Row,
    screen::{Menu, Screen, address},
    tools::{Reactions, Tools},
};
use crate::{
    model::{ConversationKind, Message, Pending, Quote},
    words,
};
use plenum_core::{
    ids::{Millis, PersonId},
    time::Zone,
};
use plenum_ui::{dynamic, memo, view};

/// One line of the log.
#[component]
pub(super) fn LogRow(row: Row, screen: Screen) -> impl IntoView {
    match row {
        Row::Day(_, at) => view! { <Day at screen/> }.into_any(),
        Row::Unread(count) => view! { <p class="unread-line" id="unread"><span>{words::new_messages(count)}</span></p> }.into_any(),
        Row::Message { number, compact } => view! { <MessageRow number compact screen/> }.into_any(),
        Row::Pending(item) => view! { <PendingRow item screen/> }.into_any(),
    }
}

#[component]
fn Day(at: Millis, screen: Screen) -> impl IntoView {
    let day = screen.store.zone().day(at, screen.now);
    let date = Zone::machine(at).chars().take(10).collect::<String>();
    view! { <h2 class="day"><time datetime=date>{day}</time></h2> }
}

/// A message that the server has.
#[component]
fn MessageRow(number: u64, compact: bool, screen: Screen) -> impl IntoView {
    let store = screen.store;
    let Some(message) = store.message(number) else { return ().into_any() };
    let (viewer, zone) = (store.viewer, store.zone());
    let first = message.get_untracked();
    let (id, sent_at, mine) = (first.id, first.sent_at, first.author.id == viewer);

    let deleted = memo({
        let message = message.clone();
        move || message.with(|message| message.deleted)
    });
    let author = memo({
        let message = message.clone();
        move || message.with(|message| message.author.clone())
    });
    let mentions_me = memo({
        let message = message.clone();
        move || message.with(|message| message.mentions.contains(&viewer))
    });
    let edited = memo({
        let message = message.clone();
        move || message.with(|message| message.edited_at.filter(|_| !message.deleted))
    });
    let html = memo({
        let message = message.clone();
        move || message.with(|message| html_for(message, viewer))
    });
    let quote = memo({
        let message = message.clone();
        move || message.with(|message| message.reply_to.clone())
    });

    let is_target = move || (screen.target.get() == Some(number)).then_some("");
    let edited_title = {
        let zone = zone.clone();
        move |at| zone.full(at)
    };
    let head = view! {
        <header class="msg-head">
            {(!compact).then(|| view! { <b class="msg-author" id=format!("m{number}-by")>{move || author.with(|card| card.name.clone())}</b> })}
            <a class="msg-time" href=address(store, number) id=format!("m{number}-at")>{when(&zone, sent_at, zone.clock(sent_at))}</a>
            {move || edited.get().map(|at| view! { <span class="msg-mark" title=edited_title(at)>{words::EDITED}</span> })}
        </header>
    };
    let is_folded = memo(move || {
        store
            .about()
            .with(|about| about.conversation.kind != ConversationKind::Direct && author.with(|author| about.blocked.contains(&author.id)))
    });
    let body = dynamic(move || {
        if deleted.get() {
            let gone = author.with(|card| words::deleted_by(&card.name));
            return view! { <p class="tombstone">{small_icon("trash")}{gone}</p> }.into_any();
        }
        let content = view! {
            {move || quote.get().map(|quote| quoted(screen, &quote))}
            <div class="md" dir="auto" inner_html=move || html.get()></div>
            <Reactions number screen/>
        };
        if is_folded.get() { collapsed(content) } else { content }
    });
    let tools = dynamic(move || (screen.hydrated.get() && !deleted.get()).then(|| view! { <Tools number mine screen/> }));

    view! {
        <article
            class="msg"
            id=format!("m{number}")
            data-message-id=id.to_string()
            data-compact=compact.then_some("")
            data-state=move || deleted.get().then_some("deleted")
            data-mentions-me=move || (mentions_me.get() && !deleted.get()).then_some("")
            data-target=is_target
            aria-label=compact.then(|| words::message_of(&first.author.name, &zone.clock(sent_at)))
            aria-labelledby=(!compact).then(|| format!("m{number}-by m{number}-at"))
        >
            {(!compact).then_some(move || author.with(face))}
            {head}
            {body}
            {mine.then(|| view! { <ReceiptLine number screen/> })}
            {tools}
        </article>
    }
    .into_any()
}

/// The server's HTML; the viewer's own mentions stand out.
fn html_for(message: &Message, viewer: PersonId) -> String {
    let me = format!("data-person=\"{viewer}\"");
    if message.mentions.contains(&viewer) { message.html.replace(&me, &format!("{me} data-me")) } else { message.html.clone() }
}

/// What a message answers, as a link to it.
fn quoted(screen: Screen, quote: &Quote) -> impl IntoView + use<> {
    if quote.text.is_empty() {
        return view! { <span class="quote" data-gone>{words::DELETED_MESSAGE}</span> }.into_any();
    }
    let is_folded =
        screen.store.about().with(|about| about.conversation.kind != ConversationKind::Direct && about.blocked.contains(&quote.author.id));
    if is_folded {
        return view! { <a class="quote" href=address(screen.store, quote.number)>{words::BLOCKED_MESSAGE}</a> }.into_any();
    }
    view! {
        <a class="quote" href=address(screen.store, quote.number)>
            <b>{quote.author.name.clone()}</b>" "<span>{quote.text.clone()}</span>
        </a>
    }
    .into_any()
}

/// A message that waits in the outbox.
#[component]
fn PendingRow(item: Pending, screen: Screen) -> impl IntoView {
    let connection = screen.store.connection();
    let text = item.text.clone();
    let failed = if item.failed.is_some() { "failed" } else { "pending" };
    let state = match item.failed.clone() {
        Some(reason) => {
            let item = StoredValue::new(item);
            view! {
                <p class="msg-state" role="alert">
                    {small_icon("warning")}
                    <span>{words::NOT_SENT}" "{reason}</span>
                    <button class="link-btn" data-tone="bad" type="button" on:click=move |_| item.with_value(|item| screen.retry(item))>{words::RETRY}</button>
                    " · "
                    <button class="link-btn" data-tone="bad" type="button" on:click=move |_| item.with_value(|item| screen.discard(item))>{words::DISCARD}</button>
                </p>
            }
            .into_any()
        }
        None => view! {
            <p class="msg-state">
                {small_icon("clock")}
                {move || if connection.get().is_connected() { words::SENDING } else { words::WAITING_FOR_CONNECTION }}
            </p>
        }
        .into_any(),
    };
    view! {
        <article class="msg" data-compact="" data-state=failed aria-label=words::YOUR_MESSAGE>
            <div class="md" dir="auto"><p>{as_typed(&text)}</p></div>
            {state}
        </article>
    }
}

/// The text as it was typed, its markup not yet read.
fn as_typed(text: &str) -> impl IntoView + use<> {
    text.split('\n').enumerate().map(|(index, line)| view! { {(index > 0).then(|| view! { <br/> })}{line.to_owned()} }).collect_view()
}

/// The button that opens a message's emojis.
pub(super) fn react_button(number: u64, class: &'static str, label: &'static str, screen: Screen) -> impl IntoView {
    let open = move || screen.menu.get() == Some((number, Menu::React));
    view! {
        <button
            class=class
            type="button"
            aria-label=label
            title=label
            aria-haspopup="true"
            aria-expanded=move || open().to_string()
            on:click=move |_| screen.menu.update(|menu| *menu = if *menu == Some((number, Menu::React)) { None } else { Some((number, Menu::React)) })
        >
            {icon("smile")}
        </button>
    }
}
