//! How a thread on the screen follows what happens: the socket, the list of conversations,
//! the outbox, and what the viewer does themselves.

use std::time::Duration;

use leptos::prelude::*;

use super::store::ThreadStore;
use crate::{
    live::{ConversationEvent, ReactionsChanged, ThreadTouched},
    model::{Message, Own, Pending, Reaction, Thread},
};
use plenum_core::{ids::PersonId, live::Live, people::PersonCard, sorted::sort_by_key};
use plenum_directory::live::OrganisationEvent;
use plenum_ui::{client::SubscriptionStatus, effect, page::Logged};

/// Somebody who said that they are typing is shown for so long; longer than the pause
/// between two such events (3 s), shorter than I17 asks (10 s).
const TYPING_LASTS: Duration = Duration::from_secs(6);
/// A window that is read at its end is cut when it is longer than this…
const LONG_WINDOW: usize = 400;
/// …to this.
const SHORT_WINDOW: u64 = 150;

impl ThreadStore {
    pub(super) fn follow(self) {
        let (id, about) = (self.conversation, self.about);
        self.follower.fetch_with(move || self.snapshot(), move |thread| self.absorb(thread));
        let joined = Signal::derive(move || about.with(|about| about.own.is_some()).then_some(id));
        let handle = self.follower.follow::<ConversationEvent>(joined, Logged::All, move |events| self.apply(&events));
        self.handle.set_value(Some(handle));

        // What is the viewer's own comes with the list of conversations, and goes with its line.
        effect(move |was_listed: Option<bool>| {
            let own = self.context.own(id);
            let listed = own.is_some();
            if listed || was_listed == Some(true) {
                self.change(|thread, touched| {
                    touched.about = thread.own != own;
                    thread.own = own;
                });
            } else if self.context.begun() && self.about.with_untracked(|about| about.own.is_some()) {
                // Joined a moment ago, and the list does not know it yet.
                self.context.follower.renew();
            }
            listed
        });
        effect(move |_| {
            let cards = self.context.cards.get();
            self.change(|thread, touched| {
                for card in cards {
                    merge(touched, thread.apply(self.viewer, &OrganisationEvent::PersonChanged(card)));
                }
            });
        });
        effect(move |_| {
            let blocked = self.context.blocked().get();
            if self.context.begun() {
                self.change(|thread, touched| {
                    touched.about = thread.blocked != blocked;
                    thread.blocked = blocked;
                });
            }
        });
        // What waits in the outbox stands at the end of the log.
        effect(move |_| {
            let queued = self.context.outbox.of(id);
            self.show_pending(queued, true);
        });
        effect(move |_| {
            if let Some(message) = self.context.outbox.answered().filter(|_| self.state.try_get_value().is_some()) {
                self.answered(message);
            }
        });
    }

    /// Says that the viewer is typing; false if nobody can hear it now.
    pub fn say_typing(&self) -> bool {
        let Some(Some(handle)) = self.handle.try_get_value() else { return false };
        let heard = handle.status().try_get_untracked() == Some(SubscriptionStatus::Live);
        if heard {
            handle.send("client-typing", &serde_json::json!({}));
        }
        heard
    }

    /// Applies what the socket brought.
    fn apply(&self, events: &[ConversationEvent]) {
        let before = self.state.with_value(Thread::last);
        self.change(|thread, touched| {
            for event in events {
                merge(touched, thread.apply(self.viewer, event));
                if thread.messages.len() > LONG_WINDOW && self.at_end.get_value() {
                    let cut = thread.last().saturating_sub(SHORT_WINDOW);
                    thread.messages = thread.messages.split_off(&cut);
                }
            }
        });
        let mut of_others = 0;
        for event in events {
            match event {
                ConversationEvent::MessageSent(message) => {
                    self.stop_typing(message.author.id, None);
                    if message.author.id == self.viewer {
                        self.context.outbox.settle(&message.key);
                    } else if message.number > before {
                        of_others += 1;
                    }
                }
                ConversationEvent::Typing(typing) if typing.person.id != self.viewer => self.start_typing(&typing.person),
                _ => {}
            }
        }
        if of_others > 0 {
            self.arrived.update(|count| *count += of_others);
        }
    }

