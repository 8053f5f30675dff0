//! The viewer's conversations, alive on every page: the list, the total of unread messages
//! for the navigation, the outbox and the drafts. The shell provides it once; the pages of
//! messages read it.

use leptos::prelude::*;

use super::{
    drafts::Drafts,
    here,
    marks::Marks,
    order::{Order, order},
    outbox::Outbox,
};
use crate::{
    api,
    live::{OwnChanged, PersonEvent, SidebarTouched},
    model::{Line, Own, Sidebar},
};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, PersonId},
    live::{Live, Snapshot},
    people::PersonCard,
    sorted::SortedMap,
};
use plenum_directory::live::OrganisationEvent;
use plenum_ui::{
    client::{Connection, use_connection},
    effect,
    page::{Follower, Logged, use_viewer},
};

/// The viewer's conversations and what is theirs in this browser.
#[derive(Clone, Copy)]
pub struct SidebarContext {
    /// The list as the server knew it when the page was made.
    pub first: Resource<AppResult<Snapshot<Sidebar>>>,
    /// What waits to be sent.
    pub outbox: Outbox,
    /// What is half written.
    pub drafts: Drafts,
    /// What has been read and received.
    pub(super) marks: Marks,
    /// Cards that changed while the page is open, for the thread.
    pub(super) cards: RwSignal<Vec<PersonCard>>,
    /// Where somebody is typing, in words.
    pub(super) typing: RwSignal<Option<(ConversationId, String)>>,
    pub(super) viewer: Signal<Option<PersonId>>,
    pub(super) state: StoredValue<Option<Sidebar>>,
    pub(super) follower: Follower,
    lines: StoredValue<SortedMap<ConversationId, ArcRwSignal<Line>>>,
    order: RwSignal<Order>,
    unread: RwSignal<u64>,
    blocked: RwSignal<Vec<PersonId>>,
    pub(super) begun: RwSignal<bool>,
    /// What came, or was done here, while a fresh list was on its way: the list may have been read before it.
    pub(super) meanwhile: StoredValue<Vec<PersonEvent>>,
}

/// Provides the viewer's conversations to all pages; the shell calls it once, where the
/// viewer is known.
pub fn provide_sidebar() -> SidebarContext {
    let viewer = use_viewer();
    let person = Signal::derive(move || viewer.get().map(|viewer| viewer.card.id));
    let organisation = Signal::derive(move || viewer.get().map(|viewer| viewer.organisation));
    let context = SidebarContext {
        first: Resource::new_blocking(|| (), |()| api::sidebar()),
        outbox: Outbox::new(person),
        drafts: Drafts::new(person),
        marks: Marks::new(),
        cards: RwSignal::default(),
        typing: RwSignal::default(),
        viewer: person,
        state: StoredValue::new(None),
        follower: Follower::new(Vec::new()),
        lines: StoredValue::default(),
        order: RwSignal::default(),
        unread: RwSignal::new(0),
        blocked: RwSignal::default(),
        begun: RwSignal::new(false),
        meanwhile: StoredValue::default(),
    };
    provide_context(context);
    context.follow(person, organisation);
    context
}

/// The viewer's conversations, if the shell has provided them.
pub fn use_sidebar() -> Option<SidebarContext> {
    use_context()
}

impl SidebarContext {
    /// Unread messages in all conversations that are not muted.
    pub fn unread(&self) -> Signal<u64> {
        self.unread.into()
    }

    /// Whom the viewer has blocked, by id.
    pub fn blocked(&self) -> Signal<Vec<PersonId>> {
        self.blocked.into()
    }

    /// Messages that wait for the connection.
    pub fn waiting(&self) -> Signal<usize> {
        let outbox = self.outbox;
        Signal::derive(move || outbox.waiting())
    }

    /// Why nothing more is told, if the server has ended the subscription.
    pub(super) fn refused(&self) -> Signal<Option<String>> {
        self.follower.ended.into()
    }

    /// The order of the list.
    pub(super) fn order(&self) -> Signal<Order> {
        self.order.into()
    }

    /// A line of the list.
    pub(super) fn line(&self, id: ConversationId) -> Option<ArcRwSignal<Line>> {
        self.lines.with_value(|lines| lines.get(&id).cloned())
    }

    /// What is the viewer's own about a conversation; follows it.
    pub(super) fn own(&self, id: ConversationId) -> Option<Own> {
        self.order.track();
        self.line(id).map(|line| line.with(|line| line.own))
    }

    /// True once the list is there; follows it.
    pub fn begun(&self) -> bool {
        self.begun.get()
    }

    /// Starts from the server's first answer; does nothing the second time.
    pub(super) fn begin(&self, snapshot: Snapshot<Sidebar>) {
        if self.begun.get_untracked() {
            return;
        }
        self.state.set_value(Some(snapshot.state));
        self.redraw_all();
        self.follower.go_on_from(snapshot.cursors);
        self.begun.set(true);
        self.receive_all();
    }

