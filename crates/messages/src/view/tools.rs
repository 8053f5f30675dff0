//! What can be done with a message: its reactions, the tools beside it, their menus.

use leptos::{ev, prelude::*};

use super::{
    message::react_button,
    parts::icon,
    screen::{Menu, Screen, address},
};
use crate::{
    model::{Message, REACTIONS, Reaction},
    words,
};
use plenum_ui::{dynamic, memo, view};

/// Further emojis, after the quick ones.
const MORE_REACTIONS: [&str; 24] = [
    "😂", "🙂", "😍", "🤔", "😢", "😡", "👏", "🙌", "💪", "🤝", "👋", "👎", "🔥", "⭐", "💡", "❓", "❗", "❌", "⏰", "📌", "☕", "🎂",
    "🌱", "🚀",
];

/// The reactions to a message, each a switch, and a button for one more.
#[component]
pub(super) fn Reactions(number: u64, screen: Screen) -> impl IntoView {
    let store = screen.store;
    let reactions =
        memo(move || store.message(number).map(|message| message.with(|message| message.reactions.clone())).unwrap_or_default());
    let some = memo(move || reactions.with(|reactions| !reactions.is_empty()));
    let one = move |reaction: Reaction| {
        let mine = reaction.people.contains(&store.viewer);
        let names = store.about().with(|about| {
            let of = |id| about.members.iter().find(|member| member.card.id == id).map(|member| member.card.name.clone());
            reaction.people.iter().filter_map(|id| of(*id)).collect::<Vec<_>>().join(", ")
        });
        let (emoji, count) = (reaction.emoji.clone(), reaction.people.len());
        let sent = emoji.clone();
        let label = words::reaction(&emoji, count, mine);
        view! {
            <li>
                <button
                    class="reaction"
                    type="button"
                    aria-pressed=mine.to_string()
                    aria-label=label
                    title=names
                    on:click=move |_| screen.react(number, sent.clone(), !mine)
                >
                    {emoji}
                    <span>{count}</span>
                </button>
            </li>
        }
    };
    dynamic(move || {
        some.get().then(|| {
            view! {
                <ul class="reactions">
                    {move || reactions.get().into_iter().map(one).collect_view()}
                    {move || screen.hydrated.get().then(|| view! { <li>{react_button(number, "reaction reaction-add", words::ADD_REACTION, screen)}</li> })}
                </ul>
            }
        })
    })
}

/// The tools beside a message; with scripts only.
#[component]
pub(super) fn Tools(number: u64, mine: bool, screen: Screen) -> impl IntoView {
    let store = screen.store;
    let Some(message) = store.message(number) else { return ().into_any() };
    let label = message.with_untracked(|message| words::message_of(&message.author.name, &store.zone().clock(message.sent_at)));
    let now = StoredValue::new(message);
    let current = move || now.with_value(|message| message.get_untracked());
    let may_write = memo(move || store.about().with(|about| about.own.is_some()));
    let may_delete = memo(move || may_write.get() && screen.rights.get().may_delete(mine));
    let reacting = memo(move || screen.menu.get() == Some((number, Menu::React)));
    let more = memo(move || screen.menu.get() == Some((number, Menu::More)));
    let close_on_escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && screen.menu.get_untracked().is_some() {
            event.stop_propagation();
            screen.menu.set(None);
        }
    };
    let tool = move |name: &'static str, label: &'static str, act: fn(Screen, Message)| {
        view! { <button class="tool" type="button" aria-label=label title=label on:click=move |_| act(screen, current())>{icon(name)}</button> }
    };
    view! {
        <div class="msg-tools" role="toolbar" aria-label=label on:keydown=close_on_escape>
            {move || may_write.get().then(|| view! {
                <div class="dropdown">
                    {react_button(number, "tool", words::REACT, screen)}
                    {move || reacting.get().then(|| view! { <div class="menu" data-align="end"><Emojis number screen/></div> })}
                </div>
                {tool("reply", words::REPLY, |screen, message| screen.reply(message))}
                {mine.then(|| tool("edit", words::EDIT, |screen, message| screen.edit(message)))}
            })}
            {move || may_delete.get().then(|| tool("trash", words::DELETE, |screen, message| screen.doomed.set(Some(message))))}
            <details class="dropdown" prop:open=move || more.get()>
                <summary
                    class="tool msg-more"
                    aria-label=words::MORE
                    title=words::MORE
                    on:click=move |event| {
                        event.prevent_default();
                        screen.menu.update(|menu| *menu = if *menu == Some((number, Menu::More)) { None } else { Some((number, Menu::More)) });
                    }
                >
                    {icon("more")}
                </summary>
                {move || more.get().then(|| view! { <MoreMenu number mine may_write may_delete screen/> })}
            </details>
        </div>
    }
    .into_any()
}

