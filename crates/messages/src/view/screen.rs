//! What the parts of one thread's screen share: its store, what the composer is for, which
//! menu is open, which message is to be deleted, which one a link points at.

use leptos::{html, prelude::*, task::spawn_local};

use super::{here, store::ThreadStore};
use crate::{
    api,
    model::{Message, Pending, Rights},
    words,
};
use plenum_core::{error::AppError, ids::Millis, people::Role};
use plenum_ui::{memo, page::use_role, use_hydrated};

/// What the composer is for just now.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Mode {
    /// A new message.
    #[default]
    Write,
    /// An answer to this one.
    Reply(Message),
    /// Another text for this one.
    Edit(Message),
}

/// A menu of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    /// The emojis.
    React,
    /// All that can be done.
    More,
}

/// A thread's screen. Copies are the same one.
#[derive(Clone, Copy)]
pub struct Screen {
    /// The conversation.
    pub store: ThreadStore,
    /// The viewer may rename the conversation, and add and remove people.
    pub rights: Memo<Rights>,
    /// The page's clock, that of the server when it was made.
    pub now: Millis,
    /// What the composer is for.
    pub mode: RwSignal<Mode>,
    /// The open menu, by the message's number.
    pub menu: RwSignal<Option<(u64, Menu)>>,
    /// The message whose deletion is to be confirmed.
    pub doomed: RwSignal<Option<Message>>,
    /// The message that is to be reported.
    pub reported: RwSignal<Option<Message>>,
    /// The message that a link points at.
    pub target: RwSignal<Option<u64>>,
    /// True once the page is hydrated: what works with scripts only is drawn then.
    pub hydrated: ReadSignal<bool>,
    /// What went wrong last, for the composer's note.
    pub problem: RwSignal<Option<String>>,
    /// Reading does not mark as read: the viewer has marked something unread here.
    pub hold_marks: StoredValue<bool>,
    /// Where one writes.
    pub input: NodeRef<html::Textarea>,
    /// Where the messages are.
    pub log: NodeRef<html::Div>,
}

impl Screen {
    /// The screen of `store`.
    pub fn new(store: ThreadStore, now: Millis, target: Option<u64>) -> Self {
        let hydrated = use_hydrated();
        let (about, admin) = (store.about(), use_role(Role::Admin));
        Self {
            store,
            rights: memo(move || Rights { owner: about.with(|about| about.owner), admin: admin.get() }),
            now,
            mode: RwSignal::default(),
            menu: RwSignal::new(None),
            doomed: RwSignal::new(None),
            reported: RwSignal::new(None),
            target: RwSignal::new(target),
            hydrated,
            problem: RwSignal::new(None),
            hold_marks: StoredValue::new(false),
            input: NodeRef::new(),
            log: NodeRef::new(),
        }
    }

    /// Puts the cursor where one writes.
    pub fn focus_input(&self) {
        if let Some(input) = self.input.get_untracked() {
            let _ = input.focus();
        }
    }

    /// Begins an answer to `message`.
    pub fn reply(&self, message: Message) {
        self.menu.set(None);
        self.mode.set(Mode::Reply(message));
        self.focus_input();
    }

    /// Begins to edit `message`.
    pub fn edit(&self, message: Message) {
        self.menu.set(None);
        self.mode.set(Mode::Edit(message));
    }

    /// Sets or takes back the viewer's reaction: at once here, then on the server.
    pub fn react(self, number: u64, emoji: String, on: bool) {
        self.menu.set(None);
        let Some(message) = self.store.message(number).map(|message| message.get_untracked()) else { return };
        self.store.set_reaction(number, &emoji, on);
        spawn_local(async move {
            if let Err(error) = api::react(message.id, emoji.clone(), on).await {
                self.store.set_reaction(number, &emoji, !on);
                self.say(&error);
            }
        });
    }

    /// Deletes the message that has been confirmed.
    pub fn delete(self, message: &Message) {
        let id = message.id;
        spawn_local(async move {
            if let Err(error) = api::delete(id).await {
                self.say(&error);
            } else if !self.store.follower.is_connected() {
                self.store.follower.renew();
            }
        });
    }

    /// Saves another text for `message`.
    pub fn save(self, message: Message, text: String) {
        if text.trim() == message.text.trim() {
            return;
        }
        spawn_local(async move {
            match api::edit(message.id, text.clone()).await {
                Ok(edited) => self.store.edited(edited),
                Err(error) => {
                    self.say(&error);
                    // Keep what was typed.
                    self.mode.try_set(Mode::Edit(Message { text, ..message }));
                }
            }
        });
    }

    /// Marks unread from `number` on; reading does not undo it while this screen is open.
    pub fn mark_unread(self, number: u64) {
        self.menu.set(None);
        self.hold_marks.set_value(true);
        let store = self.store;
        store.context.set_own(store.conversation, |own| own.unread_from = Some(number));
        store.set_divider(number);
        spawn_local(async move {
            if let Err(error) = api::mark_unread(store.conversation, number).await {
                self.say(&error);
            }
        });
    }

    /// Copies the address of a message.
    pub fn copy_link(&self, number: u64) {
        self.menu.set(None);
        let copied = here::copy(&format!("{}{}", here::origin(), address(self.store, number)));
        self.problem.set((!copied).then(|| words::NOT_COPIED.to_owned()));
    }

    /// Sends a refused item again.
    pub fn retry(&self, item: &Pending) {
        self.store.context.outbox.retry(&item.key);
        self.focus_input();
    }

    /// Throws a refused item away.
    pub fn discard(&self, item: &Pending) {
        self.store.context.outbox.discard(&item.key);
        self.focus_input();
    }

    /// Tells what went wrong.
    pub fn say(&self, error: &AppError) {
        self.problem.try_set(Some(error.message.clone()));
    }
}

/// The address of a message.
pub fn address(store: ThreadStore, number: u64) -> String {
    format!("/messages/{}?m={number}#m{number}", store.conversation)
}