    fn follow(self, person: Signal<Option<PersonId>>, organisation: Signal<Option<plenum_core::ids::OrganisationId>>) {
        effect(move |_| {
            if let Some(Ok(snapshot)) = self.first.get() {
                self.begin(snapshot);
            }
        });
        // Another person signed in without loading the page again: start anew.
        effect(move |before: Option<Option<PersonId>>| {
            let now = person.get();
            if before.is_some_and(|before| before != now) {
                self.begun.set(false);
                self.state.set_value(None);
                self.redraw_all();
                if now.is_some() {
                    self.first.refetch();
                }
            }
            now
        });

        let begun = self.begun;
        self.follower.fetch_with(move || self.fresh(), move |sidebar| self.absorb(sidebar));
        let own = Signal::derive(move || if begun.get() { person.get() } else { None });
        self.follower.follow::<PersonEvent>(own, Logged::Some, move |events| self.apply(&events));
        let house = Signal::derive(move || if begun.get() { organisation.get() } else { None });
        self.follower.follow_part::<OrganisationEvent>(house, Logged::All, move |events| self.apply_house(&events), |_| {});

        let connection = use_connection();
        effect(move |_| {
            if connection.with(Connection::is_connected) {
                self.outbox.go_on();
            }
        });
    }

    pub(super) fn apply(&self, events: &[PersonEvent]) {
        let Some(viewer) = self.viewer.get_untracked() else { return };
        if self.follower.is_requesting() {
            self.meanwhile.update_value(|meanwhile| meanwhile.extend_from_slice(events));
        }
        self.change(|sidebar, touched| {
            for event in events {
                merge(touched, sidebar.apply(viewer, event));
            }
        });
        for event in events {
            if let PersonEvent::HeadMoved(head) = event {
                self.receive(head.conversation);
            }
        }
    }

    fn apply_house(&self, events: &[OrganisationEvent]) {
        let Some(viewer) = self.viewer.get_untracked() else { return };
        self.change(|sidebar, touched| {
            for event in events {
                merge(touched, sidebar.apply(viewer, event));
            }
        });
        let cards = events.iter().filter_map(|event| match event {
            OrganisationEvent::PersonChanged(card) => Some(card.clone()),
            OrganisationEvent::OrganisationRenamed(_) | OrganisationEvent::LookChanged(_) => None,
        });
        self.cards.set(cards.collect());
    }

    /// Changes what is the viewer's own at once; the server's word follows on the socket.
    pub(super) fn set_own(&self, conversation: ConversationId, change: impl FnOnce(&mut Own)) {
        let Some(mut own) = self.line(conversation).map(|line| line.with_untracked(|line| line.own)) else { return };
        change(&mut own);
        self.apply(&[PersonEvent::OwnChanged(OwnChanged { conversation, own })]);
    }

    fn change(&self, change: impl FnOnce(&mut Sidebar, &mut SidebarTouched)) {
        let mut touched = SidebarTouched::default();
        self.state.update_value(|state| {
            if let Some(sidebar) = state {
                change(sidebar, &mut touched);
            }
        });
        if touched.membership {
            self.redraw_all();
        } else if !touched.lines.is_empty() {
            self.redraw(&touched.lines);
        }
        if touched.blocked {
            self.state.with_value(|state| state.iter().for_each(|sidebar| self.draw_blocked(sidebar)));
        }
    }

    fn redraw(&self, ids: &[ConversationId]) {
        self.state.with_value(|state| {
            let Some(sidebar) = state else { return };
            for id in ids {
                let (Some(line), Some(signal)) = (sidebar.lines.get(id), self.line(*id)) else { continue };
                if signal.with_untracked(|known| known != line) {
                    signal.set(line.clone());
                }
            }
            self.total(sidebar);
        });
    }

    pub(super) fn redraw_all(&self) {
        self.state.with_value(|state| {
            let nothing = Sidebar::default();
            let sidebar = state.as_ref().unwrap_or(&nothing);
            self.lines.update_value(|lines| {
                lines.retain(|id, _| sidebar.lines.contains_key(id));
                for (id, line) in &sidebar.lines {
                    match lines.get(id) {
                        Some(signal) if signal.with_untracked(|known| known == line) => {}
                        Some(signal) => signal.set(line.clone()),
                        None => {
                            lines.insert(*id, ArcRwSignal::new(line.clone()));
                        }
                    }
                }
            });
            self.total(sidebar);
            self.draw_blocked(sidebar);
        });
    }

    fn draw_blocked(&self, sidebar: &Sidebar) {
        if self.blocked.with_untracked(|known| *known != sidebar.blocked) {
            self.blocked.set(sidebar.blocked.clone());
        }
    }

    fn total(&self, sidebar: &Sidebar) {
        let unread = sidebar.unread();
        if self.unread.get_untracked() != unread {
            self.unread.set(unread);
        }
        let order = order(sidebar);
        if self.order.with_untracked(|known| *known != order) {
            self.order.set(order);
        }
    }

    /// Says that the last message of a conversation has reached this browser.
    fn receive(&self, id: ConversationId) {
        let Some(line) = self.line(id) else { return };
        let viewer = self.viewer.get_untracked();
        let (head, read, mine) =
            line.with_untracked(|line| (line.head, line.own.read, line.last.as_ref().map(|last| last.author.id) == viewer));
        if head > read && !mine {
            self.marks.received(id, head);
        }
    }

    pub(super) fn receive_all(&self) {
        // Only in the browser: a page that is being made has reached nobody yet.
        if here::now() > 0 {
            let ids: Vec<_> = self.lines.with_value(|lines| lines.keys().copied().collect());
            ids.into_iter().for_each(|id| self.receive(id));
        }
    }
}

fn merge(into: &mut SidebarTouched, touched: SidebarTouched) {
    into.membership |= touched.membership;
    into.blocked |= touched.blocked;
    into.lines.extend(touched.lines);
}
