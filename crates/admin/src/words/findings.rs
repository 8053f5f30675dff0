//! What the findings of "Is it well?" say: what was measured, and what to do about it.

use plenum_core::ids::Millis;

/// Bytes as people read them.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let (mut tenths, mut unit) = (bytes / 102, 0);
    while tenths >= 10_240 && unit < UNITS.len() - 1 {
        tenths /= 1024;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    if tenths < 100 { format!("{}.{} {unit}", tenths / 10, tenths % 10) } else { format!("{} {unit}", tenths / 10) }
}

/// A time span in its largest unit.
pub fn span(span: Millis) -> String {
    let of = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match span.max(0) / 1000 {
        seconds if seconds < 120 => of(seconds, "second"),
        seconds if seconds < 7_200 => of(seconds / 60, "minute"),
        seconds if seconds < 172_800 => of(seconds / 3_600, "hour"),
        seconds => of(seconds / 86_400, "day"),
    }
}

/// So many of something.
pub fn count(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// It took so many milliseconds.
pub fn answered(ms: u128) -> String {
    format!("It took {ms} ms.")
}
pub const NO_ANSWER: &str = "It did not answer within 5 s.";
/// What to do.
pub const SLOW_DISK: &str =
    "Look at the load and the disk of the machine, and at the slow work below. A database on a network share is slow and not safe.";
/// What to do.
pub const DEAD_DATABASE: &str =
    "Look into the log for what the database says, at the disk, and whether another process holds the database. Then restart the server.";

/// The writer's queue.
pub fn queue(waiting: usize) -> String {
    count(waiting as u64, "write waits.", "writes wait.")
}
pub const QUEUE: &str = "The writer cannot keep up: look at the slow writes below and at what asks for so many.";
/// Slow writes or statements.
pub fn slow(in_last_hour: u32, longest_ms: u32) -> String {
    if in_last_hour == 0 {
        "None in the last hour.".to_owned()
    } else {
        format!("{in_last_hour} in the last hour, {longest_ms} ms at the most.")
    }
}
pub const SLOW: &str = "See which below. A slow commit is the disk's; a slow write or statement is the work itself, and worth a report.";

/// Room on the disk.
pub fn disk(free: u64, all: u64) -> String {
    format!("{} of {} are free.", bytes(free), bytes(all))
}
pub fn without_room(times: u32) -> String {
    format!("{times} writes of the last hour found no room and were refused.")
}
pub const DISK_UNKNOWN: &str = "It cannot be asked on this machine: there is no df.";
/// What to do.
pub const DISK: &str =
    "Make room, or move the database to a larger disk: a full disk stops all writes. A backup needs as much as the database has.";
/// The database's files.
pub fn size(database: u64, journal: u64) -> String {
    format!("{}, and {} in its journal (-wal).", bytes(database), bytes(journal))
}
pub const JOURNAL: &str = "The journal is not taken into the database: something reads for very long. Restart the server; if it grows again, look for programs that have \
     the file open.";
/// The last backup.
pub fn backup(age: Option<(Millis, i64)>) -> String {
    match age {
        None => "None is known.".to_owned(),
        Some((age, size)) => format!("The last was made {} ago, with {}.", span(age), bytes(size.unsigned_abs())),
    }
}
/// What to do.
pub const BACKUP: &str =
    "Run plenum backup FILE each day, and keep the file elsewhere. Backups that are made in another way are not known here.";

/// Commits that wait to be sent out.
pub fn dispatcher(waiting: usize) -> String {
    count(waiting as u64, "commit waits to be sent out.", "commits wait to be sent out.")
}
pub const DISPATCHER: &str = "More is written than can be sent out: look at the machine's load and at the busiest channels.";
/// What was sent out.
pub fn delivered(behind: &[String], holes: u32) -> String {
    match (behind, holes) {
        ([], 0) => "All channels with somebody on them have got what the log holds.".to_owned(),
        ([], holes) => format!("It is now; {} in the last hour had to be read from the log.", count(holes.into(), "event", "events")),
        ([first, ..], _) => format!("{} behind, among them {first}.", count(behind.len() as u64, "channel is", "channels are")),
    }
}
/// What to do.
pub const BEHIND: &str =
    "Restart the server: browsers come back and read what they miss from the log. Then look into the log for why, and report it.";
pub const HOLES: &str = "Nothing was lost, but the dispatcher had missed it: look into the log for a panic, and report it.";
/// Slow consumers.
pub fn slow_consumers(count: u32) -> String {
    if count == 0 {
        "None was cut off in the last hour.".to_owned()
    } else {
        format!("{count} did not, and were cut off in the last hour; they come back and resume.")
    }
}
/// What to do.
pub const SLOW_CONSUMERS: &str =
    "A few are normal: phones that sleep. Many at once are a network that does not keep up, or realtime.queue_bytes being too small.";
/// Recoveries.
pub fn recoveries(recovered: u32, gaps: u32) -> String {
    if recovered + gaps == 0 {
        return "Nobody in the last hour.".to_owned();
    }
    format!("{recovered} went on without a gap in the last hour, {gaps} took a fresh page.")
}
pub const GAPS: &str = "They were away for longer than the log reaches (a day, or 5,000 events a channel), or the database was restored. If it is neither, report it.";

/// Late jobs.
pub fn late(late: u32, since: Millis) -> String {
    if late == 0 {
        return "None is late.".to_owned();
    }
    format!("{} late, the oldest by {}.", count(late.into(), "job is", "jobs are"), span(since))
}
pub const LATE: &str = "See which at Jobs. If none is under way, restart the server; if many are, they take long, or there are too many.";
/// Dead letters.
pub fn dead(dead: u32) -> String {
    if dead == 0 { "There is none.".to_owned() } else { count(dead.into(), "job failed too often.", "jobs failed too often.") }
}
pub const DEAD: &str = "See why at Jobs, mend it, and try them again; or discard them.";
pub const UNKNOWN: &str = "It is not known: the database does not answer.";

/// Mail in the outbox.
pub fn mail(waiting: usize, oldest: Millis) -> String {
    if waiting == 0 {
        return "The outbox is empty.".to_owned();
    }
    format!("{} in the outbox, the oldest for {}.", count(waiting as u64, "mail waits", "mails wait"), span(oldest))
}
/// The outbox cannot be written to.
pub fn outbox(error: &str) -> String {
    format!("The outbox cannot be written to: {error}")
}
/// What to do.
pub const MAIL: &str = "No mail leaves this server by itself: Plenum writes mails as files into mail.outbox, from where a program of yours takes them on and \
     removes them. Look whether it runs, or set mail.smtp_url.";
pub const OUTBOX: &str = "Give the server's user the right to write to mail.outbox: invitations and resets of passwords cannot be sent.";

/// Mails that are sent.
pub fn sending(waiting: [i64; 3], refused: i64, failed: i64, waits: Millis, error: Option<&str>) -> String {
    let mails = |count: i64, one: &str, many: &str| self::count(count.unsigned_abs(), one, many);
    let [waiting, retrying, given_up] = waiting;
    let mut said = Vec::new();
    if waiting > 0 {
        said.push(format!("{}, the oldest for {}", mails(waiting, "mail waits", "mails wait"), span(waits)));
    }
    if retrying > given_up {
        said.push(format!("{} to be tried again", retrying - given_up));
    }
    if given_up > 0 {
        said.push(format!("{given_up} given up"));
    }
    if failed > 0 {
        said.push(format!("{} in the last day", mails(failed, "mail failed for good", "mails failed for good")));
    }
    if refused > 0 {
        said.push(format!("{} in the last day", mails(refused, "address refused mail", "addresses refused mail")));
    }
    match (said.is_empty(), error) {
        (true, _) => "None waits, and none has failed in the last day.".to_owned(),
        (false, None) => format!("{}.", said.join("; ")),
        (false, Some(error)) => format!("{}. The last reason: {error}", said.join("; ")),
    }
}
/// What to do.
pub const SENDING: &str = "See which at Mail, and why. Run plenum mail test ADDRESS until it succeeds; then try the failed jobs again at Jobs. Addresses that refuse \
     mail are listed at Mail.";

/// The clock.
pub fn clock(back: Millis) -> String {
    if back <= 0 {
        "It has never gone back.".to_owned()
    } else {
        format!("It is {} behind a time at which something was written already.", span(back))
    }
}
pub const CLOCK: &str = "Let the machine follow a time server. Until the clock has caught up, what is new sorts below what is older.";
/// Files.
pub fn files(files: Option<u64>, wanted: usize) -> String {
    let wanted = if wanted == 0 { "any number of sockets".to_owned() } else { format!("{wanted} sockets (limits.connections)") };
    match files {
        None => format!("Any number of files may be open, for {wanted}."),
        Some(files) => format!("{files} files may be open, for {wanted}."),
    }
}
/// What to do.
pub const FILES: &str =
    "Each socket is an open file: raise the limit of the service (LimitNOFILE, or ulimit -n) or lower limits.connections.";
/// The address.
pub fn address(url: &str) -> String {
    format!("People use {url}.")
}
/// What to do.
pub const ADDRESS: &str =
    "Passwords and cookies go over the network in clear. Put a proxy with TLS in front, and set server.public_url to its https:// address.";
/// Origins that were refused.
pub fn origins(origins: &[(String, String, u32)]) -> String {
    if origins.is_empty() {
        return "None in the last hour.".to_owned();
    }
    let each =
        |(origin, path, times): &(String, String, u32)| format!("{origin} ({}, last at {path})", count((*times).into(), "time", "times"));
    format!("Refused in the last hour: {}.", origins.iter().map(each).collect::<Vec<_>>().join(", "))
}
pub const ORIGINS: &str = "If that is an address that your people use, set server.public_url to it, or let an organisation have it as its host name. Else another \
     site tried to act for them, in vain.";
/// Proxies that are not trusted.
pub fn proxies(proxies: &[String]) -> String {
    if proxies.is_empty() {
        "No unknown proxy asks.".to_owned()
    } else {
        format!("Requests come through {}, which is not trusted.", proxies.join(", "))
    }
}
/// What to do.
pub const PROXIES: &str =
    "If that is your proxy, add it to server.trusted_proxies: until then all its clients count as one address in every limit.";
/// Demo mode.
pub fn demo(on: bool) -> &'static str {
    if on { "It is on." } else { "It is off." }
}
pub const DEMO: &str = "The sign-in page lists people and their password. That is for trying Plenum out: start without PLENUM_DEMO.";
/// Internal errors.
pub fn errors(in_last_hour: u32) -> String {
    if in_last_hour == 0 {
        "Nothing in the last hour.".to_owned()
    } else {
        count(in_last_hour.into(), "internal error in the last hour.", "internal errors in the last hour.")
    }
}
pub const ERRORS: &str = "See where and why below; the log says more under the reference.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_are_short() {
        let sizes =
            [(0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1.0 KiB"), (50 * 1024, "50 KiB"), (3 << 20, "3.0 MiB"), (40 << 30, "40 GiB")];
        for (size, text) in sizes {
            assert_eq!(bytes(size), text);
        }
        let spans = [
            (-5, "0 seconds"),
            (1_000, "1 second"),
            (119_000, "119 seconds"),
            (600_000, "10 minutes"),
            (7_200_000, "2 hours"),
            (200_000_000, "2 days"),
        ];
        for (time, text) in spans {
            assert_eq!(span(time), text);
        }
        assert_eq!((queue(1).as_str(), queue(2).as_str()), ("1 write waits.", "2 writes wait."));
    }
}
