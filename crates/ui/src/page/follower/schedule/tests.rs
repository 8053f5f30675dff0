use proptest::prelude::*;

use super::*;
use Happening::{Answered, Due, Failed, Lost, Needed, Refused, Replaced, Returned, Stale};

const CURRENT: Phase = Phase::Current;
const REFUSED: Phase = Phase::Refused;
const REFRESHING: Phase = Phase::Waiting { needed: false };
const RETRYING: Phase = Phase::Waiting { needed: true };

const fn requested(needed: bool, again: bool) -> Phase {
    Phase::Requested { needed, again }
}

const PHASES: [Phase; 8] = [
    CURRENT,
    REFUSED,
    REFRESHING,
    RETRYING,
    requested(false, false),
    requested(false, true),
    requested(true, false),
    requested(true, true),
];
const HAPPENINGS: [Happening; 9] = [Needed, Stale, Due, Answered, Failed, Refused, Replaced, Lost, Returned];

/// What happened, with a connection or without, and what is done.
fn run(script: &[(Happening, bool, Step)]) {
    let mut schedule = Schedule::default();
    for (place, (happening, connected, step)) in script.iter().enumerate() {
        assert_eq!(schedule.on(*happening, *connected), *step, "at {place}: {happening:?}");
    }
}

/// The defect that pages had: one failed request, and they were never right again.
#[test]
fn a_request_after_a_gap_that_fails_is_made_again_until_it_is_answered() {
    run(&[
        (Stale, true, Step::Request),
        (Failed, true, Step::RequestAfter(RETRY)),
        (Due, true, Step::Request),
        (Failed, true, Step::RequestAfter(RETRY)),
        (Due, true, Step::Request),
        (Answered, true, Step::Nothing),
        (Due, true, Step::Nothing),
    ]);
}

#[test]
fn without_a_connection_a_snapshot_is_requested_every_30_seconds() {
    run(&[
        (Lost, false, Step::RequestAfter(REFRESH)),
        (Due, false, Step::Request),
        (Answered, false, Step::RequestAfter(REFRESH)),
        (Due, false, Step::Request),
        (Failed, false, Step::RequestAfter(REFRESH)),
        (Returned, true, Step::Cancel),
        (Due, true, Step::Nothing),
    ]);
}

/// The log says what was missed; a thousand pages that come back after a restart do not all ask for everything.
#[test]
fn a_refresh_that_failed_is_not_made_again_once_the_connection_is_back() {
    run(&[
        (Lost, false, Step::RequestAfter(REFRESH)),
        (Due, false, Step::Request),
        (Returned, true, Step::Nothing),
        (Failed, true, Step::Nothing),
    ]);
}

#[test]
fn a_snapshot_that_is_needed_is_requested_as_soon_as_the_connection_is_back() {
    run(&[
        (Needed, true, Step::Request),
        (Lost, false, Step::Nothing),
        (Failed, false, Step::RequestAfter(REFRESH)),
        (Returned, true, Step::Request),
        (Answered, true, Step::Nothing),
    ]);
}

#[test]
fn a_reason_that_comes_during_a_request_leads_to_one_more() {
    run(&[
        (Needed, true, Step::Request),
        (Needed, true, Step::Nothing),
        (Needed, true, Step::Nothing),
        (Answered, true, Step::Request),
        (Answered, true, Step::Nothing),
    ]);
}

/// A page with several channels finds a gap in all of them at once, and makes one request.
#[test]
fn gaps_in_several_channels_are_one_request() {
    run(&[(Stale, true, Step::Request), (Stale, true, Step::Nothing), (Stale, true, Step::Nothing), (Answered, true, Step::Nothing)]);
}

/// What the person has just done has reached the server, so the next request will, too.
#[test]
fn what_is_done_without_a_connection_is_seen_at_once() {
    run(&[(Lost, false, Step::RequestAfter(REFRESH)), (Needed, false, Step::Request), (Answered, false, Step::RequestAfter(REFRESH))]);
    run(&[(Needed, false, Step::Request), (Failed, false, Step::RequestAfter(REFRESH)), (Needed, false, Step::Request)]);
}

