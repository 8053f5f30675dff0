//! One conversation alive on the screen: its [`Thread`], and signals for what is drawn. The
//! live stream, the outbox and fetched pages change the thread; only what was touched
//! notifies: a message's own signal, the list of lines, or what is about the conversation.

use leptos::prelude::*;

use super::{
    context::SidebarContext,
    rows::{Row, rows},
};
use crate::{
    live::ThreadTouched,
    model::{Conversation, Member, Message, Own, Thread},
};
use plenum_core::{
    ids::{ConversationId, PersonId},
    live::Snapshot,
    people::PersonCard,
    sorted::SortedMap,
    time::Zone,
};
use plenum_ui::{
    client::{Connection, LiveHandle, use_connection},
    page::Follower,
};

/// What the head of the conversation, its receipts and its members are drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Its own properties.
    pub conversation: Conversation,
    /// Its name as the viewer sees it.
    pub title: String,
    /// How many members it has.
    pub member_count: i64,
    /// Its members, up to 50.
    pub members: Vec<Member>,
    /// The viewer owns it.
    pub owner: bool,
    /// It is between two of whom one has blocked the other.
    pub closed: bool,
    /// Whom the viewer has blocked, by id.
    pub blocked: Vec<PersonId>,
    /// What is the viewer's own; none if they are not a member.
    pub own: Option<Own>,
}

/// Which part of the conversation is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first number that is loaded.
    pub first: u64,
    /// The last number that is loaded.
    pub last: u64,
    /// The last number there is.
    pub head: u64,
    /// There are older messages.
    pub has_older: bool,
    /// There are newer messages.
    pub has_newer: bool,
}

/// One conversation on the screen. Copies are the same one.
#[derive(Clone, Copy)]
pub struct ThreadStore {
    /// Who looks.
    pub viewer: PersonId,
    /// At which conversation.
    pub conversation: ConversationId,
    /// The viewer's other conversations, outbox and drafts.
    pub context: SidebarContext,
    pub(super) state: StoredValue<Thread>,
    pub(super) follower: Follower,
    zone: StoredValue<Zone>,
    messages: StoredValue<SortedMap<u64, ArcRwSignal<Message>>>,
    rows: RwSignal<Vec<Row>>,
    pub(super) about: RwSignal<About>,
    window: RwSignal<Window>,
    pub(super) arrived: RwSignal<u64>,
    pub(super) typing: RwSignal<Vec<(PersonCard, u64)>>,
    pub(super) handle: StoredValue<Option<LiveHandle>>,
    connection: Signal<Connection>,
    /// The end of the log is on the screen.
    pub(super) at_end: StoredValue<bool>,
}

impl ThreadStore {
    /// Starts from the page's snapshot and follows the conversation from there.
    pub fn new(viewer: PersonId, zone: Zone, context: SidebarContext, snapshot: Snapshot<Thread>) -> Self {
        let thread = snapshot.state;
        let store = Self {
            viewer,
            conversation: thread.conversation.id,
            context,
            follower: Follower::new(snapshot.cursors),
            messages: StoredValue::new(signals(&thread)),
            rows: RwSignal::new(rows(&thread, viewer, &zone)),
            about: RwSignal::new(about(&thread, viewer)),
            window: RwSignal::new(window(&thread)),
            arrived: RwSignal::new(0),
            typing: RwSignal::default(),
            handle: StoredValue::new(None),
            connection: use_connection(),
            at_end: StoredValue::new(false),
            zone: StoredValue::new(zone),
            state: StoredValue::new(thread),
        };
        store.follow();
        store
    }

    /// The lines of the log; follows them.
    pub fn rows(&self) -> Signal<Vec<Row>> {
        self.rows.into()
    }

    /// What is about the conversation; follows it.
    pub fn about(&self) -> Signal<About> {
        self.about.into()
    }

    /// Which part is loaded; follows it.
    pub fn window(&self) -> Signal<Window> {
        self.window.into()
    }

    /// Counts messages of others as they arrive; follows them.
    pub fn arrived(&self) -> Signal<u64> {
        self.arrived.into()
    }

