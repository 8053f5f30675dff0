//! Somebody who looks: at their list, and at conversations through windows of three kinds.

use std::collections::BTreeSet;

use super::{
    ACTORS,
    commands::{Act, Command, Stage, key},
};
use crate::{
    live::{ConversationEvent, PersonEvent},
    model::{Message, Pending, Sidebar, Since, Thread},
    server,
    testing::acts,
};
use plenum_core::{
    channels::Channel,
    ids::{ConversationId, PersonId},
    live::{Live, LiveEvent},
    people::Identity,
    sorted::SortedMap,
};
use plenum_directory::live::OrganisationEvent;
use plenum_live::heads::Heads as _;
use plenum_store::{
    db::{Committed, Scope},
    log,
};
use plenum_testing::{HERE, House};

/// How much of a conversation a window shows when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pane {
    /// All of it.
    Whole,
    /// The last two messages; an older page comes later.
    Tail,
    /// All but the last two; a newer page comes later.
    Cut,
}

/// A window, and where its conversation's stream goes on.
#[derive(Debug, Clone)]
struct Window {
    pane: Pane,
    thread: Thread,
    seq: u64,
    subscribed: bool,
    page: Option<Vec<Message>>,
}

#[derive(Debug, Clone)]
pub(super) struct Reader {
    who: usize,
    viewer: PersonId,
    sidebar: Sidebar,
    person_seq: u64,
    organisation_seq: u64,
    windows: Vec<Window>,
}

impl Reader {
    /// All actors, with all their conversations open. They have written what they will send, and one thing that they never send.
    pub(super) async fn all(house: &House, stage: &Stage, future: &[Command]) -> Vec<Self> {
        let mut readers = Vec::new();
        for who in 0..ACTORS {
            readers.push(Self::open(house, stage, future, who).await);
        }
        readers
    }

    async fn open(house: &House, stage: &Stage, future: &[Command], who: usize) -> Self {
        let identity = &house.people[who];
        let sidebar = acts::sidebar(&house.store, identity).await.unwrap();
        let cursor = |channel| sidebar.cursor(&channel).unwrap().seq;
        let (person_seq, organisation_seq) = (cursor(Channel::Person(identity.person)), cursor(Channel::Organisation(HERE)));
        let mut windows = Vec::new();
        for id in sidebar.state.lines.keys().copied() {
            for pane in [Pane::Whole, Pane::Tail, Pane::Cut] {
                let snapshot = acts::thread(&house.store, identity, id, Some(1), None).await.unwrap();
                let seq = snapshot.cursor(&Channel::Conversation(id)).unwrap().seq;
                let mut thread = snapshot.state;
                let head = thread.head;
                match pane {
                    Pane::Whole => {}
                    Pane::Tail => thread.messages.retain(|number, _| *number + 1 >= head),
                    Pane::Cut if head > 2 => thread.messages.retain(|number, _| *number + 2 <= head),
                    Pane::Cut => {}
                }
                thread.pending = pending(stage, future, who, id);
                windows.push(Window { pane, thread, seq, subscribed: true, page: None });
            }
        }
        Self { who, viewer: identity.person, sidebar: sidebar.state, person_seq, organisation_seq, windows }
    }