/// The quick emojis, and the others.
#[component]
fn Emojis(number: u64, screen: Screen) -> impl IntoView {
    let all = RwSignal::new(false);
    let store = screen.store;
    let button = move |emoji: &'static str| {
        let mine = store.message(number).is_some_and(|message| {
            message.with_untracked(|message| {
                message.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.people.contains(&store.viewer))
            })
        });
        view! {
            <button type="button" aria-label=words::react_with(emoji) aria-pressed=mine.to_string() on:click=move |_| screen.react(number, emoji.to_owned(), !mine)>
                {emoji}
            </button>
        }
    };
    let row =
        move |emojis: &'static [&'static str]| view! { <div class="quick">{emojis.iter().map(|emoji| button(emoji)).collect_view()}</div> };
    view! {
        {row(&REACTIONS)}
        {move || {
            if all.get() {
                MORE_REACTIONS.chunks(8).map(row).collect_view().into_any()
            } else {
                view! { <button class="menu-item" type="button" on:click=move |_| all.set(true)>{icon("plus")}{words::MORE_EMOJIS}</button> }.into_any()
            }
        }}
    }
}

/// All that can be done with a message.
#[component]
fn MoreMenu(number: u64, mine: bool, may_write: Memo<bool>, may_delete: Memo<bool>, screen: Screen) -> impl IntoView {
    let store = screen.store;
    let current = move || store.message(number).map(|message| message.get_untracked());
    let item = move |sign: &'static str, label: &'static str, act: fn(Screen, Message)| {
        view! {
            <button
                class="menu-item"
                type="button"
                on:click=move |_| {
                    screen.menu.set(None);
                    if let Some(message) = current() {
                        act(screen, message);
                    }
                }
            >
                {icon(sign)}
                {label}
            </button>
        }
    };
    view! {
        <div class="menu" data-align="end">
            {may_write.get_untracked().then(|| view! {
                <Emojis number screen/>
                <hr/>
                {item("reply", words::REPLY, |screen, message| screen.reply(message))}
                {mine.then(|| item("edit", words::EDIT, |screen, message| screen.edit(message)))}
                {item("unread", words::MARK_UNREAD, |screen, message| screen.mark_unread(message.number))}
            })}
            {item("copy", words::COPY_LINK, |screen, message| screen.copy_link(message.number))}
            <a class="menu-item" href=address(store, number) on:click=move |_| screen.menu.set(None)>{icon("link")}{words::OPEN_LINK}</a>
            {(!mine).then(|| item("warning", words::reports::REPORT, |screen, message| screen.reported.set(Some(message))))}
            {may_delete.get_untracked().then(|| view! {
                <hr/>
                <button
                    class="menu-item"
                    data-tone="bad"
                    type="button"
                    on:click=move |_| {
                        screen.menu.set(None);
                        screen.doomed.set(current());
                    }
                >
                    {icon("trash")}
                    {words::DELETE}
                </button>
            })}
        </div>
    }
}
