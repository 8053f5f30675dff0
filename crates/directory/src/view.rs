//! When people were here last, as they let others see it. A page begins with what the server
//! knew; whoever goes offline while it is open is asked for again, because only the server
//! knows whether they let it be seen.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{api, words};
use plenum_core::{
    ids::{Millis, PersonId},
    sorted::{SortedMap, SortedSet},
    time::Zone,
};
use plenum_ui::{
    effect,
    page::{use_clock, use_zone},
};

/// After so long the server has written down when somebody went.
const WRITTEN: Duration = Duration::from_secs(1);
/// So long it is "just now", in milliseconds.
const JUST_NOW: Millis = 60_000;

/// When some people were here last. Copies are the same.
#[derive(Clone, Copy)]
pub struct LastSeen {
    times: RwSignal<SortedMap<PersonId, Millis>>,
    online: Signal<SortedSet<PersonId>>,
    clock: Signal<Millis>,
    zone: Signal<Zone>,
}

impl LastSeen {
    /// Follows those who are `online`, as [`use_online`](plenum_ui::client::use_online) tells
    /// it: who leaves that set has been here until just now.
    pub fn of(online: Signal<SortedSet<PersonId>>) -> Self {
        let last_seen = Self { times: RwSignal::default(), online, clock: use_clock(), zone: use_zone() };
        effect(move |before: Option<SortedSet<PersonId>>| {
            let now = online.get();
            let gone: Vec<PersonId> =
                before.iter().flat_map(|before| before.iter()).filter(|person| !now.contains(person)).copied().collect();
            if !gone.is_empty() {
                // What was known of them is too old now.
                last_seen.times.update(|times| times.retain(|person, _| !gone.contains(person)));
                set_timeout(move || last_seen.ask(gone), WRITTEN);
            }
            now
        });
        last_seen
    }

    /// Takes in what the server knows.
    pub fn learn(&self, people: impl IntoIterator<Item = (PersonId, Option<Millis>)>) {
        self.times.try_update(|times| times.extend(people.into_iter().filter_map(|(person, at)| Some((person, at?)))));
    }

    /// Asks the server about `people`.
    pub fn ask(self, people: Vec<PersonId>) {
        if self.times.try_with_untracked(SortedMap::is_empty).is_none() {
            return;
        }
        spawn_local(async move {
            if let Ok(entries) = api::entries(people).await {
                self.learn(entries.into_iter().map(|entry| (entry.card.id, entry.last_seen)));
            }
        });
    }

    /// "online" or "last seen 14:02" of `person`, if they let it be seen; follows it.
    pub fn words(&self, person: PersonId) -> Option<String> {
        if self.online.with(|online| online.contains(&person)) {
            return Some(words::ONLINE.to_owned());
        }
        let at = self.times.with(|times| times.get(&person).copied())?;
        Some(self.zone.with(|zone| said(zone, at, self.clock.get())))
    }
}

fn said(zone: &Zone, at: Millis, now: Millis) -> String {
    if now - at < JUST_NOW { words::LAST_SEEN_JUST_NOW.to_owned() } else { words::last_seen(&zone.short(at, now)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_just_now() {
        let (zone, day) = (Zone::default(), 86_400_000);
        let now = 1_795_102_860_000;
        assert_eq!(said(&zone, now - 59_000, now), "last seen just now");
        assert_eq!(said(&zone, now + 5_000, now), "last seen just now", "the page's clock may be behind");
        assert_eq!(said(&zone, now - 61_000, now), "last seen 15:39");
        assert_eq!(said(&zone, now - day, now), "last seen yesterday");
        assert_eq!(said(&zone, now - 5 * day, now), "last seen 14 Nov");
    }
}
