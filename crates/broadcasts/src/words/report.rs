//! The words of one broadcast and its figures.

use crate::model::{Ground, Measure, Winner, variants::letter};

pub const SENDER: &str = "Sender";
pub const AUDIENCE: &str = "Who gets it";
pub const DUE: &str = "Due";
pub const ENDED_AT: &str = "Ended";
pub const SERIES: &str = "Repeated";
/// Which of a series it is.
pub fn occurrence(number: u32) -> String {
    format!("Number {number} of its series")
}
pub const NEXT_AT: &str = "Next";
pub const CANCEL_HINT: &str = "Cancelling is for good. Whoever has the broadcast keeps it.";

pub const FUNNEL: &str = "How far it has come";
pub const RECIPIENTS: &str = "Recipients";
pub const DELIVERED: &str = "Delivered";
pub const SEEN: &str = "Seen";
pub const READ: &str = "Read";
pub const ACTED: &str = "Followed";
pub const REFUSED: &str = "Opted out";
pub const FAILED: &str = "Failed";
pub const HELD: &str = "Waiting for the winner";
/// A part of all who got it.
pub fn part(count: u32, percent: u32) -> String {
    format!("{count} ({percent} %)")
}
/// Why it failed.
pub fn failure(reason: &str) -> String {
    format!("The last reason: {reason}")
}
pub const EXPORT: &str = "Download the recipients (CSV)";

pub const VARIANTS: &str = "What it says";
pub const COMPARED: &str = "Variants compared";
pub const VARIANT: &str = "Variant";
pub const INTERVAL: &str = "95 % interval";
/// The heading of a column.
pub fn rate(measure: Measure) -> &'static str {
    match measure {
        Measure::Read => "Read rate",
        Measure::Acted => "Followed rate",
    }
}
/// A rate.
pub fn percent(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}
/// An interval of rates.
pub fn interval((from, to): (f64, f64)) -> String {
    format!("{:.1} to {:.1} %", from * 100.0, to * 100.0)
}
/// What the figures say.
pub fn verdict(winner: Winner) -> String {
    let letter = letter(usize::from(winner.variant));
    match winner.ground {
        Ground::Clear => format!("{letter} does better, and by more than chance would explain in 19 of 20 cases."),
        Ground::Leading => format!("{letter} leads so far. The difference may be chance."),
        Ground::Tie => "None does better than the others.".to_owned(),
        Ground::Few => "Too few people have got each of them to say which does better.".to_owned(),
        Ground::Chosen => format!("{letter} was chosen by hand."),
    }
}
/// What the rest gets, and why.
pub fn winner(winner: Winner) -> String {
    let letter = letter(usize::from(winner.variant));
    let why = match winner.ground {
        Ground::Clear => "it did better in the sample, hardly by chance",
        Ground::Leading => "it led in the sample, which may be chance",
        Ground::Tie => "no variant did better, and it is the first",
        Ground::Few => "too few of the sample got it to say more, and it led or is the first",
        Ground::Chosen => "it was chosen by hand",
    };
    format!("The rest gets {letter}: {why}.")
}
/// The rest waits.
pub fn waiting(held: u32, at: &str) -> String {
    format!("{held} wait for the winner, which is chosen at {at}, or now:")
}
/// The rest will wait.
pub fn will_wait(percent: u8, hours: u16) -> String {
    format!("{percent} % get one of the variants. {hours} hours later the rest gets the winner.")
}
pub fn choose(variant: usize) -> String {
    format!("Send {} to the rest", letter(variant))
}
pub const WINNER: &str = "Winner";

pub const OVER_TIME: &str = "Over time";
pub const LINES: &str = "Lines";
pub const POINT_IN_TIME: &str = "Point in time";
pub const TABLE: &str = "The figures as a table";
pub const TIME: &str = "Time";
pub const NOTHING_YET: &str = "Nobody has got it yet.";
