//! What the measurements mean: plain rules with their thresholds in one place, without clock or database.

use super::measure::{Measured, Outbox, Rows, Slow};
use crate::{
    model::health::{Check, Finding, Mark},
    words::findings as words,
};
use plenum_core::ids::Millis;
use plenum_web::mail::figures::Figures;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
/// Files that are open besides sockets.
const OTHER_FILES: u64 = 256;

/// All findings, in the order of the page.
pub(super) fn all(seen: &Measured) -> Vec<Finding> {
    let mut findings = vec![
        answers(Check::Read, seen.read.map(|took| took.as_millis()), 50, 500),
        answers(Check::Write, seen.write.map(|took| took.as_millis()), 100, 1_000),
        finding(Check::WriteQueue, above(seen.write_queue, 64, 512), words::queue(seen.write_queue), words::QUEUE),
        slow(Check::SlowWrites, seen.slow_writes),
        slow(Check::SlowReads, seen.slow_reads),
        disk(seen.disk, seen.sizes.0, seen.without_room),
        finding(Check::Size, above(seen.sizes.1, 64 * MIB, GIB), words::size(seen.sizes.0, seen.sizes.1), words::JOURNAL),
        finding(Check::Dispatcher, above(seen.dispatch_queue, 64, 1_000), words::dispatcher(seen.dispatch_queue), words::DISPATCHER),
        delivered(&seen.behind, seen.holes),
        finding(Check::SlowConsumers, look_if(seen.slow_consumers > 0), words::slow_consumers(seen.slow_consumers), words::SLOW_CONSUMERS),
        recoveries(seen.recovered, seen.gaps),
    ];
    findings.extend(rows(seen.rows.as_ref()));
    findings.extend([
        mail(seen.outbox.as_ref(), seen.rows.as_ref().map(|rows| &rows.mail), seen.now),
        clock(seen.clock_back),
        files(seen.open_files, seen.connections),
        finding(Check::Address, look_if(!seen.is_secure && !seen.is_loopback), words::address(&seen.address), words::ADDRESS),
        finding(Check::Origins, look_if(!seen.origins.is_empty()), words::origins(&seen.origins), words::ORIGINS),
        finding(Check::Proxies, look_if(!seen.proxies.is_empty()), words::proxies(&seen.proxies), words::PROXIES),
        finding(Check::Demo, look_if(seen.demo), words::demo(seen.demo).to_owned(), words::DEMO),
        finding(Check::Errors, above(seen.internal_errors, 1, 20), words::errors(seen.internal_errors), words::ERRORS),
    ]);
    findings
}

/// The advice stands there unless it is well.
fn finding(check: Check, mark: Mark, measured: String, advice: &str) -> Finding {
    Finding { check, mark, measured, advice: (mark != Mark::Well).then(|| advice.to_owned()) }
}

fn look_if(look: bool) -> Mark {
    if look { Mark::Look } else { Mark::Well }
}

fn above<T: PartialOrd>(value: T, look: T, bad: T) -> Mark {
    if value >= bad { Mark::Bad } else { look_if(value >= look) }
}

fn answers(check: Check, took: Option<u128>, look: u128, bad: u128) -> Finding {
    match took {
        None => finding(check, Mark::Bad, words::NO_ANSWER.to_owned(), words::DEAD_DATABASE),
        Some(ms) => finding(check, above(ms, look, bad), words::answered(ms), words::SLOW_DISK),
    }
}

fn slow(check: Check, slow: Slow) -> Finding {
    finding(check, look_if(slow.times > 0), words::slow(slow.times, slow.longest_ms), words::SLOW)
}

fn disk(disk: Option<(u64, u64)>, database: u64, without_room: u32) -> Finding {
    if without_room > 0 {
        return finding(Check::Disk, Mark::Bad, words::without_room(without_room), words::DISK);
    }
    let Some((free, all)) = disk else { return finding(Check::Disk, Mark::Well, words::DISK_UNKNOWN.to_owned(), words::DISK) };
    let mark = if free < 256 * MIB { Mark::Bad } else { look_if(free < GIB.saturating_add(database.saturating_mul(2))) };
    finding(Check::Disk, mark, words::disk(free, all), words::DISK)
}

fn delivered(behind: &[String], holes: u32) -> Finding {
    let (mark, advice) = if behind.is_empty() { (look_if(holes > 0), words::HOLES) } else { (Mark::Bad, words::BEHIND) };
    finding(Check::Delivered, mark, words::delivered(behind, holes), advice)
}

/// Somebody is always away for too long; many at once are something else.
fn recoveries(recovered: u32, gaps: u32) -> Finding {
    let many = gaps >= 5 && gaps > recovered / 4;
    finding(Check::Recoveries, look_if(many), words::recoveries(recovered, gaps), words::GAPS)
}

