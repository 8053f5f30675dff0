//! The viewer's inbox, alive on every page. The server counts for the first paint; the browser then asks for the
//! rest once and follows.

use leptos::prelude::{Update as _, *};

use super::{desktop, notes};
use crate::{
    api,
    live::InboxEvent,
    model::{Absence, Beginning, Inbox, Preferences},
    words,
};
use plenum_core::{
    ids::{Millis, PersonId},
    live::Live,
    time::Zone,
};
use plenum_ui::{
    browser::{self, storage},
    effect,
    page::{Follower, InboxCounts, Logged, use_clock, use_own_id, use_zone},
    toast::{self, Toast},
};

/// Whoever has come back within this time is told what has come meanwhile.
const BACK_LATELY: Millis = 3_600_000;
/// Of which absence this browser has told.
const TOLD_AWAY: &str = "plenum.inbox.away";

/// The viewer's inbox and how they want to be told.
#[derive(Clone, Copy)]
pub struct InboxContext {
    /// The newest notifications.
    pub newest: RwSignal<Inbox>,
    /// How they want to be told.
    pub preferences: RwSignal<Preferences>,
    counts: InboxCounts,
    person: Signal<Option<PersonId>>,
    /// The inbox of the person who is signed in is known, and followed.
    begun: RwSignal<bool>,
    clock: Signal<Millis>,
    zone: Signal<Zone>,
    /// Notes that came one soon after the other are told together.
    pub(super) burst: StoredValue<notes::Burst>,
}

/// Provides the viewer's inbox to all pages; the layout calls it once, where the viewer is known.
pub fn provide_inbox() {
    let Some(counts) = use_context::<InboxCounts>() else { return };
    let context = InboxContext {
        newest: RwSignal::default(),
        preferences: RwSignal::default(),
        counts,
        person: use_own_id(),
        begun: RwSignal::new(false),
        clock: use_clock(),
        zone: use_zone(),
        burst: StoredValue::new(notes::Burst::default()),
    };
    provide_context(context);
    context.follow();
}

impl InboxContext {
    fn follow(self) {
        let follower = Follower::new(Vec::new());
        follower.fetch_with(api::begin, move |beginning| self.show(beginning));
        let begun = Signal::derive(move || if self.begun.get() { self.person.get() } else { None });
        follower.follow::<InboxEvent>(begun, Logged::All, move |events| self.apply(&events));
        // In the browser only; another person who signs in without a new page has another inbox.
        effect(move |before: Option<Option<PersonId>>| {
            let person = self.person.get();
            if before != Some(person) {
                self.begun.set(false);
                if person.is_some() {
                    follower.renew();
                }
            }
            person
        });
    }

    fn show(self, Beginning { inbox, preferences, absence }: Beginning) {
        // Signed out meanwhile.
        if self.person.try_get_untracked().flatten().is_none() {
            return;
        }
        let unread = inbox.counts.unread;
        let _ = self.counts.0.try_set(inbox.counts);
        let _ = self.newest.try_set(inbox);
        let _ = self.preferences.try_set(preferences);
        let _ = self.begun.try_set(true);
        if let Some(absence) = absence {
            self.welcome_back(absence, unread);
        }
    }

    /// Tells whoever has just come back what there is, once in a browser for each absence.
    fn welcome_back(self, Absence { since, back }: Absence, unread: u32) {
        let lately = self.clock.try_get_untracked().is_some_and(|now| now - back < BACK_LATELY);
        let told = storage::get(TOLD_AWAY).is_some_and(|told| told == since.to_string());
        if !lately || told || unread == 0 || browser::path().starts_with("/inbox") {
            return;
        }
        storage::set(TOLD_AWAY, &since.to_string());
        toast::show_toast(Toast::new(words::back(unread)).action(words::OPEN, || browser::go("/inbox/away")));
    }

    fn apply(self, events: &[InboxEvent]) {
        let Some(viewer) = self.person.get_untracked() else { return };
        self.newest.maybe_update(|newest| {
            let mut touched = false;
            for event in events {
                touched |= newest.apply(viewer, event);
            }
            touched
        });
        self.preferences.maybe_update(|preferences| {
            let mut touched = false;
            for event in events {
                touched |= preferences.apply(viewer, event);
            }
            touched
        });
        let counts = self.newest.with_untracked(|newest| newest.counts);
        if self.counts.0.get_untracked() != counts {
            self.counts.0.set(counts);
        }
        desktop::take_back(events);
        notes::toasts_show(self, events);
    }

    /// How they want to be told, once that is known here.
    pub(super) fn known_preferences(self) -> Option<Preferences> {
        self.begun.get().then(|| self.preferences.get())
    }

    /// True once it is known in the browser, and followed; follows that.
    pub(super) fn has_begun(self) -> bool {
        self.begun.get()
    }

    /// Nothing may pop up or sound now.
    pub(super) fn is_quiet(self) -> bool {
        let minute = self.zone.with_untracked(|zone| zone.minute(self.clock.get_untracked()));
        self.preferences.with_untracked(|preferences| preferences.quiet.is_some_and(|quiet| quiet.holds(minute)))
    }

    /// What the viewer does themselves shows at once, in the bell too; the server's word follows.
    pub(super) fn apply_own(self, event: &InboxEvent) {
        if let Some(viewer) = self.person.get_untracked() {
            self.newest.maybe_update(|newest| newest.apply(viewer, event));
        }
    }
}
