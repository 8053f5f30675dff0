//! What passes on an application, for whoever looks at its console. Kept only while somebody does,
//! and never more than a look takes in.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use crate::connection::lock;
use plenum_core::ids::{ConnectionId, Millis};
use plenum_store::db;

/// Frames between two looks at the most; more are only counted.
const FRAMES: usize = 100;
/// Characters of an event's data that are shown.
const DATA_CHARS: usize = 1_000;

/// What kind of thing passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A socket was opened.
    Connected,
    /// A socket is gone.
    Disconnected,
    /// A socket joined a channel.
    Subscribed,
    /// A socket's wish to join was refused.
    Refused,
    /// A socket left a channel.
    Unsubscribed,
    /// The backend published an event.
    Published,
    /// A client sent an event.
    ClientEvent,
}

/// Something that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub at: Millis,
    /// What.
    pub what: What,
    /// The socket that it came from.
    pub socket: Option<String>,
    /// The channel.
    pub channel: Option<Arc<str>>,
    /// The event's name, or why something was refused.
    pub event: Option<String>,
    /// The event's data, cut.
    pub data: Option<String>,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: Vec<Frame>,
    missed: usize,
}

/// The console's end of an application.
#[derive(Debug, Default)]
pub struct Tap {
    watched: AtomicBool,
    waiting: Mutex<Waiting>,
}

impl Tap {
    /// Somebody looks, or nobody: then nothing is kept.
    pub fn watch(&self, watched: bool) {
        if self.watched.swap(watched, Ordering::Relaxed) && !watched {
            *lock(&self.waiting) = Waiting::default();
        }
    }

    /// Notes what passed, if somebody looks.
    pub fn note(&self, what: What, socket: Option<ConnectionId>, channel: Option<&Arc<str>>, event: Option<(&str, &str)>) {
        if !self.watched.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = lock(&self.waiting);
        if waiting.frames.len() >= FRAMES {
            waiting.missed += 1;
            return;
        }
        let cut = |data: &str| match data.char_indices().nth(DATA_CHARS) {
            Some((end, _)) => format!("{}…", data.get(..end).unwrap_or_default()),
            None => data.to_owned(),
        };
        waiting.frames.push(Frame {
            at: db::now(),
            what,
            socket: socket.map(ConnectionId::socket_id),
            channel: channel.cloned(),
            event: event.map(|(name, _)| name.to_owned()),
            data: event.map(|(_, data)| cut(data)).filter(|data| !data.is_empty()),
        });
    }

    /// What passed since the last look, and how much more there was.
    pub fn take(&self) -> (Vec<Frame>, usize) {
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        (waiting.frames, waiting.missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_for_nobody_and_never_too_much() {
        let tap = Tap::default();
        tap.note(What::Connected, None, None, None);
        assert_eq!(tap.take(), (Vec::new(), 0));
        tap.watch(true);
        for _ in 0..FRAMES + 7 {
            tap.note(What::Published, None, Some(&"a".into()), Some(("b", &"ü".repeat(DATA_CHARS * 2))));
        }
        let (frames, missed) = tap.take();
        assert_eq!((frames.len(), missed), (FRAMES, 7));
        assert_eq!(frames[0].data.as_ref().map(|data| data.chars().count()), Some(DATA_CHARS + 1));
        tap.note(What::Connected, None, None, None);
        tap.watch(false);
        assert_eq!(tap.take(), (Vec::new(), 0));
    }
}