#[test]
fn a_storm_of_reasons_waits_for_the_retry() {
    run(&[
        (Needed, true, Step::Request),
        (Failed, true, Step::RequestAfter(RETRY)),
        (Needed, true, Step::Nothing),
        (Needed, true, Step::Nothing),
        (Due, true, Step::Request),
    ]);
}

#[test]
fn a_refusal_is_final_until_there_is_another_reason() {
    run(&[
        (Needed, true, Step::Request),
        (Refused, true, Step::Nothing),
        (Lost, false, Step::Nothing),
        (Due, false, Step::Nothing),
        (Needed, true, Step::Request),
    ]);
}

#[test]
fn a_snapshot_from_elsewhere_makes_the_retry_superfluous() {
    run(&[
        (Needed, true, Step::Request),
        (Failed, true, Step::RequestAfter(RETRY)),
        (Replaced, true, Step::Cancel),
        (Due, true, Step::Nothing),
    ]);
}

/// Every pair of a phase and a happening: the phase that follows, with a connection and without.
#[test]
fn each_phase_and_happening_leads_to_one_phase() {
    for phase in PHASES {
        for happening in HAPPENINGS {
            for connected in [true, false] {
                let rest = if connected { CURRENT } else { REFRESHING };
                let expected = match (phase, happening) {
                    (Phase::Requested { needed, .. }, Needed) => requested(needed, true),
                    (Phase::Requested { again, .. }, Stale) => requested(true, again),
                    (Phase::Waiting { needed: true }, Needed | Stale) if connected => RETRYING,
                    (_, Needed | Stale) | (Phase::Waiting { needed: true }, Due | Returned) => requested(true, false),
                    (Phase::Waiting { needed: false }, Due) => requested(false, false),
                    (Phase::Requested { again: true, .. }, Answered | Refused) => requested(true, false),
                    (Phase::Requested { .. }, Answered) | (Phase::Requested { needed: false, again: false }, Failed) => rest,
                    (Phase::Requested { .. }, Failed) => RETRYING,
                    (Phase::Requested { .. }, Refused) => REFUSED,
                    (Phase::Waiting { .. } | Phase::Refused, Replaced) => rest,
                    (Phase::Current, Lost) => REFRESHING,
                    (Phase::Waiting { needed: false } | Phase::Refused, Returned) => CURRENT,
                    (unchanged, _) => unchanged,
                };
                let mut schedule = Schedule { phase };
                schedule.on(happening, connected);
                assert_eq!(schedule.phase, expected, "{phase:?} on {happening:?}, connected: {connected}");
            }
        }
    }
}

/// Carries steps out as the caller does: one request and one delay at a time.
#[derive(Debug, Default)]
struct Page {
    schedule: Schedule,
    connected: bool,
    requested: bool,
    delayed: bool,
}

impl Page {
    fn on(&mut self, happening: Happening) {
        match happening {
            Due if !self.delayed => return,
            Answered | Failed if !self.requested => return,
            Lost if !self.connected => return,
            Returned if self.connected => return,
            _ => {}
        }
        self.delayed &= happening != Due;
        self.requested &= !matches!(happening, Answered | Failed);
        self.connected = match happening {
            Lost => false,
            Returned => true,
            _ => self.connected,
        };
        match self.schedule.on(happening, self.connected) {
            Step::Nothing => {}
            Step::Cancel => self.delayed = false,
            Step::RequestAfter(_) => self.delayed = true,
            Step::Request => {
                assert!(!self.requested, "one request at a time");
                (self.requested, self.delayed) = (true, false);
            }
        }
    }
}

proptest! {
    /// Whatever the network does: as long as a snapshot is needed or there is no connection, a request or a delay is under way; and once
    /// requests are answered, nothing is needed any more.
    #[test]
    fn a_needed_snapshot_is_never_forgotten(script in prop::collection::vec(prop::sample::select(vec![Needed, Stale, Due, Answered, Failed, Lost, Returned]), 0..60)) {
        let mut page = Page::default();
        page.schedule.on(Lost, false);
        page.delayed = true;
        for happening in script {
            page.on(happening);
            if page.schedule.is_needed() || !page.connected {
                prop_assert!(page.requested || page.delayed, "{page:?}");
            }
        }
        for _ in 0..3 {
            page.on(Due);
            page.on(Answered);
        }
        prop_assert!(!page.schedule.is_needed());
    }
}
