//! What there is to go to: pages, one's conversations, people; and what can be done.

use std::{sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use strum::VariantArray as _;

use super::{Go, PaletteEntry, PaletteSources};
use crate::app::{
    key_help::KeyHelpOpen,
    navigation::{destinations, use_roles},
};
use plenum_core::{people::Role, sorted::sort_by_key};
use plenum_directory as directory;
use plenum_directory::model::DirectoryEntry;
use plenum_messages as messages;
use plenum_messages::model::{Access, ConversationKind, Line};
use plenum_people as people;
use plenum_ui::{
    effect,
    page::theme::{Theme, use_theme},
    toast, words,
};

/// Typing rests so long before the server is asked.
const REST: Duration = Duration::from_millis(150);

/// All entries, taken anew whenever the palette opens; people as `text` asks for them.
pub(super) fn use_places(open: RwSignal<bool>, text: RwSignal<String>) -> Signal<Vec<PaletteEntry>> {
    let fixed = RwSignal::new(Vec::new());
    let conversations = RwSignal::new(Vec::new());
    let people = RwSignal::new(Vec::new());

    let roles = use_roles();
    let sources = use_context::<PaletteSources>();
    let (choose_theme, keys) = (use_theme(), use_context::<KeyHelpOpen>());
    effect(move |_| {
        if !open.get() {
            return;
        }
        let more = sources.map(PaletteSources::entries).unwrap_or_default();
        fixed.set(roles.with_untracked(|roles| pages(roles)).into_iter().chain(more).chain(actions(choose_theme, keys)).collect());
        spawn_local(async move {
            if let Ok(sidebar) = messages::api::sidebar().await {
                let mut lines: Vec<Line> = sidebar.state.lines.into_values().collect();
                sort_by_key(&mut lines, |line| std::cmp::Reverse(line.last.as_ref().map(|last| last.at)));
                conversations.try_set(lines.iter().map(conversation).collect());
            }
        });
    });
    effect(move |before: Option<Option<TimeoutHandle>>| {
        if let Some(before) = before.flatten() {
            before.clear();
        }
        let query = text.with(|text| text.trim().to_owned());
        if !open.get() {
            return None;
        }
        let ask = move || {
            spawn_local(async move {
                if let Ok(page) = directory::api::directory(query.clone(), String::new(), 0).await
                    && text.try_with_untracked(|text| text.trim() == query).unwrap_or_default()
                {
                    people.try_set(page.entries.iter().map(person).collect());
                }
            });
        };
        set_timeout_with_handle(ask, REST).ok()
    });

    Signal::derive(move || {
        let mut entries: Vec<PaletteEntry> = conversations.get();
        entries.extend(people.get());
        let mut fixed: Vec<PaletteEntry> = fixed.get();
        // What is most often wanted stands first: conversations, then pages, people, actions.
        let actions = fixed.iter().position(|entry| entry.group == words::GROUP_ACTIONS).unwrap_or(fixed.len());
        let actions = fixed.split_off(actions);
        let people = entries.iter().position(|entry| entry.group == words::GROUP_PEOPLE).unwrap_or(entries.len());
        entries.splice(people..people, fixed);
        entries.extend(actions);
        entries
    })
}

fn to(group: &'static str, icon: &'static str, label: &str, path: &str) -> PaletteEntry {
    PaletteEntry { group, icon, label: label.to_owned(), hint: String::new(), go: Go::To(path.to_owned()) }
}

fn pages(roles: &[Role]) -> Vec<PaletteEntry> {
    let sections = destinations(roles).into_iter().map(|place| to(words::GROUP_PAGES, place.icon, place.label, place.href));
    let more = [
        to(words::GROUP_PAGES, "plus", words::NEW_CONVERSATION, "/messages/new"),
        to(words::GROUP_PAGES, "hash", words::ROOMS, "/messages/rooms"),
        to(words::GROUP_PAGES, "search", words::SEARCH_MESSAGES, "/messages/search"),
        to(words::GROUP_PAGES, "events", words::TICKETS, "/tickets"),
        to(words::GROUP_PAGES, "events", words::ORDERS, "/orders"),
    ];
    sections.chain(more).collect()
}

fn conversation(line: &Line) -> PaletteEntry {
    let (icon, hint) = match (line.conversation.kind, line.conversation.access) {
        (ConversationKind::Room, Access::Open) => ("hash", words::KIND_ROOM),
        (ConversationKind::Room, Access::Private) => ("lock", words::KIND_ROOM),
        (ConversationKind::Group, _) => ("group", words::KIND_GROUP),
        (ConversationKind::Direct, _) => ("messages", words::KIND_DIRECT),
    };
    PaletteEntry {
        hint: hint.to_owned(),
        ..to(words::GROUP_CONVERSATIONS, icon, &line.title(), &format!("/messages/{}", line.conversation.id))
    }
}

fn person(entry: &DirectoryEntry) -> PaletteEntry {
    to(words::GROUP_PEOPLE, "people", &entry.card.name, &format!("/people/{}", entry.card.id))
}

fn act(icon: &'static str, label: String, act: impl Fn() + Send + Sync + 'static) -> PaletteEntry {
    PaletteEntry { group: words::GROUP_ACTIONS, icon, label, hint: String::new(), go: Go::Do(Arc::new(act)) }
}

fn actions(choose_theme: Callback<Theme>, keys: Option<KeyHelpOpen>) -> Vec<PaletteEntry> {
    let themes =
        Theme::VARIANTS.iter().copied().map(|choice| act(choice.icon(), words::theme_is(choice.name()), move || choose_theme.run(choice)));
    let show_keys = move || {
        if let Some(KeyHelpOpen(open)) = keys {
            open.set(true);
        }
    };
    let sign_out = || {
        spawn_local(async {
            // Where it leads, the redirect says.
            if let Err(error) = people::api::sign_out().await {
                toast::show_error(error.message);
            }
        });
    };
    let more = [act("keyboard", words::KEYS.to_owned(), show_keys), act("sign-out", words::SIGN_OUT.to_owned(), sign_out)];
    themes.into_iter().chain(more).collect()
}
