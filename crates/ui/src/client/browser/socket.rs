//! A WebSocket whose handlers go with it: once dropped, nothing is heard of it any more.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// The code of a close that is meant.
const NORMAL: u16 = 1000;

/// An open or opening socket.
pub(super) struct Socket {
    socket: WebSocket,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens one. `heard` gets every text; `closed` the code, if it is one of the protocol's
    /// (4000 and up), and the reason.
    ///
    /// # Errors
    /// What the browser says: a wrong address, or a page that may not connect there.
    pub(super) fn open(url: &str, heard: impl Fn(&str) + 'static, closed: impl Fn(Option<u16>, String) + 'static) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url)?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            heard(&event.data().as_string().unwrap_or_default());
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            closed(Some(event.code()).filter(|code| *code >= 4000), event.reason());
        });
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self { socket, _message: message, _close: close })
    }

    /// Sends a text. One that is closing swallows it; its end is told anyway.
    pub(super) fn say(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }
}

impl Drop for Socket {
    /// Closes it, without waiting for the other side: it may not be there any more.
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close_with_code(NORMAL);
        // The handlers may be what runs just now: they are dropped when it has ended.
        let message = std::mem::replace(&mut self._message, Closure::new(|_| {}));
        let close = std::mem::replace(&mut self._close, Closure::new(|_| {}));
        queue_microtask(move || drop((message, close)));
    }
}
