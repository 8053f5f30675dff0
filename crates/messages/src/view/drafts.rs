//! What is half written, kept per conversation in this browser until it is sent.

use leptos::{ev, prelude::*};

use super::here::storage;
use plenum_core::{
    ids::{ConversationId, PersonId},
    sorted::SortedMap,
};
use plenum_ui::effect;

/// The viewer's drafts in this browser.
#[derive(Clone, Copy)]
pub struct Drafts {
    person: Signal<Option<PersonId>>,
    texts: RwSignal<SortedMap<ConversationId, String>>,
}

impl Drafts {
    /// The drafts of `person`, whoever that is at the time; read once the page is alive.
    pub fn new(person: Signal<Option<PersonId>>) -> Self {
        let drafts = Self { person, texts: RwSignal::default() };
        effect(move |_| {
            if person.get().is_some() {
                drafts.look();
            }
        });
        effect(move |_| {
            let stored = window_event_listener(ev::storage, move |event| {
                if event.key().is_none_or(|key| key.starts_with("plenum.draft.")) {
                    drafts.look();
                }
            });
            on_cleanup(move || stored.remove());
        });
        drafts
    }

    /// The draft in `conversation`, as stored now.
    pub fn stored(&self, conversation: ConversationId) -> Option<String> {
        storage::get(&name(self.person.get_untracked()?, &conversation.to_string()))
    }

    /// The draft in `conversation`; follows it.
    pub fn of(&self, conversation: ConversationId) -> Option<String> {
        self.texts.with(|texts| texts.get(&conversation).cloned())
    }

    /// Keeps a draft; nothing but space forgets it.
    pub fn keep(&self, conversation: ConversationId, text: &str) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        let name = name(person, &conversation.to_string());
        if text.trim().is_empty() {
            storage::remove(&name);
            if self.texts.with_untracked(|texts| texts.contains_key(&conversation)) {
                self.texts.update(|texts| {
                    texts.remove(&conversation);
                });
            }
        } else {
            storage::set(&name, text);
            self.texts.update(|texts| {
                texts.insert(conversation, text.to_owned());
            });
        }
    }

    fn look(&self) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        let prefix = name(person, "");
        let texts = storage::entries(&prefix)
            .into_iter()
            .filter_map(|(key, text)| Some((key.strip_prefix(&prefix)?.parse().ok()?, text)))
            .collect();
        self.texts.try_set(texts);
    }
}

fn name(person: PersonId, conversation: &str) -> String {
    format!("plenum.draft.{person}.{conversation}")
}
