//! The outbox: what a person writes goes from here to the server, exactly once and in order,
//! whatever the network and the tabs do (I6, I7, I8, S2-71, S4-08, S4-28).
//!
//! Each item is an entry of its own in the browser's storage, under its person's name, so
//! that tabs never overwrite each other and another person never finds it. One tab sends
//! at a time, under a lock; the others see by storage events what has become of an item. The
//! same key goes with each attempt, and an item leaves only after the server's answer, or
//! when the message itself arrives over the socket. What is decided stands in [`queue`].

mod lease;
pub mod queue;

use std::sync::Arc;

use leptos::{ev, prelude::*};

use self::queue::{Item, Queue, Verdict, judge};
use super::{
    alarm::{Alarm, pause, within},
    here::{self, storage},
};
use crate::{
    api,
    model::{Message, Pending},
    words,
};
use plenum_core::{
    error::AppError,
    ids::{ConversationId, MessageId, PersonId},
};
use plenum_ui::effect;

/// Longer than this no answer is waited for, in milliseconds; the same is sent again.
const ANSWER_WITHIN: u32 = 20_000;
/// Whose page was opened last in this browser: only their queue is sent.
const PRESENT: &str = "plenum.person";

/// The outbox of the viewer in this browser.
#[derive(Clone, Copy)]
pub struct Outbox {
    person: Signal<Option<PersonId>>,
    queue: RwSignal<Queue>,
    /// Items that the browser has no room to store: they live as long as the page.
    unstored: StoredValue<Vec<Item>>,
    sending: StoredValue<bool>,
    news: StoredValue<Arc<Alarm>>,
    answered: RwSignal<Option<Message>>,
    halted: RwSignal<Option<String>>,
}

impl Outbox {
    /// The outbox of `person`, whoever that is at the time. In the browser it starts to send.
    pub fn new(person: Signal<Option<PersonId>>) -> Self {
        let outbox = Self {
            person,
            queue: RwSignal::default(),
            unstored: StoredValue::default(),
            sending: StoredValue::new(false),
            news: StoredValue::new(Arc::default()),
            answered: RwSignal::new(None),
            halted: RwSignal::new(None),
        };
        effect(move |_| {
            if let Some(person) = person.get() {
                storage::set(PRESENT, &person.to_string());
                outbox.look();
                outbox.go_on();
            }
        });
        effect(move |_| {
            let stored = window_event_listener(ev::storage, move |event| {
                if event.key().is_none_or(|key| key == PRESENT || key.starts_with("plenum.outbox.")) {
                    outbox.look();
                    outbox.go_on();
                }
            });
            let online = window_event_listener(ev::online, move |_| outbox.go_on());
            on_cleanup(move || {
                stored.remove();
                online.remove();
            });
        });
        outbox
    }

    /// Puts a message into the queue and starts to send.
    pub fn push(&self, conversation: ConversationId, text: String, reply_to: Option<MessageId>) {
        let Some(person) = self.person.get_untracked() else { return };
        self.look();
        let at = self.queue.with_untracked(|queue| queue.time_for(here::now()));
        let item = Item { key: here::fresh_key(), conversation, text, reply_to, at, failed: None };
        if !storage::set(&name(person, &item.key), &encoded(&item)) {
            self.unstored.update_value(|items| items.push(item));
        }
        self.look();
        self.go_on();
    }

    /// Sends a refused item again.
    pub fn retry(&self, key: &str) {
        self.set_failed(key, None);
        self.go_on();
    }

    /// Throws an item away.
    pub fn discard(&self, key: &str) {
        self.remove(key);
    }

    /// The message with this key is in the conversation, as it was seen there.
    pub fn settle(&self, key: &str) {
        if self.queue.with_untracked(|queue| queue.get(key).is_some()) {
            self.remove(key);
        }
    }

    /// What waits in `conversation`; follows the queue.
    pub fn of(&self, conversation: ConversationId) -> Vec<Pending> {
        self.queue.with(|queue| queue.of(conversation))
    }

    /// True if something was refused in `conversation`; follows the queue.
    pub fn has_failed(&self, conversation: ConversationId) -> bool {
        self.queue.with(|queue| queue.has_failed(conversation))
    }

    /// How many messages wait to be sent; follows the queue.
    pub fn waiting(&self) -> usize {
        self.queue.with(Queue::waiting)
    }

