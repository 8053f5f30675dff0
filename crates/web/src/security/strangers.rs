//! Who came from where they should not: pages of other origins, and proxies that are not trusted. Often it is one's own address that
//! the settings do not know; so it is remembered, for whoever looks.

use std::net::IpAddr;

use plenum_core::ids::Millis;
use plenum_store::{
    db,
    faults::short,
    tally::{Seen, Tally},
};

/// Origins, and proxies, that are remembered.
const MOST: usize = 50;

static ORIGINS: Tally<String, String> = Tally::new(MOST);
static PROXIES: Tally<IpAddr, ()> = Tally::new(MOST);

/// A page of `origin` was refused at `path`.
pub fn note_origin(origin: &str, path: &str) {
    ORIGINS.note(short(origin), db::now(), |last| *last = short(path));
}

/// `peer` is not trusted, and says for whom it asks.
pub fn note_proxy(peer: IpAddr) {
    PROXIES.note(peer, db::now(), |()| {});
}

/// Origins that were refused, with the path of the last request; the newest first.
pub fn origins(now: Millis) -> Vec<Seen<String, String>> {
    ORIGINS.list(now)
}

/// Proxies that are not trusted.
pub fn proxies(now: Millis) -> Vec<Seen<IpAddr, ()>> {
    PROXIES.list(now)
}