    /// Who is typing; follows them.
    pub fn typing(&self) -> Signal<Vec<PersonCard>> {
        let typing = self.typing;
        Signal::derive(move || typing.with(|typing| typing.iter().map(|(card, _)| card.clone()).collect()))
    }

    /// How the line is; follows it.
    pub fn connection(&self) -> Signal<Connection> {
        self.connection
    }

    /// The viewer's zone of time.
    pub fn zone(&self) -> Zone {
        self.zone.get_value()
    }

    /// Why nothing more is told here (S2-60); follows it.
    pub fn refused(&self) -> Signal<Option<String>> {
        self.follower.ended.into()
    }

    /// A message by its number.
    pub fn message(&self, number: u64) -> Option<ArcRwSignal<Message>> {
        self.messages.with_value(|messages| messages.get(&number).cloned())
    }

    /// The viewer's last message that is not deleted.
    pub fn last_own(&self) -> Option<Message> {
        self.state.with_value(|thread| {
            thread.messages.values().rev().find(|message| message.author.id == self.viewer && !message.deleted).cloned()
        })
    }

    /// Asks for the subscription again, after it was refused.
    pub fn follow_again(&self) {
        self.follower.ended.set(None);
        self.follower.renew();
    }

    /// Changes the thread and draws what was touched.
    pub(super) fn change(&self, change: impl FnOnce(&mut Thread, &mut ThreadTouched)) {
        let mut touched = ThreadTouched::default();
        self.state.try_update_value(|thread| change(thread, &mut touched));
        self.draw(&touched);
    }

    fn draw(&self, touched: &ThreadTouched) {
        self.state.try_with_value(|thread| {
            for number in &touched.messages {
                if let (Some(message), Some(signal)) = (thread.messages.get(number), self.message(*number)) {
                    signal.set(message.clone());
                }
            }
            if touched.rows {
                self.draw_rows(thread);
            }
            let window = window(thread);
            if self.window.get_untracked() != window {
                self.window.set(window);
            }
            if touched.about {
                self.draw_about(thread);
            }
        });
    }

    /// Draws all of it again, after a page or a fresh snapshot.
    pub(super) fn draw_all(&self) {
        self.state.try_with_value(|thread| {
            for (number, message) in &thread.messages {
                if let Some(signal) = self.message(*number)
                    && signal.with_untracked(|known| known != message)
                {
                    signal.set(message.clone());
                }
            }
            self.draw_rows(thread);
            self.draw_about(thread);
            self.window.set(window(thread));
        });
    }

    fn draw_rows(&self, thread: &Thread) {
        self.messages.update_value(|signals| {
            signals.retain(|number, _| thread.messages.contains_key(number));
            for (number, message) in &thread.messages {
                signals.get_or_insert_with(*number, || ArcRwSignal::new(message.clone()));
            }
        });
        let rows = self.zone.with_value(|zone| rows(thread, self.viewer, zone));
        if self.rows.with_untracked(|known| *known != rows) {
            self.rows.set(rows);
        }
    }

    fn draw_about(&self, thread: &Thread) {
        let about = about(thread, self.viewer);
        if self.about.with_untracked(|known| *known != about) {
            self.about.set(about);
        }
    }
}

fn signals(thread: &Thread) -> SortedMap<u64, ArcRwSignal<Message>> {
    thread.messages.iter().map(|(number, message)| (*number, ArcRwSignal::new(message.clone()))).collect()
}

fn about(thread: &Thread, viewer: PersonId) -> About {
    About {
        conversation: thread.conversation.clone(),
        title: thread.title(viewer),
        member_count: thread.member_count,
        members: thread.members.clone(),
        owner: thread.owner,
        closed: thread.closed,
        blocked: thread.blocked.clone(),
        own: thread.own,
    }
}

fn window(thread: &Thread) -> Window {
    Window { first: thread.first(), last: thread.last(), head: thread.head, has_older: thread.has_older(), has_newer: thread.has_newer() }
}
