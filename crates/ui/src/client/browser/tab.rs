//! The one connection of a tab: carries out what the tables decide, and brings them what
//! the socket and the browser say.
//!
//! Nothing that belongs to others (a signal, a listener) is called while the state is
//! borrowed, so that whatever they do, they may come back here.

mod events;
mod life;

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::prelude::*;
use serde_json::value::RawValue;

use super::{
    page::{self, Timer},
    socket::Socket,
};
use crate::client::{
    Connection, LiveSettings, RoundTrip,
    heartbeat::Heartbeat,
    line::{Happening, Line},
    outgoing,
    presence::Watch,
    subscriptions::{Notice, Out, Subscriptions, UserId},
};
use plenum_core::{
    channels::Channel,
    cursor::Cursor,
    ids::PersonId,
    sorted::{SortedMap, SortedSet},
};

/// Is called with what a user is told, at most once per animation frame.
pub(super) type Listener = Rc<dyn Fn(Vec<Notice>)>;

/// Notices wait for the next animation frame, but not longer than this.
const FRAME_MS: u64 = 250;

/// A tab's connection.
pub(super) struct Tab {
    /// How the line is.
    pub(super) connection: ArcRwSignal<Connection>,
    /// The server runs another build than the page.
    pub(super) new_build: ArcRwSignal<bool>,
    /// Who is online of those who are watched.
    pub(super) online: ArcRwSignal<SortedSet<PersonId>>,
    /// How long a ping took.
    pub(super) round_trip: ArcRwSignal<RoundTrip>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    settings: Option<LiveSettings>,
    line: Line,
    socket: Option<Socket>,
    heart: Option<Heartbeat>,
    /// When a ping was sent whose time is wanted.
    pinged: Option<f64>,
    /// What the server said before it closed, if it was a reason to.
    refusal: Option<u16>,
    subscriptions: Subscriptions,
    watch: Watch,
    listeners: SortedMap<UserId, Listener>,
    /// Notices for the next animation frame.
    waiting: Vec<(UserId, Notice)>,
    frame_due: bool,
    /// For the next attempt.
    retry: Timer,
    /// For the next look at the socket.
    beat: Timer,
    /// For asking again what the server could not answer.
    again: Timer,
}

thread_local! {
    static TAB: Rc<Tab> = Rc::new(Tab {
        connection: ArcRwSignal::default(),
        new_build: ArcRwSignal::default(),
        online: ArcRwSignal::default(),
        round_trip: ArcRwSignal::default(),
        state: RefCell::default(),
    });
}

/// The tab's connection.
pub(super) fn tab() -> Rc<Tab> {
    TAB.with(Rc::clone)
}

impl Tab {
    /// The page is hydrated: opens the socket, if somebody is signed in or something is
    /// subscribed to. Called again, it only takes the new settings.
    pub(super) fn start(self: &Rc<Self>, settings: LiveSettings) {
        let first = self.state.borrow_mut().settings.replace(settings).is_none();
        if first {
            self.listen();
            if !page::is_online() {
                self.happen(Happening::WentOffline);
            }
        }
        self.happen(Happening::PageShown);
        self.want();
    }

    pub(super) fn reconnect(self: &Rc<Self>) {
        self.happen(Happening::Asked);
    }

    pub(super) fn disconnect(self: &Rc<Self>) {
        self.happen(Happening::Dismissed);
    }

    /// A new user of `channel`; `listener` is made with its name.
    pub(super) fn join(self: &Rc<Self>, channel: &Channel, cursor: Option<Cursor>, listener: impl Fn(UserId) -> Listener) -> UserId {
        let user = self.state.borrow_mut().subscriptions.join(channel, cursor, page::now_ms());
        let listener = listener(user);
        self.state.borrow_mut().listeners.insert(user, listener);
        self.want();
        self.carry_out();
        user
    }

    pub(super) fn leave(self: &Rc<Self>, user: UserId) {
        let listener = {
            let mut state = self.state.borrow_mut();
            state.subscriptions.leave(user);
            state.listeners.remove(&user)
        };
        drop(listener);
        self.next_frame();
    }