    fn identity<'h>(&self, house: &'h House) -> &'h Identity {
        &house.people[self.who]
    }

    /// Asks for the pages that the windows lack; they arrive later.
    pub(super) async fn ask_for_pages(&mut self, house: &House) {
        let who = self.identity(house);
        for window in self.windows.iter_mut().filter(|window| window.subscribed) {
            let id = window.thread.conversation.id;
            let page = match window.pane {
                Pane::Whole => continue,
                Pane::Tail => acts::page_before(&house.store, who, id, window.thread.first()).await,
                Pane::Cut => acts::page_after(&house.store, who, id, window.thread.last()).await,
            };
            window.page = page.ok();
        }
    }

    /// The pages arrive.
    pub(super) fn take_pages(&mut self) {
        for window in &mut self.windows {
            match (window.page.take(), window.pane) {
                (Some(page), Pane::Tail) => window.thread.prepend(page),
                (Some(page), _) => window.thread.append(page),
                (None, _) => {}
            }
        }
    }

    /// What a socket brings of a commit. `moved` collects what heads are due for.
    pub(super) async fn follow(&mut self, house: &House, committed: &[Committed], moved: &mut BTreeSet<i64>) {
        for item in committed {
            match item {
                Committed::Event { channel, event, payload, seq, .. } => self.event(house, channel, event, payload, seq.unwrap()).await,
                Committed::Revoked(revocation) if revocation.person == self.viewer => {
                    let Scope::Channels(channels) = &revocation.scope else { panic!("{revocation:?}") };
                    for window in &mut self.windows {
                        window.subscribed &= !channels.contains(&Channel::Conversation(window.thread.conversation.id).to_string());
                    }
                }
                Committed::Moved { subject } => {
                    moved.insert(*subject);
                }
                Committed::Revoked(_)
                | Committed::Happened { .. }
                | Committed::PresenceShown { .. }
                | Committed::KeptApart { .. }
                | Committed::External(..) => {}
            }
        }
    }

    async fn event(&mut self, house: &House, channel: &str, event: &str, payload: &str, seq: u64) {
        match channel.parse::<Channel>().unwrap() {
            Channel::Person(person) if person == self.viewer => {
                // What the inbox tells on this channel is its own.
                let Ok(event) = PersonEvent::read(event, payload) else { return };
                self.person(&event);
                // In the list again: the page subscribes again, from where it stood.
                if let PersonEvent::ConversationAdded(line) = &event {
                    self.resume(house, line.conversation.id).await;
                }
            }
            // What goes into feeds is on these channels too.
            Channel::Organisation(HERE) if is_of::<OrganisationEvent>(event) => {
                self.organisation(&OrganisationEvent::read(event, payload).unwrap());
            }
            Channel::Conversation(id) if is_of::<ConversationEvent>(event) => {
                let event = ConversationEvent::read(event, payload).unwrap();
                for window in
                    self.windows.iter_mut().filter(|window| window.thread.conversation.id == id && window.subscribed && window.seq < seq)
                {
                    window.thread.apply(self.viewer, &event);
                    window.seq = seq;
                }
            }
            _ => {}
        }
    }

    fn person(&mut self, event: &PersonEvent) {
        self.sidebar.apply(self.viewer, event);
        for window in &mut self.windows {
            window.thread.apply(self.viewer, event);
        }
    }

    fn organisation(&mut self, event: &OrganisationEvent) {
        self.sidebar.apply(self.viewer, event);
        for window in &mut self.windows {
            window.thread.apply(self.viewer, event);
        }
    }

    /// The log since the windows' cursors.
    async fn resume(&mut self, house: &House, id: ConversationId) {
        for window in self.windows.iter_mut().filter(|window| window.thread.conversation.id == id) {
            for logged in since(house, Channel::Conversation(id), window.seq)
                .await
                .into_iter()
                .filter(|logged| is_of::<ConversationEvent>(&logged.event))
            {
                window.thread.apply(self.viewer, &ConversationEvent::read(&logged.event, &logged.data).unwrap());
                window.seq = logged.seq.unsigned_abs();
            }
            window.subscribed = true;
        }
    }

    /// A head that moved, if it is for this person.
    pub(super) async fn head(&mut self, house: &House, subject: i64) {
        let head = server::ConversationHeads::new(house.store.clone()).head(subject).await.unwrap().unwrap();
        if head.people.contains(&self.viewer) {
            self.person(&PersonEvent::read(&head.event, &head.payload).unwrap());
        }
    }

    /// Was away: reads the logs of its channels, one after the other, and asks once for the heads.
    pub(super) async fn catch_up(&mut self, house: &House, stage: &Stage, order: usize) {
        let mut channels = ["person", "organisation", "conversations"];
        channels.rotate_left(order % 3);
        if order >= 3 {
            channels.reverse();
        }
        for channel in channels {
            match channel {
                "person" => {
                    for logged in since(house, Channel::Person(self.viewer), self.person_seq).await {
                        if let Ok(event) = PersonEvent::read(&logged.event, &logged.data) {
                            self.person(&event);
                        }
                    }
                }
                "organisation" => {
                    let logged = since(house, Channel::Organisation(HERE), self.organisation_seq).await;
                    for logged in logged.into_iter().filter(|logged| is_of::<OrganisationEvent>(&logged.event)) {
                        self.organisation(&OrganisationEvent::read(&logged.event, &logged.data).unwrap());
                    }
                }
                _ => {
                    let ids: BTreeSet<ConversationId> = self.windows.iter().map(|window| window.thread.conversation.id).collect();
                    for id in ids {
                        if server::may_join_channel(&mut house.store.read().await.unwrap(), self.viewer, id).await.unwrap() {
                            self.resume(house, id).await;
                        }
                    }
                }
            }
        }
        for id in &stage.conversations {
            self.head(house, id.0).await;
        }
    }

    /// What it shows is what a fresh snapshot shows.
    pub(super) async fn check(&mut self, house: &House, stage: &Stage, how: &str) {
        let who = self.identity(house).clone();
        let fresh = acts::sidebar(&house.store, &who).await.unwrap().state;
        self.sidebar.renamed = SortedMap::new();
        assert_eq!(self.sidebar, fresh, "the {how} list of {}", self.viewer);
        assert_eq!(
            server::unread(&mut house.store.look().await.unwrap(), &who).await.unwrap(),
            fresh.unread(),
            "the total of {}",
            self.viewer
        );
        for window in &mut self.windows {
            let id = window.thread.conversation.id;
            let context = format!("the {how} {:?} window of {} on {id}", window.pane, self.viewer);
            if !fresh.lines.contains_key(&id) {
                assert_eq!(window.thread.own, None, "{context}");
                continue;
            }
            let mut expected = acts::thread(&house.store, &who, id, Some(window.thread.first()), None).await.unwrap().state;
            let absorbed = {
                let mut thread = window.thread.clone();
                thread.absorb(self.viewer, expected.clone());
                thread
            };
            let kept: Vec<Pending> = window.thread.pending.clone();
            assert!(kept.iter().all(|item| !stage.sent.contains(&item.key)), "{context}: {kept:?}");
            assert!(kept.iter().any(|item| item.key == "never-sent"), "{context}");
            assert_eq!(absorbed.pending, kept, "{context}");
            assert_eq!(absorbed.messages, expected.messages, "{context}");

            let mut shown = std::mem::replace(&mut window.thread, absorbed);
            if window.pane == Pane::Cut {
                // It need not reach the head, but has no hole.
                let last = shown.last();
                expected.messages.retain(|number, _| *number <= last);
            } else {
                assert_eq!(shown.since.messages.keys().find(|number| **number >= shown.first()), None, "{context}");
            }
            shown.since = Since::default();
            shown.pending = Vec::new();
            shown.unread_divider = expected.unread_divider;
            assert_eq!(shown, expected, "{context}");
        }
    }
}

/// An event of this name is one of `E`.
fn is_of<E: LiveEvent>(name: &str) -> bool {
    E::CATALOGUE.iter().any(|entry| entry.name == name)
}

async fn since(house: &House, channel: Channel, seq: u64) -> Vec<log::Logged> {
    log::page(&mut house.store.read().await.unwrap(), log::LogChannel::of_plenum(&channel.to_string()), seq, 10_000).await.unwrap()
}

/// What `who` has written in `id` and not sent yet.
fn pending(stage: &Stage, future: &[Command], who: usize, id: ConversationId) -> Vec<Pending> {
    let item = |key: String| Pending { key, text: "written".to_owned(), reply_to: None, at: 0, failed: None };
    let coming = (stage.step()..).zip(future).filter(|(_, command)| command.who == who);
    let sends = coming.filter_map(|(step, command)| match command.act {
        // A conversation that is made later is not open here.
        Act::Send { conversation, .. } if stage.conversation(conversation) == id && conversation < stage.conversations.len() => {
            Some(item(key(step)))
        }
        _ => None,
    });
    sends.chain([item("never-sent".to_owned())]).collect()
}
