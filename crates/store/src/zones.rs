//! Time zones: which there are, and their offsets. The one user of the zone database.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use plenum_core::{clock, ids::Millis, time::Zone};

const DAY: Millis = 86_400_000;
const YEAR: Millis = 365 * DAY;
/// What a page shows began at most so long ago: events may be entered that began five years ago, and records are kept longer.
const BACK: Millis = 12 * YEAR;
/// Events begin at most five years ahead and last a year at most.
const AHEAD: Millis = 7 * YEAR;

/// The zone `name` with its offsets from twelve years back to seven ahead, so that every instant that is stored is shown at the same
/// hour on every page; UTC if there is no such zone.
pub fn zone(name: &str) -> Zone {
    let Ok(zone) = TimeZone::get(name) else { return Zone::default() };
    let now = clock::now();
    let start = Timestamp::from_millisecond(now - BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    let end = Timestamp::from_millisecond(now + AHEAD).unwrap_or(Timestamp::MAX);
    // The first counts for all before it, so it begins where nothing moves: the same zone is equal whenever it was read.
    let mut offsets = vec![(0, zone.to_offset(start).seconds())];
    for transition in zone.following(start).take_while(|transition| transition.timestamp() < end) {
        offsets.push((transition.timestamp().as_millisecond(), transition.offset().seconds()));
    }
    Zone { name: name.to_owned(), offsets }
}

/// The instant of `text`, a local time like `2026-11-21T18:00`, in the zone `name`; UTC if there is no such zone. A time that a clock
/// change leaves out is the one after it, one that comes twice the first.
pub fn instant(name: &str, text: &str) -> Option<Millis> {
    let local: DateTime = text.parse().ok()?;
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    Some(zone.to_timestamp(local).ok()?.as_millisecond())
}

/// Why a local time is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTime {
    /// It cannot be read.
    Unreadable,
    /// The clocks leave it out.
    LeftOut,
}

/// The instant of `text`, like [`instant`]; a time that a clock change leaves out is refused.
///
/// # Errors
/// [`NoTime`].
pub fn exact(name: &str, text: &str) -> Result<Millis, NoTime> {
    let local: DateTime = text.trim().parse().map_err(|_| NoTime::Unreadable)?;
    let at = TimeZone::get(name).unwrap_or(TimeZone::UTC).to_ambiguous_timestamp(local);
    if matches!(at.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(NoTime::LeftOut);
    }
    at.compatible().map(Timestamp::as_millisecond).map_err(|_| NoTime::Unreadable)
}

/// The local time of `at` in the zone `name` to the minute, as forms hold it: `2026-11-21T18:00`; UTC if there is no such zone.
pub fn local(name: &str, at: Millis) -> String {
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The next instant after `now` at which it is `hour` o'clock in the zone `name`, on another day there than that of `not_on`. UTC if
/// there is no such zone; where a clock change leaves the hour out, the time after it.
pub fn next_hour(name: &str, hour: u8, now: Millis, not_on: Option<Millis>) -> Millis {
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    let day = |at: Millis| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
    let taken = not_on.map(day);
    let mut date = day(now);
    // Today, tomorrow, or the day after if a clock that was set back had a mail come tomorrow.
    for _ in 0..3 {
        let at = date.to_datetime(Time::midnight().saturating_add(SignedDuration::from_hours(hour.into())));
        let at = zone.to_timestamp(at).map_or(Millis::MAX, Timestamp::as_millisecond);
        if at > now && taken != Some(date) {
            return at;
        }
        date = date.tomorrow().unwrap_or(date);
    }
    now + DAY
}

/// The day `text`, like `2026-11-21`, in the zone `name`: its first instant and that of the day after; UTC if there is no such zone.
pub fn day(name: &str, text: &str) -> Option<(Millis, Millis)> {
    let date: Date = text.parse().ok()?;
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    let begins = |date: Date| Some(zone.to_timestamp(date.to_datetime(Time::midnight())).ok()?.as_millisecond());
    Some((begins(date)?, begins(date.tomorrow().ok()?)?))
}

/// The day of `at` in the zone `name`, like `2026-11-21`; UTC if there is no such zone.
pub fn date(name: &str, at: Millis) -> String {
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone).date().to_string()
}