fn rows(rows: Option<&Rows>) -> [Finding; 3] {
    let Some(rows) = rows else {
        return [Check::Backup, Check::LateJobs, Check::DeadLetters]
            .map(|check| finding(check, Mark::Bad, words::UNKNOWN.to_owned(), words::DEAD_DATABASE));
    };
    let old = rows.backup.is_none_or(|(age, _)| age > 48 * HOUR);
    let late = if rows.late_by > 10 * MINUTE { Mark::Bad } else { look_if(rows.late > 0) };
    [
        finding(Check::Backup, look_if(old), words::backup(rows.backup), words::BACKUP),
        finding(Check::LateJobs, late, words::late(rows.late, rows.late_by), words::LATE),
        // What was to be done is not done, and will not be unless somebody acts.
        finding(Check::DeadLetters, above(rows.dead, 1, 1), words::dead(rows.dead), words::DEAD),
    ]
}

fn mail(outbox: Option<&Outbox>, mails: Option<&Figures>, now: Millis) -> Finding {
    match (outbox, mails) {
        (Some(Outbox { error: Some(error), .. }), _) => finding(Check::Mail, Mark::Bad, words::outbox(error), words::OUTBOX),
        (Some(outbox), _) => finding(Check::Mail, look_if(outbox.oldest > HOUR), words::mail(outbox.waiting, outbox.oldest), words::MAIL),
        (None, None) => finding(Check::Mail, Mark::Bad, words::UNKNOWN.to_owned(), words::DEAD_DATABASE),
        (None, Some(mails)) => {
            let waits = mails.waiting_since.map_or(0, |since| now - since);
            let mark = if mails.given_up > 0 || mails.failed > 0 || waits > HOUR {
                Mark::Bad
            } else {
                look_if(mails.retrying > 0 || mails.refused > 0 || waits > 10 * MINUTE)
            };
            finding(
                Check::Mail,
                mark,
                words::sending([mails.waiting, mails.retrying, mails.given_up], mails.refused, mails.failed, waits, mails.error.as_deref()),
                words::SENDING,
            )
        }
    }
}

fn clock(back: Millis) -> Finding {
    finding(Check::Clock, above(back, SECOND, MINUTE), words::clock(back), words::CLOCK)
}

