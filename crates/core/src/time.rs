//! Time as people read it. The server sends instants and the offsets of the
//! viewer's zone, so that server and browser format the same text: hydration has
//! no clock and no locale in it.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

use crate::ids::Millis;

/// A time zone: its name and from when on which offset holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The IANA name, as `Europe/Berlin`.
    pub name: String,
    /// From an instant on, seconds east of UTC; in order, the first one holds before it too.
    pub offsets: Vec<(Millis, i32)>,
}

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), offsets: vec![(0, 0)] }
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl Zone {
    fn local(&self, at: Millis) -> OffsetDateTime {
        let seconds =
            self.offsets.iter().rev().find(|(from, _)| *from <= at).or_else(|| self.offsets.first()).map_or(0, |(_, offset)| *offset);
        let offset = UtcOffset::from_whole_seconds(seconds).unwrap_or(UtcOffset::UTC);
        OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset)
    }

    /// `16:41`
    pub fn clock(&self, at: Millis) -> String {
        let local = self.local(at);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// A number per local day, to see where one ends.
    pub fn day_number(&self, at: Millis) -> i32 {
        self.local(at).date().to_julian_day()
    }

    /// `Today`, `Yesterday`, `Thursday 19 November`, and with the year when it is another one.
    pub fn day(&self, at: Millis, now: Millis) -> String {
        let (local, today) = (self.local(at), self.local(now));
        match today.date().to_julian_day() - local.date().to_julian_day() {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ => {
                let weekday = WEEKDAYS[usize::from(local.weekday().number_days_from_monday()).min(6)];
                let month = MONTHS[usize::from(u8::from(local.month()) - 1).min(11)];
                let year = if local.year() == today.year() { String::new() } else { format!(" {}", local.year()) };
                format!("{weekday} {} {month}{year}", local.day())
            }
        }
    }

    /// `Thursday 19 November 2026`
    pub fn date(&self, at: Millis) -> String {
        self.day(at, Millis::MAX / 2)
    }

    /// `Thursday 19 November 2026, 16:41 (Europe/Berlin)`: the absolute time behind a relative one.
    pub fn full(&self, at: Millis) -> String {
        format!("{}, {} ({})", self.date(at), self.clock(at), self.name)
    }

    /// The shortest that says when: `16:41` today, `Yesterday`, `19 Nov`.
    pub fn short(&self, at: Millis, now: Millis) -> String {
        let (local, today) = (self.local(at), self.local(now));
        match today.date().to_julian_day() - local.date().to_julian_day() {
            0 => self.clock(at),
            1 => "Yesterday".to_owned(),
            _ => {
                let month = MONTHS[usize::from(u8::from(local.month()) - 1).min(11)];
                let month = month.get(..3).unwrap_or(month);
                if local.year() == today.year() {
                    format!("{} {month}", local.day())
                } else {
                    format!("{} {month} {}", local.day(), local.year())
                }
            }
        }
    }

    /// The day without its year: `19 Nov`.
    pub fn short_date(&self, at: Millis) -> String {
        // As it is seen on another day of the same year.
        self.short(at, at + 2 * 86_400_000).split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// The first instant from `at` on at which the time of day is a multiple of `step`, a part of a day.
    pub fn next_multiple(&self, at: Millis, step: Millis) -> Millis {
        let into_day = Millis::from(self.minute(at)) * 60_000 + at.rem_euclid(60_000);
        at + (step - into_day.rem_euclid(step)).rem_euclid(step)
    }

    /// `Yesterday 16:41`, `Thursday 19 November 16:41`.
    pub fn day_and_clock(&self, at: Millis, now: Millis) -> String {
        format!("{} {}", self.day(at, now), self.clock(at))
    }

    /// The minute of the local day, 0 to 1439.
    pub fn minute(&self, at: Millis) -> u16 {
        let local = self.local(at);
        u16::from(local.hour()) * 60 + u16::from(local.minute())
    }

    /// The next day's instant at `hour` o'clock; right on days that a clock change makes longer or shorter, too.
    pub fn tomorrow_at(&self, now: Millis, hour: u8) -> Millis {
        const MINUTE: Millis = 60_000;
        let about =
            now - Millis::from(self.minute(now)) * MINUTE - now.rem_euclid(MINUTE) + 24 * 60 * MINUTE + Millis::from(hour) * 60 * MINUTE;
        let off = Millis::from(self.minute(about)) - Millis::from(hour) * 60;
        about - off * MINUTE
    }

    /// `21 Nov 2026, 16:41`: a day and a time, for tables.
    pub fn stamp(&self, at: Millis) -> String {
        format!("{}, {}", self.short(at, Millis::MAX / 2), self.clock(at))
    }

    /// The time of day to the second: `16:41:07`.
    pub fn precise(&self, at: Millis) -> String {
        format!("{}:{:02}", self.clock(at), at.div_euclid(1000).rem_euclid(60))
    }

    /// The machine-readable form for `<time datetime>`: `2026-11-19T15:41:00Z`.
    pub fn machine(at: Millis) -> String {
        let utc = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            utc.year(),
            u8::from(utc.month()),
            utc.day(),
            utc.hour(),
            utc.minute(),
            utc.second()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        // 2026-03-29 01:00 UTC to summer time, 2026-10-25 01:00 UTC back.
        Zone {
            name: "Europe/Berlin".into(),
            offsets: vec![(1_761_440_400_000, 3600), (1_774_746_000_000, 7200), (1_792_890_000_000, 3600)],
        }
    }

    const NOVEMBER_19_1541_UTC: Millis = 1_795_102_860_000;

    #[test]
    fn the_zone_follows_the_clock_changes() {
        assert_eq!(berlin().clock(NOVEMBER_19_1541_UTC), "16:41");
        assert_eq!(berlin().minute(NOVEMBER_19_1541_UTC), 16 * 60 + 41);
        let tomorrow = berlin().tomorrow_at(NOVEMBER_19_1541_UTC, 8);
        assert_eq!((berlin().clock(tomorrow), tomorrow > NOVEMBER_19_1541_UTC), ("08:00".to_owned(), true));
        // Saturday 24 October 2026, the night before summer time ends.
        let tomorrow = berlin().tomorrow_at(1_792_843_200_000, 8);
        assert_eq!((berlin().clock(tomorrow), tomorrow - 1_792_843_200_000), ("08:00".to_owned(), 19 * 3_600_000));
        assert_eq!(berlin().short_date(NOVEMBER_19_1541_UTC), "19 Nov");
        assert_eq!(berlin().short_date(1_798_700_000_000), "31 Dec");
        let (midnight, quarter) =
            (berlin().next_multiple(NOVEMBER_19_1541_UTC + 1, 86_400_000), berlin().next_multiple(NOVEMBER_19_1541_UTC, 180_000));
        assert_eq!((berlin().precise(midnight), berlin().clock(quarter)), ("00:00:00".to_owned(), "16:42".to_owned()));
        assert_eq!(berlin().next_multiple(midnight, 86_400_000), midnight);
        assert_eq!(berlin().precise(NOVEMBER_19_1541_UTC + 7_999), "16:41:07");
        assert_eq!(berlin().clock(1_782_000_000_000), "02:00"); // 2026-06-21 00:00 UTC, summer
    }

    #[test]
    fn days_are_named_from_the_viewers_today() {
        let day = 86_400_000;
        let at = NOVEMBER_19_1541_UTC;
        assert_eq!(berlin().day(at, at), "Today");
        assert_eq!(berlin().day(at - day, at), "Yesterday");
        assert_eq!(berlin().day(at, at + 5 * day), "Thursday 19 November");
        assert_eq!(berlin().day(at, at + 90 * day), "Thursday 19 November 2026");
        assert_eq!(berlin().day_and_clock(at, at + day), "Yesterday 16:41");
        assert_eq!(berlin().short(at, at + 5 * day), "19 Nov");
        assert_eq!(Zone::machine(at), "2026-11-19T15:41:00Z");
        assert_eq!((berlin().date(at), berlin().stamp(at)), ("Thursday 19 November 2026".to_owned(), "19 Nov 2026, 16:41".to_owned()));
        assert_eq!(berlin().full(at), "Thursday 19 November 2026, 16:41 (Europe/Berlin)");
    }
}
