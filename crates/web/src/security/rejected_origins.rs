//! Who came from where they should not: pages of other origins, and proxies that are not trusted. Often it is one's own address that
//! the settings do not know; so it is remembered, for whoever looks.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use plenum_core::ids::Millis;
use plenum_store::{
    db,
    faults::short,
    windowed_counts::{Seen, Tally},
};

/// Origins, and proxies, that are remembered.
const MOST: usize = 50;

/// Lines of the log in a minute: whoever sends such requests does not fill the disk.
const LINES: u32 = 10;
const MINUTE: Millis = 60_000;

/// Counts the lines of the log.
#[derive(Debug, Default)]
struct Lines {
    since: Millis,
    written: u32,
}

impl Lines {
    /// True if one more may be written at `now`.
    fn take(&mut self, now: Millis) -> bool {
        if !(self.since..self.since + MINUTE).contains(&now) {
            (self.since, self.written) = (now, 0);
        }
        self.written = self.written.saturating_add(1);
        self.written <= LINES
    }
}

/// What was refused on one store's server; a [part](plenum_store::db::Store::part) of the store.
#[derive(Debug)]
pub struct RejectedOrigins {
    origins: Tally<String, String>,
    proxies: Tally<IpAddr, ()>,
    lines: Mutex<Lines>,
}

impl Default for RejectedOrigins {
    fn default() -> Self {
        Self { origins: Tally::new(MOST), proxies: Tally::new(MOST), lines: Mutex::default() }
    }
}

impl RejectedOrigins {
    /// A page of `origin` was refused at `path`; some of these stand in the log, too.
    pub fn add_origin(&self, origin: &str, path: &str) {
        let (origin, path, now) = (short(origin), short(path), db::now());
        if self.lines.lock().unwrap_or_else(PoisonError::into_inner).take(now) {
            tracing::info!(%origin, %path, "a request from another site was refused");
        }
        self.origins.note(origin, now, |last| *last = path);
    }

    /// `peer` is not trusted, and says for whom it asks.
    pub fn add_proxy(&self, peer: IpAddr) {
        self.proxies.note(peer, db::now(), |()| {});
    }

    /// Origins that were refused, with the path of the last request; the newest first.
    pub fn origins(&self, now: Millis) -> Vec<Seen<String, String>> {
        self.origins.list(now)
    }

    /// Proxies that are not trusted.
    pub fn proxies(&self, now: Millis) -> Vec<Seen<IpAddr, ()>> {
        self.proxies.list(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever makes up origins fills neither the log nor the memory, however long and many they are (A18).
    #[test]
    fn made_up_origins_are_bounded() {
        let mut lines = Lines::default();
        assert_eq!((0..1_000).filter(|_| lines.take(MINUTE)).count(), 10);
        assert!(lines.take(MINUTE * 2) && lines.take(MINUTE), "a clock that was set back silences nothing");

        let rejected = RejectedOrigins::default();
        for number in 0..1_000 {
            rejected.add_origin(&format!("https://{number}{}", "x".repeat(8_000)), &"/y".repeat(4_000));
        }
        let known = rejected.origins(db::now());
        assert_eq!(known.len(), MOST);
        assert!(known.iter().all(|seen| seen.key.len() + seen.about.len() < 2_000));
    }
}