/// True if `name` is a zone that people can choose.
pub fn is_known(name: &str) -> bool {
    name.contains('/') && TimeZone::get(name).is_ok() || name == "UTC"
}

/// The names to choose from, in order.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name.contains('/') && !name.starts_with("Etc/") || name == "UTC")
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_the_clock_changes() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.clock(1_795_102_860_000), "16:41");
        assert_eq!(berlin.clock(1_782_000_000_000), "02:00");
        assert_eq!(zone("Nowhere/Town"), Zone::default());
        // As far ahead as events may be, a page's hour is the one that the form was given.
        let in_five_summers = "2031-07-15T19:30";
        let at = instant("Europe/Berlin", in_five_summers).unwrap();
        assert_eq!((berlin.clock(at).as_str(), local("Europe/Berlin", at).as_str()), ("19:30", in_five_summers));
        assert_eq!(instant("Europe/Berlin", "2026-11-19T16:41"), Some(1_795_102_860_000));
        assert_eq!(instant("Europe/Berlin", "tomorrow"), None);
        // The day on which summer time ends has 25 hours.
        assert_eq!(day("Europe/Berlin", "2026-10-25"), Some((1_792_879_200_000, 1_792_879_200_000 + 25 * 3_600_000)));
        assert_eq!((day("Europe/Berlin", "2026-02-30"), day("UTC", "")), (None, None));
        assert_eq!(date("Asia/Tokyo", 1_795_102_860_000), "2026-11-20");
        assert!(is_known("Europe/Berlin") && !is_known("Nowhere/Town") && names().iter().any(|name| name == "Asia/Tokyo"));
    }

    /// I20: what no clock shows is refused, what clocks show twice is the first; and a form gets back what it gave.
    #[test]
    fn a_time_that_clocks_leave_out_is_refused() {
        assert_eq!(exact("Europe/Berlin", "2027-03-28T02:30"), Err(NoTime::LeftOut));
        assert_eq!(exact("Europe/Berlin", "soon"), Err(NoTime::Unreadable));
        for text in ["2026-11-19T16:41", "2026-10-25T02:30", "2027-03-28T03:00"] {
            assert_eq!(exact("Europe/Berlin", text).ok(), instant("Europe/Berlin", text));
            assert_eq!(local("Europe/Berlin", exact("Europe/Berlin", text).unwrap()), text);
        }
    }

    #[test]
    fn an_hour_comes_once_a_day() {
        let at = |text: &str| instant("Europe/Berlin", text).unwrap();
        let next = |now: &str, not_on: Option<&str>| next_hour("Europe/Berlin", 8, at(now), not_on.map(at));
        assert_eq!(next("2026-11-19T07:59", None), at("2026-11-19T08:00"));
        assert_eq!(next("2026-11-19T08:00", None), at("2026-11-20T08:00"), "never now: that was the last one");
        assert_eq!(next("2026-11-19T07:00", Some("2026-11-19T01:00")), at("2026-11-20T08:00"), "one a day");
        assert_eq!(next("2026-11-19T07:00", Some("2026-11-18T23:00")), at("2026-11-19T08:00"));
        // Summer time ends on 25 October: the day has 25 hours, and begins on 29 March, when there is no 2:30.
        assert_eq!(next("2026-10-24T08:00", None), at("2026-10-25T08:00"));
        assert_eq!(next_hour("Europe/Berlin", 2, at("2026-03-28T12:00"), None), at("2026-03-29T03:00"));
        assert_eq!(next_hour("Asia/Kolkata", 0, at("2026-11-19T12:00"), None), instant("Asia/Kolkata", "2026-11-20T00:00").unwrap());
        assert_eq!(next_hour("Nowhere/Town", 8, 0, None), 8 * 3_600_000);
    }
}
