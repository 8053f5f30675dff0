//! When something is due that a calendar and a clock say: in one zone, in each recipient's own, and again and again (I20).
//!
//! A series goes by its calendar and clock, never by hours: a time that a clock change leaves out is the one after it, one that comes
//! twice is the first.

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

use crate::model::{Every, Late, Repeat, Weekday, When};
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
};
use plenum_store::zones;
use strum::VariantArray as _;

/// How far ahead something can be scheduled.
const AHEAD: Millis = 366 * 24 * 3_600_000;
/// A form's time has whole minutes: the current one is not over.
const MINUTE: Millis = 60_000;
/// Whose own time passed less long ago has it in time.
const IN_TIME: Millis = 2 * MINUTE;
/// The zones in which a day begins first and last.
const FIRST: i8 = 14;
const LAST: i8 = -12;

fn unreadable() -> AppError {
    AppError::invalid("at", "Enter a date and a time, like 2026-11-22T09:00.")
}

/// Reads `2026-11-22T09:00`.
///
/// # Errors
/// 422 `at`.
pub(super) fn read(local: &str) -> AppResult<DateTime> {
    local.parse().map_err(|_| unreadable())
}

/// Writes it again: to the minute, as forms do.
pub(super) fn write(local: DateTime) -> String {
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn in_zone(zone: &str, local: DateTime) -> AppResult<Millis> {
    zones::instant(zone, &local.to_string()).ok_or_else(unreadable)
}

fn at_offset(hours: i8, local: DateTime) -> AppResult<Millis> {
    let instant = TimeZone::fixed(Offset::constant(hours)).to_timestamp(local).map_err(|_| unreadable())?;
    Ok(instant.as_millisecond())
}

/// When a broadcast begins that is made at `now`: with a time of each recipient's own zone, when it is that time where it is first.
///
/// # Errors
/// 422 `at` if that is past, or more than a year ahead.
pub(super) fn begins(when: &When, now: Millis) -> AppResult<Millis> {
    let late = || AppError::invalid("at", "Choose a time from now on, within a year; leave it empty to send at once.");
    let window = now - MINUTE..=now + AHEAD;
    match when {
        When::Now => Ok(now),
        When::At(at) => window.contains(at).then_some(*at).ok_or_else(late),
        When::Clock { local, zone } => {
            let at = in_zone(zone, read(local)?)?;
            window.contains(&at).then_some(at).ok_or_else(late)
        }
        When::OwnClock { local, .. } => {
            let local = read(local)?;
            let past = || AppError::invalid("at", "That has passed in every time zone.");
            if at_offset(LAST, local)? < now - MINUTE {
                return Err(past());
            }
            let first = at_offset(FIRST, local)?;
            (first <= now + AHEAD).then_some(first.max(now)).ok_or_else(late)
        }
    }
}

/// When `local` comes in the recipient's `zone`, for a broadcast that begins at `begins`.
///
/// # Errors
/// If `local` cannot be read.
pub(super) fn own_time_check(zone: &str, local: &str, late: Late, begins: Millis) -> AppResult<Millis> {
    let mut local = read(local)?;
    let at = in_zone(zone, local)?;
    if at >= begins - IN_TIME {
        return Ok(at);
    }
    match late {
        Late::AtOnce => Ok(begins),
        Late::NextDay => loop {
            local = local.checked_add(1.day()).map_err(|_| unreadable())?;
            let at = in_zone(zone, local)?;
            if at >= begins - IN_TIME {
                return Ok(at);
            }
        },
    }
}

fn weekday(date: Date) -> Weekday {
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    Weekday::VARIANTS[index.min(6)]
}

/// The first time of what is repeated from `first` on: `first` itself, or the first of its days that comes then.
///
/// # Errors
/// If there is none.
pub(super) fn first(repeat: &Repeat, first: DateTime) -> AppResult<DateTime> {
    if repeat.every != Every::Week || repeat.days.is_empty() || repeat.days.contains(&weekday(first.date())) {
        return Ok(first);
    }
    next(repeat, first, first)
}

/// The time after `before` of what is repeated from `first` on.
///
/// # Errors
/// If there is none: the calendar ends.
pub(super) fn next(repeat: &Repeat, first: DateTime, before: DateTime) -> AppResult<DateTime> {
    let add = |days: i64| before.checked_add(days.days()).map_err(|_| unreadable());
    match repeat.every {
        Every::Day => add(1),
        Every::Week if repeat.days.is_empty() => add(7),
        Every::Week => {
            for days in 1..=7 {
                let candidate = add(days)?;
                if repeat.days.contains(&weekday(candidate.date())) {
                    return Ok(candidate);
                }
            }
            Err(unreadable())
        }
        Every::Month => {
            let month = before.date().first_of_month().checked_add(1.month()).map_err(|_| unreadable())?;
            let day = first.date().day().min(month.days_in_month());
            let date = Date::new(month.year(), month.month(), day).map_err(|_| unreadable())?;
            Ok(date.to_datetime(before.time()))
        }
    }
}

/// True if `local` is after the last day of `repeat`.
///
/// # Errors
/// 422 `until`.
pub(super) fn is_over(repeat: &Repeat, local: DateTime) -> AppResult<bool> {
    let Some(until) = &repeat.until else { return Ok(false) };
    let until: Date = until.parse().map_err(|_| AppError::invalid("until", "Enter a date, or leave it empty."))?;
    Ok(local.date() > until)
}

/// When `local` comes, as `when` reads it: at the earliest, if it is a time of each recipient's own zone.
///
/// # Errors
/// If it cannot be read.
pub(super) fn comes(when: &When, local: DateTime) -> AppResult<Millis> {
    match when {
        When::Clock { zone, .. } => in_zone(zone, local),
        When::OwnClock { .. } => at_offset(FIRST, local),
        When::Now | When::At(_) => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calendar and clock of `zone` at `at`.
    fn clock(zone: &str, at: Millis) -> String {
        let at = jiff::Timestamp::from_millisecond(at).unwrap();
        write(at.to_zoned(TimeZone::get(zone).unwrap()).datetime())
    }

    fn daily() -> Repeat {
        Repeat { every: Every::Day, days: vec![], until: None, times: None }
    }

    fn run(repeat: &Repeat, from: &str, count: usize) -> Vec<String> {
        let start = first(repeat, read(from).unwrap()).unwrap();
        std::iter::successors(Some(start), |before| next(repeat, read(from).unwrap(), *before).ok()).take(count).map(write).collect()
    }

    #[test]
    fn a_series_goes_by_the_calendar() {
        assert_eq!(run(&daily(), "2028-02-28T09:00", 3), ["2028-02-28T09:00", "2028-02-29T09:00", "2028-03-01T09:00"]);
        let weekly = Repeat { every: Every::Week, ..daily() };
        assert_eq!(run(&weekly, "2026-11-21T18:30", 2), ["2026-11-21T18:30", "2026-11-28T18:30"]);
        let days = Repeat { days: vec![Weekday::Monday, Weekday::Thursday], ..weekly };
        // 21 November 2026 is a Saturday.
        assert_eq!(run(&days, "2026-11-21T09:00", 3), ["2026-11-23T09:00", "2026-11-26T09:00", "2026-11-30T09:00"]);
        let monthly = Repeat { every: Every::Month, ..daily() };
        assert_eq!(run(&monthly, "2026-12-31T09:00", 4), ["2026-12-31T09:00", "2027-01-31T09:00", "2027-02-28T09:00", "2027-03-31T09:00"]);
        let until = Repeat { until: Some("2026-11-22".into()), ..daily() };
        let over = |local: &str| is_over(&until, read(local).unwrap());
        assert_eq!((over("2026-11-22T23:59"), over("2026-11-23T00:00")), (Ok(false), Ok(true)));
        let wrong = Repeat { until: Some("soon".into()), ..daily() };
        assert_eq!(is_over(&wrong, read("2026-11-22T00:00").unwrap()).unwrap_err().field.as_deref(), Some("until"));
    }

    /// I20: nine o'clock stays nine o'clock when the clocks change; what they leave out is the time after, what comes twice the first.
    #[test]
    fn clock_changes_do_not_move_it() {
        let when = |zone: &str| When::Clock { local: String::new(), zone: zone.into() };
        for (zone, from) in
            [("Europe/Berlin", "2026-10-24T09:00"), ("America/New_York", "2027-03-13T09:00"), ("Asia/Tokyo", "2026-10-24T09:00")]
        {
            let times = run(&daily(), from, 3);
            let instants: Vec<Millis> = times.iter().map(|time| comes(&when(zone), read(time).unwrap()).unwrap()).collect();
            let clocks: Vec<String> = instants.iter().map(|at| clock(zone, *at)).collect();
            assert_eq!(clocks, times, "{zone}");
        }
        let berlin = |local: &str| comes(&when("Europe/Berlin"), read(local).unwrap()).unwrap();
        assert_eq!(berlin("2026-10-25T09:00") - berlin("2026-10-24T09:00"), 25 * 3_600_000);
        assert_eq!(clock("Europe/Berlin", berlin("2027-03-28T02:30")), "2027-03-28T03:30", "left out");
        assert_eq!(berlin("2026-10-25T03:00") - berlin("2026-10-25T02:30"), 90 * 60_000, "the first of two");
    }

    /// Each recipient's nine o'clock comes in their own zone; whoever has it behind them gets it at once or the next day.
    #[test]
    fn each_has_it_at_their_own_time() {
        let when = When::OwnClock { local: "2026-11-22T09:00".into(), late: Late::AtOnce };
        let noon = in_zone("Europe/Berlin", read("2026-11-22T12:00").unwrap()).unwrap();
        let long_before = noon - 48 * 3_600_000;
        let begin = begins(&when, long_before).unwrap();
        assert_eq!(clock("Pacific/Kiritimati", begin), "2026-11-22T09:00", "where it is first");
        for zone in ["Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles"] {
            for late in [Late::AtOnce, Late::NextDay] {
                assert_eq!(clock(zone, own_time_check(zone, "2026-11-22T09:00", late, begin).unwrap()), "2026-11-22T09:00", "{zone}");
            }
        }
        assert_eq!(begins(&when, noon), Ok(noon), "it is past nine in Berlin, and not in Los Angeles");
        assert_eq!(own_time_check("Europe/Berlin", "2026-11-22T09:00", Late::AtOnce, noon), Ok(noon));
        let next_day = own_time_check("Europe/Berlin", "2026-11-22T09:00", Late::NextDay, noon).unwrap();
        assert_eq!(clock("Europe/Berlin", next_day), "2026-11-23T09:00");
        assert_eq!(
            clock("America/Los_Angeles", own_time_check("America/Los_Angeles", "2026-11-22T09:00", Late::NextDay, noon).unwrap()),
            "2026-11-22T09:00"
        );
        assert_eq!(begins(&when, noon + 24 * 3_600_000).unwrap_err().field.as_deref(), Some("at"), "it has passed everywhere");
    }

    #[test]
    fn a_time_is_from_now_on_within_a_year() {
        let now = 1_795_102_860_000;
        assert_eq!(begins(&When::Now, now), Ok(now));
        assert_eq!(begins(&When::At(now - MINUTE), now), Ok(now - MINUTE));
        for wrong in [When::At(now - MINUTE - 1), When::At(now + AHEAD + 1)] {
            assert_eq!(begins(&wrong, now).unwrap_err().field.as_deref(), Some("at"));
        }
        let clock = |local: &str| When::Clock { local: local.into(), zone: "Europe/Berlin".into() };
        assert_eq!(begins(&clock("2026-11-19T16:41"), now), Ok(now));
        for wrong in ["2026-11-19T16:39", "tomorrow", "2026-13-01T00:00"] {
            assert_eq!(begins(&clock(wrong), now).unwrap_err().field.as_deref(), Some("at"), "{wrong}");
        }
    }
}
