//! The life of the sockets: opened, looked after, dropped, as the line decides.

use std::rc::Rc;

use leptos::prelude::*;

use super::{
    super::{page, socket::Socket},
    Tab, whole,
};
use crate::client::{
    Connection, RoundTrip,
    heartbeat::{Beat, Heartbeat},
    line::{Happening, Step},
    outgoing,
};

/// From the wish for a socket to the server's first frame.
const GREETING_MS: u32 = 10_000;

impl Tab {
    /// Wants a socket, if there is a reason to.
    pub(super) fn want(self: &Rc<Self>) {
        let wanted = {
            let state = self.state.borrow();
            let used = !state.subscriptions.is_empty() || !state.watch.is_empty();
            state.settings.as_ref().is_some_and(|settings| settings.person.is_some() || used)
        };
        if wanted {
            self.happen(Happening::Wanted);
        }
    }

    /// Something happened: the line decides what to do.
    pub(super) fn happen(self: &Rc<Self>, happening: Happening) {
        let step = self.state.borrow_mut().line.on(happening, page::now_ms(), page::random());
        match step {
            Step::Nothing => {}
            Step::Open => self.open(),
            Step::OpenAfter(wait) => {
                self.drop_socket();
                let tab = Rc::clone(self);
                self.state.borrow_mut().retry.set(wait, move || tab.happen(Happening::Due));
            }
            Step::Close => {
                self.drop_socket();
                self.state.borrow_mut().retry.clear();
            }
            Step::Probe => self.beat(Heartbeat::probe),
        }
        self.publish();
    }

    pub(super) fn lose(self: &Rc<Self>, code: Option<u16>, reason: impl Into<String>) {
        self.happen(Happening::Lost { code, reason: reason.into() });
    }

    fn open(self: &Rc<Self>) {
        self.drop_socket();
        self.state.borrow_mut().retry.clear();
        let url = self.state.borrow().settings.as_ref().and_then(|settings| page::socket_url(&settings.path, settings.person));
        let (hearing, closing) = (Rc::clone(self), Rc::clone(self));
        let heard = move |text: &str| hearing.hear(text);
        let closed = move |code, reason| closing.closed(code, reason);
        let Some(Ok(socket)) = url.map(|url| Socket::open(&url, heard, closed)) else {
            return self.lose(None, "The browser refuses to connect.");
        };
        self.state.borrow_mut().socket = Some(socket);
        self.look_again(GREETING_MS);
    }

    fn drop_socket(self: &Rc<Self>) {
        let socket = {
            let mut state = self.state.borrow_mut();
            state.heart = None;
            state.pinged = None;
            state.refusal = None;
            state.beat.clear();
            state.again.clear();
            state.subscriptions.down();
            state.socket.take()
        };
        drop(socket);
        if self.round_trip.with_untracked(|known| *known == RoundTrip::Asked) {
            self.round_trip.set(RoundTrip::Unknown);
        }
        self.carry_out();
    }

    /// Looks at the socket again after `wait` milliseconds.
    fn look_again(self: &Rc<Self>, wait: u32) {
        let tab = Rc::clone(self);
        self.state.borrow_mut().beat.set(wait, move || tab.beat(Heartbeat::tick));
    }

    /// Is the other side still there?
    pub(super) fn beat(self: &Rc<Self>, look: impl Fn(&mut Heartbeat, f64) -> Beat) {
        let beat = self.state.borrow_mut().heart.as_mut().map(|heart| look(heart, page::steady_ms()));
        match beat {
            None => self.lose(None, "The server does not answer."),
            Some(Beat::Dead) => self.lose(None, "The server has fallen silent."),
            Some(Beat::Wait(wait)) => self.look_again(whole(wait)),
            Some(Beat::Ping(wait)) => {
                self.state.borrow().say(&outgoing::ping());
                self.look_again(whole(wait));
            }
        }
    }

    /// Sends a ping and takes its time.
    pub(in crate::client::browser) fn measure(&self) {
        let asked = {
            let mut state = self.state.borrow_mut();
            if state.line.is_open() {
                state.pinged = Some(page::steady_ms());
                state.say(&outgoing::ping());
            }
            state.pinged.is_some()
        };
        self.round_trip.set(if asked { RoundTrip::Asked } else { RoundTrip::Unknown });
    }

    /// A ping was answered.
    pub(super) fn measured(&self) {
        let pinged = self.state.borrow_mut().pinged.take();
        if let Some(pinged) = pinged {
            self.round_trip.set(RoundTrip::Took { ms: whole(page::steady_ms() - pinged) });
        }
    }

    /// Shows how the line is.
    pub(super) fn publish(&self) {
        let connection = {
            let state = self.state.borrow();
            Connection { updates_after_return: state.subscriptions.updates(), ..state.line.connection().clone() }
        };
        if self.connection.with_untracked(|known| *known != connection) {
            self.connection.set(connection);
        }
    }
}
