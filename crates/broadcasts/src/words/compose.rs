//! The words of writing a broadcast.

use super::local;
use crate::model::{Draft, Late, Measure, Sample, TITLE_CHARS, When};

pub const AUDIENCE: &str = "Who gets it";
pub const ONE_PERSON: &str = "One person";
pub const ROLES: &str = "A role";
pub const ROOMS: &str = "A room";
pub const EMAIL: &str = "Their address";
pub const EMAIL_HINT: &str = "Only for one person.";
pub const BEGIN_WITH: &str = "Begin with a template:";
pub const TITLE: &str = "Title";
/// What it may be.
pub fn title_hint() -> String {
    format!("One line of at most {TITLE_CHARS} characters.")
}
pub const TEXT: &str = "Text";
pub const TEXT_HINT: &str = "Title and text may have {{ name }}, {{ first_name }} and {{ organisation }} in them.";
pub const LINK: &str = "Link";
pub const LINK_HINT: &str = "Where the notification leads: a path of this site, like /messages/rooms. It may be empty.";

pub const VARIANTS: &str = "Other variants to compare";
pub const VARIANTS_HINT: &str = "Each recipient gets one of the variants, by their weights. What is empty is left out.";
/// A variant's heading.
pub fn variant(letter: char) -> String {
    format!("Variant {letter}")
}
/// What opens a further variant.
pub fn further(letter: char) -> String {
    format!("Add variant {letter}")
}
/// A field of a variant.
pub fn of_variant(field: &str, letter: char) -> String {
    format!("{field} of {letter}")
}
pub const WEIGHT: &str = "Weight";
pub const WEIGHT_HINT: &str = "Its part of the recipients beside the others, 1 to 100; 1 if it is empty.";
pub const SAMPLE: &str = "Who gets them";
pub const NO_SAMPLE: &str = "Everybody, each one of them";
/// An option.
pub fn sample_option(percent: u8) -> String {
    format!("A sample of {percent} % first, the rest the winner")
}
pub const HOURS: &str = "Hours until the winner is chosen";
pub const HOURS_HINT: &str = "1 to 168, from when the sample has it; 24 if it is empty. It can be chosen by hand before.";
pub const MEASURE: &str = "The winner is the one that more";
/// An option.
pub fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Read => "have read",
        Measure::Acted => "have followed to where it leads",
    }
}

pub const AT: &str = "When";
pub const AT_HINT: &str = "Empty: at once.";
pub const CLOCK: &str = "By which clock";
/// An option.
pub fn own_zone(zone: &str) -> String {
    format!("My time zone, {zone}")
}
pub const EACH_ZONE: &str = "Each recipient's own time zone";
pub const LATE: &str = "Whoever has that time behind them";
/// An option.
pub fn late(late: Late) -> &'static str {
    match late {
        Late::AtOnce => "gets it at once",
        Late::NextDay => "gets it the next day at that time",
    }
}
pub const LATE_HINT: &str = "Only with each recipient's own time zone.";
pub const REPEAT: &str = "Repeat it";
pub const HOW_OFTEN: &str = "How often";
pub const ONCE: &str = "Once";
pub const DAYS: &str = "On these days";
pub const DAYS_HINT: &str = "Only for each week; none: the day of the first time.";
pub const UNTIL: &str = "Until";
pub const UNTIL_HINT: &str = "The last day. Empty: until somebody ends it.";
pub const TIMES: &str = "How many times";
pub const TIMES_HINT: &str = "1 to 366. Empty: until somebody ends it.";

pub const RECIPIENT: &str = "Preview for";
pub const RECIPIENT_HINT: &str = "The address of somebody; empty: the first of those who get it.";
pub const PREVIEW: &str = "Preview";
pub const CHANGE: &str = "Change it";
pub const PREVIEW_HEADING: &str = "Preview and send";
/// For whom it is shown.
pub fn as_seen_by(name: &str) -> String {
    format!("As {name} would see it:")
}
/// They would get nothing.
pub fn refuses(name: &str) -> String {
    format!("{name} has switched announcements off and would get nothing.")
}
/// For how many.
pub fn people(audience: &str, count: u32) -> String {
    match count {
        1 => format!("{audience}: 1 person"),
        _ => format!("{audience}: {count} people"),
    }
}
pub const NOBODY: &str = "Nobody would get it.";
pub const AT_ONCE: &str = "At once";
pub const SEND: &str = "Send";
pub const SCHEDULE: &str = "Schedule";
pub const START: &str = "Start repeating";
/// A time of each recipient's own zone.
pub fn own_clock(text: &str, late: Late) -> String {
    format!("{} in each recipient's own time zone; {}", local(text), super::late(late))
}
/// A variant, and its part of all.
pub fn part(letter: char, weight: u32, all: u32) -> String {
    let all = u64::from(all.max(1));
    format!("{} · {} % of them", variant(letter), (u64::from(weight) * 100 + all / 2) / all)
}
/// How the sample goes.
pub fn sample(sample: &Sample) -> String {
    let Sample { percent, hours, measure: by } = sample;
    format!("{percent} % get one of the variants. After {hours} hours the rest gets the one that more {}.", measure(*by))
}
/// When it is sent, if clocks say so differently.
pub fn clock(draft: &Draft) -> Option<String> {
    match &draft.when {
        When::OwnClock { local, late } => Some(own_clock(local, *late)),
        When::Now | When::At(_) | When::Clock { .. } => None,
    }
}
/// The next times of what is repeated.
pub fn times(times: &[String]) -> String {
    format!("First: {}", times.join("; "))
}