    /// What was not told yet is older than the snapshot that the user has now.
    pub(super) fn resume(self: &Rc<Self>, user: UserId, cursor: Option<Cursor>) {
        {
            let mut state = self.state.borrow_mut();
            state.waiting.retain(|(of, notice)| *of != user || matches!(notice, Notice::Status(_) | Notice::Roster(_)));
            state.subscriptions.resume(user, cursor, page::now_ms());
        }
        self.carry_out();
    }

    pub(super) fn halt(self: &Rc<Self>, user: UserId) {
        self.state.borrow_mut().subscriptions.halt(user);
        self.carry_out();
    }

    pub(super) fn send(&self, user: UserId, client_event: &str, data: &RawValue) {
        let state = self.state.borrow();
        if let Some(text) = state.subscriptions.client_event(user, client_event, data) {
            state.say(&text);
        }
    }

    pub(super) fn watch_as_new(&self) -> u64 {
        self.state.borrow_mut().watch.join()
    }

    pub(super) fn watch(self: &Rc<Self>, user: u64, people: Vec<PersonId>) {
        self.state.borrow_mut().watch.set(user, people);
        self.want();
        self.next_frame();
    }

    pub(super) fn unwatch(self: &Rc<Self>, user: u64) {
        self.state.borrow_mut().watch.leave(user);
        self.next_frame();
    }

    /// Does what the tables have said.
    fn carry_out(self: &Rc<Self>) {
        let mut told = false;
        {
            let mut state = self.state.borrow_mut();
            for out in state.subscriptions.take() {
                match out {
                    Out::Say(text) => state.say(&text),
                    Out::Tell(user, notice) => {
                        state.waiting.push((user, notice));
                        told = true;
                    }
                    Out::AskLater => {
                        let tab = Rc::clone(self);
                        state.again.set(2_000 + whole(page::random() * 3_000.0), move || tab.ask_again());
                    }
                }
            }
        }
        if told {
            self.next_frame();
        }
    }

    fn ask_again(self: &Rc<Self>) {
        self.state.borrow_mut().subscriptions.ask_again();
        self.carry_out();
    }

    /// Has everybody told at the next animation frame; in a hidden tab, where there is none, at once.
    fn next_frame(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().frame_due, true) {
            return;
        }
        let tab = Rc::clone(self);
        if page::is_hidden() {
            return queue_microtask(move || tab.frame());
        }
        request_animation_frame(move || tab.frame());
        let tab = Rc::clone(self);
        set_timeout(move || tab.frame(), Duration::from_millis(FRAME_MS));
    }

    /// Tells everybody what there is, leaves channels that nobody uses, and watches whom to watch.
    fn frame(self: &Rc<Self>) {
        if !std::mem::take(&mut self.state.borrow_mut().frame_due) {
            return;
        }
        let mut calls: Vec<(UserId, Vec<Notice>)> = Vec::new();
        let online = {
            let mut state = self.state.borrow_mut();
            state.subscriptions.sweep();
            if state.line.is_open()
                && let Some(people) = state.watch.news()
            {
                state.say(&outgoing::watch(&people));
                state.watch.forget();
            }
            for (user, notice) in std::mem::take(&mut state.waiting) {
                match calls.iter_mut().find(|(of, _)| *of == user) {
                    Some((_, notices)) => notices.push(notice),
                    None => calls.push((user, vec![notice])),
                }
            }
            state.watch.online().clone()
        };
        self.carry_out();
        if self.online.with_untracked(|known| *known != online) {
            self.online.set(online);
        }
        for (user, notices) in calls {
            let listener = self.state.borrow().listeners.get(&user).cloned();
            if let Some(listener) = listener {
                listener(notices);
            }
        }
        self.publish();
    }
}

impl State {
    fn say(&self, text: &str) {
        if let Some(socket) = &self.socket {
            socket.say(text);
        }
    }
}

/// Whole milliseconds, rounded up, so that what is due then is due.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "waits are positive and below a minute")]
fn whole(ms: f64) -> u32 {
    ms.max(0.0).ceil() as u32
}
