//! What an application's owners ask when something does not arrive: who was last let in, and who was refused and why. The last few
//! of each, in memory.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use crate::connection::lock;
use plenum_core::ids::Millis;
use plenum_store::{db, faults::short};

/// Refusals that are remembered.
const REFUSALS: usize = 10;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A socket.
    Socket,
    /// A subscription.
    Subscription,
    /// Signing in on a socket.
    SignIn,
    /// A client's event.
    ClientEvent,
    /// A request of a backend.
    Request,
}

/// Something that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What.
    pub what: What,
    /// Why.
    pub reason: String,
    /// When last.
    pub at: Millis,
    /// How often in a row or nearly so.
    pub times: u64,
}

/// What is remembered of an application, or of those who named none that is known.
#[derive(Debug, Default)]
pub struct Record {
    connected: AtomicI64,
    asked: AtomicI64,
    refusals: Mutex<VecDeque<Refusal>>,
}

fn known(at: &AtomicI64) -> Option<Millis> {
    Some(at.load(Ordering::Relaxed)).filter(|at| *at > 0)
}

impl Record {
    /// A socket was let in.
    pub fn connected(&self) {
        self.connected.store(db::now(), Ordering::Relaxed);
    }

    /// A backend's request had a good signature.
    pub fn asked(&self) {
        self.asked.store(db::now(), Ordering::Relaxed);
    }

    /// When a socket was last let in.
    pub fn last_connected(&self) -> Option<Millis> {
        known(&self.connected)
    }

    /// When a backend last asked with a good signature.
    pub fn last_asked(&self) -> Option<Millis> {
        known(&self.asked)
    }

    /// Something was refused. The same again is counted, not listed twice.
    pub fn refuse(&self, what: What, reason: &str) {
        let (reason, at) = (short(reason), db::now());
        let mut refusals = lock(&self.refusals);
        let before = refusals.iter().position(|known| known.what == what && known.reason == reason);
        let times = before.and_then(|place| refusals.remove(place)).map_or(0, |known| known.times) + 1;
        refusals.push_front(Refusal { what, reason, at, times });
        refusals.truncate(REFUSALS);
    }

    /// What was refused, the newest first.
    pub fn refusals(&self) -> Vec<Refusal> {
        lock(&self.refusals).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_refusals_are_listed_once_each() {
        let record = Record::default();
        assert_eq!((record.last_connected(), record.last_asked(), record.refusals().len()), (None, None, 0));
        record.refuse(What::Request, "a");
        record.refuse(What::Socket, "a");
        record.refuse(What::Request, "a");
        let listed: Vec<_> = record.refusals().into_iter().map(|refusal| (refusal.what, refusal.times)).collect();
        assert_eq!(listed, [(What::Request, 2), (What::Socket, 1)]);
        for number in 0..30 {
            record.refuse(What::Subscription, &number.to_string());
        }
        assert_eq!(record.refusals().len(), REFUSALS);
        assert_eq!(record.refusals()[0].reason, "29");
        record.connected();
        record.asked();
        assert!(record.last_connected().is_some() && record.last_asked().is_some());
    }
}