fn files(files: Option<u64>, connections: usize) -> Finding {
    // Without a limit of connections, as many as the usual one.
    let wanted = if connections == 0 { 10_000 } else { connections as u64 };
    let few = files.is_some_and(|files| files < wanted.saturating_add(OTHER_FILES));
    finding(Check::Files, look_if(few), words::files(files, connections), words::FILES)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::health::worst;

    fn well() -> Measured {
        Measured {
            read: Some(Duration::from_millis(1)),
            write: Some(Duration::from_millis(8)),
            clock_back: 0,
            write_queue: 0,
            slow_writes: Slow::default(),
            slow_reads: Slow::default(),
            disk: Some((100 * GIB, 200 * GIB)),
            without_room: 0,
            sizes: (MIB, MIB),
            rows: Some(Rows { backup: Some((HOUR, 1_000)), ..Rows::default() }),
            dispatch_queue: 0,
            behind: Vec::new(),
            holes: 0,
            slow_consumers: 0,
            recovered: 40,
            gaps: 2,
            now: 10 * HOUR,
            outbox: Some(Outbox::default()),
            open_files: Some(65_536),
            connections: 10_000,
            address: "https://plenum.example".into(),
            is_secure: true,
            is_loopback: false,
            origins: Vec::new(),
            proxies: Vec::new(),
            demo: false,
            internal_errors: 0,
        }
    }

    #[test]
    fn all_is_well() {
        let findings = all(&well());
        assert_eq!(findings.len(), 22, "every check has a finding");
        assert_eq!(worst(&findings), Mark::Well);
        assert!(findings.iter().all(|finding| finding.advice.is_none() && !finding.measured.is_empty()));
    }

    /// Each thing that is made wrong is found, alone, and says what to do.
    #[test]
    fn each_thing_that_is_wrong_is_found() {
        type Change = fn(&mut Measured);
        let wrong: [(Check, Mark, Change); 42] = [
            (Check::Read, Mark::Bad, |seen| seen.read = None),
            (Check::Read, Mark::Look, |seen| seen.read = Some(Duration::from_millis(50))),
            (Check::Read, Mark::Bad, |seen| seen.read = Some(Duration::from_millis(500))),
            (Check::Write, Mark::Bad, |seen| seen.write = None),
            (Check::Write, Mark::Look, |seen| seen.write = Some(Duration::from_millis(100))),
            (Check::Write, Mark::Bad, |seen| seen.write = Some(Duration::from_secs(1))),
            (Check::WriteQueue, Mark::Look, |seen| seen.write_queue = 64),
            (Check::WriteQueue, Mark::Bad, |seen| seen.write_queue = 512),
            (Check::SlowWrites, Mark::Look, |seen| seen.slow_writes = Slow { times: 1, longest_ms: 21 }),
            (Check::SlowReads, Mark::Look, |seen| seen.slow_reads = Slow { times: 1, longest_ms: 51 }),
            (Check::Disk, Mark::Look, |seen| seen.disk = Some((GIB, 200 * GIB))),
            (Check::Disk, Mark::Look, |seen| seen.sizes.0 = 60 * GIB),
            (Check::Disk, Mark::Bad, |seen| seen.disk = Some((MIB, 200 * GIB))),
            (Check::Disk, Mark::Bad, |seen| seen.without_room = 1),
            (Check::Size, Mark::Look, |seen| seen.sizes.1 = 64 * MIB),
            (Check::Size, Mark::Bad, |seen| seen.sizes.1 = GIB),
            (Check::Backup, Mark::Look, |seen| seen.rows = Some(Rows::default())),
            (Check::Backup, Mark::Look, |seen| seen.rows = Some(Rows { backup: Some((49 * HOUR, 1)), ..Rows::default() })),
            (Check::LateJobs, Mark::Look, |seen| seen.rows = seen.rows.clone().map(|rows| Rows { late: 1, late_by: 2 * MINUTE, ..rows })),
            (Check::LateJobs, Mark::Bad, |seen| seen.rows = seen.rows.clone().map(|rows| Rows { late: 1, late_by: HOUR, ..rows })),
            (Check::DeadLetters, Mark::Bad, |seen| seen.rows = seen.rows.clone().map(|rows| Rows { dead: 1, ..rows })),
            (Check::Dispatcher, Mark::Look, |seen| seen.dispatch_queue = 64),
            (Check::Dispatcher, Mark::Bad, |seen| seen.dispatch_queue = 1_000),
            (Check::Delivered, Mark::Look, |seen| seen.holes = 1),
            (Check::Delivered, Mark::Bad, |seen| seen.behind = vec!["private-person.1".into()]),
            (Check::SlowConsumers, Mark::Look, |seen| seen.slow_consumers = 1),
            (Check::Recoveries, Mark::Look, |seen| seen.gaps = 20),
            (Check::Mail, Mark::Look, |seen| seen.outbox = Some(Outbox { waiting: 1, oldest: 2 * HOUR, error: None })),
            (Check::Mail, Mark::Bad, |seen| seen.outbox = Some(Outbox { error: Some("permission denied".into()), ..Outbox::default() })),
            (Check::Mail, Mark::Look, |seen| mailing(seen, Figures { waiting: 1, retrying: 1, ..Figures::default() })),
            (Check::Mail, Mark::Look, |seen| mailing(seen, Figures { sent: 7, refused: 1, ..Figures::default() })),
            (Check::Mail, Mark::Bad, |seen| mailing(seen, Figures { waiting: 1, given_up: 1, ..Figures::default() })),
            (Check::Mail, Mark::Bad, |seen| mailing(seen, Figures { failed: 1, ..Figures::default() })),
            (Check::Mail, Mark::Bad, |seen| mailing(seen, Figures { waiting: 1, waiting_since: Some(8 * HOUR), ..Figures::default() })),
            (Check::Clock, Mark::Look, |seen| seen.clock_back = 2 * SECOND),
            (Check::Clock, Mark::Bad, |seen| seen.clock_back = HOUR),
            (Check::Files, Mark::Look, |seen| seen.open_files = Some(1_024)),
            (Check::Address, Mark::Look, |seen| seen.is_secure = false),
            (Check::Origins, Mark::Look, |seen| seen.origins = vec![("https://a.example".into(), "/fn/a".into(), 2)]),
            (Check::Proxies, Mark::Look, |seen| seen.proxies = vec!["10.0.0.1".into()]),
            (Check::Demo, Mark::Look, |seen| seen.demo = true),
            (Check::Errors, Mark::Bad, |seen| seen.internal_errors = 20),
        ];
        for (check, mark, change) in wrong {
            let mut seen = well();
            change(&mut seen);
            let found: Vec<Finding> = all(&seen).into_iter().filter(|finding| finding.mark != Mark::Well).collect();
            let [finding] = &found[..] else { panic!("{check:?}: {found:?}") };
            assert_eq!((finding.check, finding.mark), (check, mark), "{finding:?}");
            assert!(finding.advice.is_some() && finding.measured.ends_with('.') | finding.measured.contains(": "), "{finding:?}");
        }
    }

    /// Mails are sent, and these are the figures.
    fn mailing(seen: &mut Measured, mail: Figures) {
        seen.outbox = None;
        seen.rows = seen.rows.clone().map(|rows| Rows { mail, ..rows });
    }

    #[test]
    fn a_silent_database_leaves_nothing_unsaid() {
        let seen = Measured { read: None, write: None, rows: None, ..well() };
        let bad = all(&seen).into_iter().filter(|finding| finding.mark == Mark::Bad).count();
        assert_eq!(bad, 5);
        let loopback = Measured { is_secure: false, is_loopback: true, ..well() };
        assert_eq!(worst(&all(&loopback)), Mark::Well, "nothing leaves the machine");
    }
}
