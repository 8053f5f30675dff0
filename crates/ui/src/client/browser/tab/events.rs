//! What comes in: frames from the socket, events from the browser.

use std::rc::Rc;

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use serde_json::Value;

use super::{super::page, Happening, Heartbeat, Tab, outgoing};
use plenum_core::protocol::{ServerFrame, event};

impl Tab {
    /// Listens to the browser, for as long as the page lives.
    pub(super) fn listen(self: &Rc<Self>) {
        let on = |name: &str, happening: fn() -> Happening| {
            let tab = Rc::clone(self);
            drop(window_event_listener_untyped(name, move |_| tab.happen(happening())));
        };
        on("online", || Happening::CameOnline);
        on("offline", || Happening::WentOffline);
        on("pagehide", || Happening::PageHidden);
        on("pageshow", || Happening::PageShown);
        let tab = Rc::clone(self);
        drop(window_event_listener_untyped("visibilitychange", move |_| {
            if page::is_hidden() {
                // The animation frame that was waited for does not come any more.
                tab.frame();
            } else {
                tab.happen(Happening::BecameVisible);
            }
        }));
    }

    /// The socket is closed.
    pub(super) fn closed(self: &Rc<Self>, code: Option<u16>, reason: String) {
        let code = code.or(self.state.borrow().refusal);
        let said = self.state.borrow().line.connection().last_error.clone();
        let reason = Some(reason).filter(|reason| !reason.is_empty()).or(said);
        self.lose(code, reason.unwrap_or_else(|| "The connection was lost.".to_owned()));
    }

    /// A frame came. One that cannot be read may be an event: the connection is given up,
    /// and the next one resumes from before it.
    pub(super) fn hear(self: &Rc<Self>, text: &str) {
        if let Some(heart) = &mut self.state.borrow_mut().heart {
            heart.hear(page::steady_ms());
        }
        let Ok(frame) = serde_json::from_str::<ServerFrame>(text) else {
            return self.lose(None, "The server said something that this page cannot read.");
        };
        match frame.event.as_str() {
            event::CONNECTION_ESTABLISHED => self.greeted(&frame),
            event::PING => self.state.borrow().say(&outgoing::pong()),
            event::PONG => self.measured(),
            event::ERROR => self.complained(&frame.data.unwrap_or_default()),
            event::ONLINE => {
                if self.state.borrow_mut().watch.hear(&frame.data.unwrap_or_default()) {
                    self.next_frame();
                }
            }
            _ => {
                self.state.borrow_mut().subscriptions.frame(frame, page::now_ms());
                self.carry_out();
                self.sweep_later();
            }
        }
    }

    /// An answer that came too late is left with the next frame.
    fn sweep_later(self: &Rc<Self>) {
        if self.state.borrow().subscriptions.needs_sweep() {
            self.next_frame();
        }
    }

    fn greeted(self: &Rc<Self>, frame: &ServerFrame) {
        let Some(settings) = self.state.borrow().settings.clone() else { return };
        if frame.live_schema.is_some_and(|schema| schema != settings.live_schema) {
            self.happen(Happening::Outdated);
            return page::load_again();
        }
        if frame.build.as_ref().is_some_and(|build| *build != settings.build) {
            self.new_build.set(true);
        }
        self.state.borrow_mut().heart = Some(Heartbeat::new(page::steady_ms()));
        self.happen(Happening::Established);
        {
            let mut state = self.state.borrow_mut();
            state.refusal = None;
            state.subscriptions.up();
            state.watch.connected();
        }
        self.beat(Heartbeat::tick);
        self.carry_out();
        self.next_frame();
    }

    /// The server refuses something. If it is the connection, a close follows, and not every
    /// network brings its code.
    fn complained(self: &Rc<Self>, data: &str) {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        let code = data.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        {
            let mut state = self.state.borrow_mut();
            state.refusal = code.filter(|code| (4000..4300).contains(code));
            if let Some(message) = data.get("message").and_then(Value::as_str) {
                state.line.complain(message.to_owned());
            }
        }
        self.publish();
    }
}