    /// The message that the server has answered with last; follows the answers.
    pub fn answered(&self) -> Option<Message> {
        self.answered.get()
    }

    /// Why nothing is sent, while nobody is signed in to this browser or somebody else is; follows it.
    pub fn halted(&self) -> Option<String> {
        self.halted.get()
    }

    /// Sends what waits, now: after something is new, or the line may be back.
    pub fn go_on(&self) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        self.news.with_value(|alarm| alarm.call());
        let something = self.queue.with_untracked(|queue| queue.next().is_some());
        if !something || self.sending.get_value() {
            return;
        }
        self.sending.set_value(true);
        let outbox = *self;
        let lock = format!("plenum.outbox.{person}");
        let work = async move { outbox.send_all(person).await };
        if !here::exclusively(&lock, work) {
            leptos::task::spawn_local(lease::under(lock, async move { outbox.send_all(person).await }));
        }
    }

    /// Sends one after the other until nothing waits.
    async fn send_all(self, person: PersonId) {
        let mut attempt = 0;
        while let Some(item) = self.next(person) {
            let sent = api::send(item.conversation, item.text, item.reply_to, Some(item.key.clone()), Some(person));
            let answer = within(ANSWER_WITHIN, sent).await.unwrap_or_else(|| Err(AppError::unreachable()));
            match judge(&answer, attempt, here::chance()) {
                Verdict::Sent => {
                    attempt = 0;
                    self.halted.try_set(None);
                    if let Ok(message) = answer {
                        self.answered.try_set(Some(message));
                    }
                    self.remove(&item.key);
                }
                Verdict::Refused(reason) => self.set_failed(&item.key, Some(reason)),
                Verdict::SignedOut => {
                    self.halted.try_set(answer.err().map(|error| error.message));
                    break;
                }
                Verdict::Again(wait) => {
                    attempt += 1;
                    let Some(news) = self.news.try_get_value() else { return };
                    news.called_within(wait).await;
                }
                Verdict::NotBefore(wait) => {
                    attempt += 1;
                    pause(wait).await;
                }
            }
        }
        self.sending.try_set_value(false);
    }

    /// What to send next, if it is still this person's page and nobody else has signed in since.
    fn next(&self, person: PersonId) -> Option<Item> {
        let viewer = self.person.try_get_untracked().flatten();
        let present = storage::get(PRESENT).is_none_or(|present| present == person.to_string());
        if viewer != Some(person) {
            return None;
        }
        self.look();
        let next = self.queue.try_with_untracked(|queue| queue.next().cloned()).flatten()?;
        if !present {
            self.halted.try_set(Some(words::OF_SOMEBODY_ELSE.to_owned()));
        }
        present.then_some(next)
    }

    /// Reads the queue as it is stored now.
    fn look(&self) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        let texts = storage::entries(&name(person, ""));
        let unstored = self.unstored.try_get_value().unwrap_or_default();
        let queue = Queue::read(texts.iter().map(|(_, text)| text.as_str())).with(&unstored);
        if self.queue.try_with_untracked(|known| *known != queue) == Some(true) {
            self.queue.try_set(queue);
        }
    }

    fn remove(&self, key: &str) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        storage::remove(&name(person, key));
        self.unstored.try_update_value(|items| items.retain(|item| item.key != key));
        self.look();
    }

    /// Marks an item refused, or not; one that has left the queue meanwhile stays away.
    fn set_failed(&self, key: &str, failed: Option<String>) {
        let Some(person) = self.person.try_get_untracked().flatten() else { return };
        self.look();
        let Some(mut item) = self.queue.with_untracked(|queue| queue.get(key).cloned()) else { return };
        item.failed = failed;
        let unstored = self.unstored.try_update_value(|items| match items.iter_mut().find(|known| known.key == key) {
            Some(known) => {
                known.clone_from(&item);
                true
            }
            None => false,
        });
        if unstored != Some(true) {
            storage::set(&name(person, key), &encoded(&item));
        }
        self.look();
    }
}

fn name(person: PersonId, key: &str) -> String {
    format!("plenum.outbox.{person}.{key}")
}

fn encoded(item: &Item) -> String {
    serde_json::to_string(item).unwrap_or_default()
}
