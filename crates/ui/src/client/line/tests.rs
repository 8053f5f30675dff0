//! The whole table of the line, and what people are shown of it.

use super::*;

const LATER: Millis = 1_000_000;

fn lost(code: Option<u16>) -> Happening {
    Happening::Lost { code, reason: "lost".into() }
}

fn in_phase(phase: Phase) -> Line {
    Line { phase, attempt: 3, opened_ms: LATER - 5_000, ..Line::default() }
}

/// Every happening in every phase. Rows are happenings; the columns are the phases Idle,
/// Opening, Open, Waiting, Refused, Away, Dismissed, Outdated; a cell is the phase that
/// follows and the step, `.` for "as it was, nothing to do".
#[test]
fn every_happening_in_every_phase() {
    let phases =
        [Phase::Idle, Phase::Opening, Phase::Open, Phase::Waiting, Phase::Refused(4009), Phase::Away, Phase::Dismissed, Phase::Outdated];
    let table: [(Happening, [&str; 8]); 14] = [
        (Happening::Wanted, ["Opening Open", ".", ".", ".", ".", ".", ".", "."]),
        (Happening::Established, [".", "Open Nothing", ".", ".", ".", ".", ".", "."]),
        (lost(None), [".", "Waiting OpenAfter(4000)", "Waiting OpenAfter(4000)", ".", ".", ".", ".", "."]),
        (lost(Some(4009)), [".", "Refused(4009) Close", "Refused(4009) Close", ".", ".", ".", ".", "."]),
        (lost(Some(4100)), [".", "Waiting OpenAfter(9000)", "Waiting OpenAfter(9000)", ".", ".", ".", ".", "."]),
        (Happening::Due, [".", ".", ".", "Opening Open", ".", ".", ".", "."]),
        (Happening::WentOffline, [".", ".", "Open Probe", ".", ".", ".", ".", "."]),
        (Happening::CameOnline, [".", ".", "Open Probe", "Waiting OpenAfter(1000)", ".", ".", ".", "."]),
        (Happening::BecameVisible, [".", ".", "Open Probe", "Waiting OpenAfter(1000)", ".", ".", ".", "."]),
        (Happening::PageHidden, [".", "Away Close", "Away Close", "Away Close", ".", ".", ".", "."]),
        (Happening::PageShown, [".", ".", ".", ".", ".", "Opening Open", ".", "."]),
        (
            Happening::Asked,
            ["Opening Open", "Opening Open", "Opening Open", "Opening Open", "Opening Open", "Opening Open", "Opening Open", "."],
        ),
        (
            Happening::Dismissed,
            [
                "Dismissed Close",
                "Dismissed Close",
                "Dismissed Close",
                "Dismissed Close",
                "Dismissed Close",
                "Dismissed Close",
                "Dismissed Close",
                ".",
            ],
        ),
        (
            Happening::Outdated,
            [
                "Outdated Close",
                "Outdated Close",
                "Outdated Close",
                "Outdated Close",
                "Outdated Close",
                "Outdated Close",
                "Outdated Close",
                ".",
            ],
        ),
    ];
    for (happening, row) in table {
        for (phase, expected) in phases.into_iter().zip(row) {
            let mut line = in_phase(phase);
            let step = line.on(happening.clone(), LATER, 1.0);
            let expected = if expected == "." { format!("{phase:?} Nothing") } else { expected.to_owned() };
            assert_eq!(format!("{:?} {step:?}", line.phase), expected, "{happening:?} in {phase:?}");
        }
    }
}

/// A day of one page, as its person sees it.
#[test]
fn what_people_see() {
    let mut line = Line::default();
    let mut at = 1_000;
    let mut see = |line: &mut Line, happening| {
        at += 1_000;
        line.on(happening, at, 0.5);
        line.connection().state
    };
    use ConnectionState::{Closed, Connected, Connecting, Offline, Reconnecting, Refused};
    assert_eq!(line.connection().state, Connecting);
    assert_eq!(see(&mut line, Happening::Wanted), Connecting);
    assert_eq!(see(&mut line, Happening::Established), Connected);
    assert_eq!(see(&mut line, lost(None)), Reconnecting { attempt: 1 });
    assert_eq!(see(&mut line, Happening::Due), Reconnecting { attempt: 1 });
    assert_eq!(see(&mut line, lost(None)), Reconnecting { attempt: 2 });
    assert_eq!((line.connection().since_ms, line.connection().last_error.as_deref()), (4_000, Some("lost")));
    assert_eq!(see(&mut line, Happening::WentOffline), Offline);
    assert_eq!(see(&mut line, Happening::Due), Offline);
    assert_eq!(see(&mut line, Happening::Established), Connected, "a connection disproves what the browser says");
    assert_eq!(line.connection().last_error, None);
    assert_eq!(see(&mut line, Happening::WentOffline), Offline, "at once, though the socket does not know yet");
    assert_eq!(see(&mut line, Happening::CameOnline), Connected);
    assert_eq!(see(&mut line, Happening::PageHidden), Connecting);
    assert_eq!(see(&mut line, Happening::PageShown), Connecting);
    assert_eq!(see(&mut line, Happening::Established), Connected);
    assert_eq!(see(&mut line, lost(Some(4009))), Refused { code: 4009 });
    assert_eq!(see(&mut line, Happening::Asked), Connecting);
    assert_eq!(see(&mut line, Happening::Dismissed), Closed);
}

/// Only a connection that lived starts the backoff anew: a server that greets and closes
/// is asked ever more rarely.
#[test]
fn a_short_life_counts_as_a_failure() {
    let mut line = Line::default();
    line.on(Happening::Wanted, 1, 1.0);
    let mut now = 1;
    for wait in [500, 1_000, 2_000, 4_000] {
        line.on(Happening::Established, now, 1.0);
        assert_eq!(line.on(lost(None), now + 9_999, 1.0), Step::OpenAfter(wait));
        now += 20_000;
        line.on(Happening::Due, now, 1.0);
    }
    line.on(Happening::Established, now, 1.0);
    assert_eq!(line.on(lost(None), now + 10_000, 1.0), Step::OpenAfter(500));
}
