//! How live events, pages of history and fresh snapshots apply to a conversation on the screen.

use super::{ConversationEvent, PersonEvent, QuoteChanged, ReactionsChanged, replace_cards, update_blocked, update_cards};
use crate::model::{Message, POINTER_MEMBERS, Pending, Thread};
use plenum_core::{ids::PersonId, live::Live, people::PersonCard, sorted::sort_by_key};
use plenum_directory::live::OrganisationEvent;

/// What an event changed in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreadTouched {
    /// Numbers of messages whose content changed.
    pub messages: Vec<u64>,
    /// Messages came to the window, or pending ones went.
    pub rows: bool,
    /// Name, topic, members or pointers changed.
    pub about: bool,
    /// Who is typing now; not part of the state, the view keeps it for a few seconds.
    pub typing: Option<PersonCard>,
}

impl Live<ConversationEvent> for Thread {
    type Touched = ThreadTouched;

    fn apply(&mut self, viewer: PersonId, event: &ConversationEvent) -> ThreadTouched {
        match event {
            ConversationEvent::MessageSent(message)
            | ConversationEvent::MessageEdited(message)
            | ConversationEvent::MessageDeleted(message) => self.apply_message(viewer, message),
            ConversationEvent::QuoteChanged(change) => self.apply_quote(change),
            ConversationEvent::ReactionChanged(change) => self.apply_reactions(change),
            ConversationEvent::PointerMoved(moved) => {
                if let Some(member) = self.members.iter_mut().find(|member| member.card.id == moved.person) {
                    member.pointer = moved.pointer;
                }
                about()
            }
            ConversationEvent::MemberJoined(change) => {
                self.member_count = change.member_count;
                self.members.retain(|member| member.card.id != change.member.card.id);
                if change.member.card.id == viewer {
                    self.owner = change.member.owner;
                }
                let mut member = change.member.clone();
                update_cards(std::iter::once(&mut member.card), &self.since.renamed);
                self.members.push(member);
                sort_by_key(&mut self.members, |member| member.card.id);
                self.forget_large_membership();
                about()
            }
            ConversationEvent::MemberLeft(change) => {
                self.member_count = change.member_count;
                self.members.retain(|member| member.card.id != change.member.card.id);
                if change.member.card.id == viewer {
                    self.own = None;
                    self.owner = false;
                }
                about()
            }
            ConversationEvent::ConversationChanged(conversation) => {
                self.conversation.clone_from(conversation);
                about()
            }
            ConversationEvent::ClosedChanged(change) => {
                self.closed = change.closed;
                about()
            }
            ConversationEvent::Typing(typing) => {
                let typing = (typing.person.id != viewer).then(|| typing.person.clone());
                ThreadTouched { typing, ..ThreadTouched::default() }
            }
        }
    }
}

fn about() -> ThreadTouched {
    ThreadTouched { about: true, ..ThreadTouched::default() }
}

impl Thread {
    /// A message as it is now: known ones are replaced, the next one is added, older and
    /// later ones are beyond the window.
    fn apply_message(&mut self, viewer: PersonId, message: &Message) -> ThreadTouched {
        let mut touched = ThreadTouched::default();
        if message.author.id == viewer {
            let before = self.pending.len();
            self.pending.retain(|pending| pending.key != message.key);
            touched.rows = self.pending.len() != before;
        }
        let mut message = message.clone();
        update_cards(cards_of(&mut message), &self.since.renamed);
        self.update_quote(&mut message);
        let number = message.number;
        self.head = self.head.max(number);
        if let Some(known) = self.messages.get_mut(&number) {
            if *known != message {
                *known = message;
                touched.messages.push(number);
            }
        } else {
            self.since.reactions.remove(&number);
            self.since.messages.insert(number, message);
            touched.rows |= self.close_up();
        }
        touched
    }

    /// Puts into a reply the newest text of what it quotes. Where none has come yet, what is shown of it stays until one does.
    fn update_quote(&self, message: &mut Message) {
        let shown = self.messages.get(&message.number).and_then(|known| known.reply_to.as_ref());
        let Some(quote) = &mut message.reply_to else { return };
        let newest = self.since.quotes.get(&quote.message);
        if let Some(text) = newest.or_else(|| shown.map(|shown| &shown.text).filter(|_| quote.text.is_empty())) {
            quote.text.clone_from(text);
        }
    }

    /// What replies quote of a message, as it is now.
    fn apply_quote(&mut self, change: &QuoteChanged) -> ThreadTouched {
        self.since.quotes.insert(change.message, change.text.clone());
        let mut touched = ThreadTouched::default();
        for (number, message) in self.messages.iter_mut() {
            if replace_quote(message, change) {
                touched.messages.push(*number);
            }
        }
        for message in self.since.messages.values_mut() {
            replace_quote(message, change);
        }
        touched
    }

