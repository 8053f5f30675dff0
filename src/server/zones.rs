//! Time zones: which there are, and their offsets around now. The one user of the zone database.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::{ids::Millis, ui::time::Zone};

const DAY: Millis = 86_400_000;

/// The zone `name` with its offsets from six years back to two ahead; UTC if there is no such zone.
pub fn zone(name: &str, now: Millis) -> Zone {
    let Ok(zone) = TimeZone::get(name) else { return Zone::default() };
    let start = Timestamp::from_millisecond(now - 6 * 365 * DAY).unwrap_or(Timestamp::UNIX_EPOCH);
    let end = Timestamp::from_millisecond(now + 2 * 365 * DAY).unwrap_or(Timestamp::MAX);
    let mut offsets = vec![(start.as_millisecond(), zone.to_offset(start).seconds())];
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
        let berlin = zone("Europe/Berlin", 1_795_102_860_000);
        assert_eq!(berlin.clock(1_795_102_860_000), "16:41");
        assert_eq!(berlin.clock(1_782_000_000_000), "02:00");
        assert_eq!(zone("Nowhere/Town", 0), Zone::default());
        assert_eq!(instant("Europe/Berlin", "2026-11-19T16:41"), Some(1_795_102_860_000));
        assert_eq!(instant("Europe/Berlin", "tomorrow"), None);
        assert!(is_known("Europe/Berlin") && !is_known("Nowhere/Town") && names().iter().any(|name| name == "Asia/Tokyo"));
    }
}