    /// Shows what waits. An item that has left the outbox without being refused has been sent,
    /// here or in another tab: it stays (`linger`) until its message is here.
    pub(super) fn show_pending(&self, queued: Vec<Pending>, linger: bool) {
        self.change(|thread, touched| {
            let mine: Vec<&str> = thread
                .messages
                .values()
                .rev()
                .filter(|message| message.author.id == self.viewer)
                .map(|message| message.key.as_str())
                .collect();
            let mut pending: Vec<Pending> = queued.into_iter().filter(|item| !mine.contains(&item.key.as_str())).collect();
            if linger {
                for item in &thread.pending {
                    let known = pending.iter().any(|other| other.key == item.key) || mine.contains(&item.key.as_str());
                    if item.failed.is_none() && !known {
                        pending.push(item.clone());
                    }
                }
            }
            sort_by_key(&mut pending, |item| item.at);
            touched.rows = pending != thread.pending;
            thread.pending = pending;
        });
    }

    /// The server has answered a send. The next message in order is shown at once; others come
    /// over the socket, or with a fresh snapshot while it is down.
    fn answered(&self, message: Message) {
        if message.author.id != self.viewer {
            return;
        }
        let next = self.state.with_value(|thread| !thread.has_newer() && thread.last() + 1 == message.number);
        let here = self.state.with_value(|thread| thread.pending.iter().any(|item| item.key == message.key));
        if here && next {
            self.apply(&[ConversationEvent::MessageSent(message)]);
        } else if here && !self.follower.is_connected() {
            self.follower.renew();
        }
    }

    /// Shows the viewer's reaction at once; the server's word follows.
    pub fn set_reaction(&self, number: u64, emoji: &str, on: bool) {
        let changed = self.state.with_value(|thread| {
            let message = thread.messages.get(&number)?;
            let mut reactions = message.reactions.clone();
            match reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
                Some(reaction) => {
                    reaction.people.retain(|person| *person != self.viewer);
                    if on {
                        reaction.people.push(self.viewer);
                    }
                }
                None if on => reactions.push(Reaction { emoji: emoji.to_owned(), people: vec![self.viewer] }),
                None => {}
            }
            reactions.retain(|reaction| !reaction.people.is_empty());
            Some(ReactionsChanged { message: message.id, number, reactions })
        });
        if let Some(changed) = changed {
            self.apply(&[ConversationEvent::ReactionChanged(changed)]);
        }
    }

    /// Everything up to `number` is read: here at once, on the server soon.
    pub fn mark_read(&self, number: u64) {
        let (id, context) = (self.conversation, self.context);
        context.set_own(id, |own| *own = Own { read: own.read.max(number), unread_from: None, ..*own });
        context.marks.read(id, number);
        self.change(|thread, touched| {
            if let Some(own) = &mut thread.own {
                *own = Own { read: own.read.max(number), unread_from: None, ..*own };
                touched.about = true;
            }
        });
    }

    /// The server has answered an edit.
    pub fn edited(&self, message: Message) {
        self.apply(&[ConversationEvent::MessageEdited(message)]);
    }

    /// Moves the unread divider.
    pub fn set_divider(&self, number: u64) {
        self.change(|thread, touched| {
            thread.unread_divider = Some(number);
            touched.rows = true;
        });
    }

    fn start_typing(self, card: &PersonCard) {
        let person = card.id;
        let turn = self.typing.with_untracked(|typing| typing.iter().map(|(_, turn)| turn + 1).max().unwrap_or(1));
        self.typing.update(|typing| match typing.iter_mut().find(|(known, _)| known.id == person) {
            Some(known) => known.1 = turn,
            None => typing.push((card.clone(), turn)),
        });
        set_timeout(move || self.stop_typing(person, Some(turn)), TYPING_LASTS);
    }

    fn stop_typing(&self, person: PersonId, turn: Option<u64>) {
        let is_meant = |(card, known): &(PersonCard, u64)| card.id == person && turn.is_none_or(|turn| turn == *known);
        if self.typing.try_with_untracked(|typing| typing.iter().any(is_meant)) == Some(true) {
            self.typing.update(|typing| typing.retain(|entry| !is_meant(entry)));
        }
    }
}

fn merge(into: &mut ThreadTouched, touched: ThreadTouched) {
    into.messages.extend(touched.messages);
    into.rows |= touched.rows;
    into.about |= touched.about;
}