    /// A message's reactions as they are now.
    fn apply_reactions(&mut self, change: &ReactionsChanged) -> ThreadTouched {
        if let Some(message) = self.messages.get_mut(&change.number) {
            if message.reactions == change.reactions {
                return ThreadTouched::default();
            }
            message.reactions.clone_from(&change.reactions);
            return ThreadTouched { messages: vec![change.number], ..ThreadTouched::default() };
        }
        match self.since.messages.get_mut(&change.number) {
            Some(message) => message.reactions.clone_from(&change.reactions),
            None => {
                self.since.reactions.insert(change.number, change.reactions.clone());
            }
        }
        ThreadTouched::default()
    }

    /// Takes into the window what follows it without a gap; true if anything did.
    fn close_up(&mut self) -> bool {
        let mut grown = false;
        while let Some(next) = self.since.messages.remove(&(self.last() + 1)) {
            self.messages.insert(next.number, next);
            grown = true;
        }
        grown
    }

    /// Above [`POINTER_MEMBERS`] members are queried in pages, not kept.
    fn forget_large_membership(&mut self) {
        if self.member_count > POINTER_MEMBERS {
            self.members.clear();
        }
    }

    /// An older page, fetched on scrolling up; it must end where the window begins. A page that was
    /// asked for before [`absorb`](Self::absorb) must not be brought here after it.
    pub fn prepend(&mut self, page: Vec<Message>) {
        let first = self.first();
        let joins = page.last().is_some_and(|last| last.number + 1 == first);
        if joins {
            self.take_page(page);
        }
    }

    /// A newer page, fetched on scrolling down from a linked message; otherwise as [`prepend`](Self::prepend).
    pub fn append(&mut self, page: Vec<Message>) {
        let last = self.last();
        let joins = page.first().is_some_and(|first| first.number == last + 1);
        if joins {
            self.head = self.head.max(page.last().map_or(0, |message| message.number));
            self.take_page(page);
            self.close_up();
        }
    }

    /// What events brought meanwhile is newer than the page, or as new: if the page is newer still, its event will come.
    fn take_page(&mut self, page: Vec<Message>) {
        for mut message in page {
            let number = message.number;
            let reactions = self.since.reactions.remove(&number);
            if let Some(newer) = self.since.messages.remove(&number) {
                message = newer;
            } else {
                update_cards(cards_of(&mut message), &self.since.renamed);
                self.update_quote(&mut message);
                message.reactions = reactions.unwrap_or(message.reactions);
            }
            self.messages.insert(number, message);
        }
    }

    /// Takes a fresh snapshot after a gap that the log could not fill. What was written here
    /// and is not acknowledged stays; so does the divider.
    pub fn absorb(&mut self, viewer: PersonId, fresh: Self) {
        let mut pending: Vec<Pending> = std::mem::take(&mut self.pending);
        pending.retain(|item| !fresh.messages.values().any(|message| message.author.id == viewer && message.key == item.key));
        let unread_divider = self.unread_divider;
        *self = fresh;
        self.pending = pending;
        self.unread_divider = unread_divider;
    }
}

impl Live<PersonEvent> for Thread {
    type Touched = ThreadTouched;

    fn apply(&mut self, _viewer: PersonId, event: &PersonEvent) -> ThreadTouched {
        match event {
            PersonEvent::OwnChanged(change) if change.conversation == self.conversation.id && self.own.is_some() => {
                self.own = Some(change.own);
                about()
            }
            PersonEvent::ConversationAdded(line) if line.conversation.id == self.conversation.id => {
                self.own = Some(line.own);
                about()
            }
            PersonEvent::BlockChanged(change) => {
                ThreadTouched { about: update_blocked(&mut self.blocked, *change), ..ThreadTouched::default() }
            }
            PersonEvent::ConversationLeft(left) if left.conversation == self.conversation.id => {
                self.own = None;
                self.owner = false;
                about()
            }
            _ => ThreadTouched::default(),
        }
    }
}

impl Live<OrganisationEvent> for Thread {
    type Touched = ThreadTouched;

    fn apply(&mut self, _viewer: PersonId, event: &OrganisationEvent) -> ThreadTouched {
        let OrganisationEvent::PersonChanged(card) = event else { return ThreadTouched::default() };
        self.since.renamed.insert(card.id, card.clone());
        let about = replace_cards(self.members.iter_mut().map(|member| &mut member.card), card);
        let mut touched = ThreadTouched { about, ..ThreadTouched::default() };
        for (number, message) in self.messages.iter_mut() {
            if replace_cards(cards_of(message), card) {
                touched.messages.push(*number);
            }
        }
        for message in self.since.messages.values_mut() {
            replace_cards(cards_of(message), card);
        }
        touched
    }
}

/// Puts the changed text where `message` quotes it; true if that changed anything.
fn replace_quote(message: &mut Message, change: &QuoteChanged) -> bool {
    let stale = message.reply_to.as_mut().filter(|quote| quote.message == change.message && quote.text != change.text);
    stale.map(|quote| quote.text.clone_from(&change.text)).is_some()
}

/// The people that a message shows by their cards.
fn cards_of(message: &mut Message) -> impl Iterator<Item = &mut PersonCard> {
    std::iter::once(&mut message.author).chain(message.reply_to.iter_mut().map(|quote| &mut quote.author))
}
