//! The words of promo codes.

use crate::model::promo::{Hindrance, Off, Promo};
use plenum_wallet::model::{Currency, Money};

pub const CODES: &str = "Promo codes";
pub const ABOUT: &str = "Whoever enters a code when they pay gets something off the whole order. A use is counted when it is paid.";
pub const ALL: &str = "All codes";
pub const NONE: &str = "No promo codes yet";
pub const NONE_TEXT: &str = "Make one below, and tell it to whom you want to come.";
pub const NEW: &str = "New code";
pub const CODE: &str = "Code";
pub const CODE_HINT: &str = "3 to 24 letters, digits or hyphens, such as MEMBERS10.";
pub const BY: &str = "What it takes off";
pub const PERCENT: &str = "A percentage";
pub const AMOUNT: &str = "An amount";
pub const OFF: &str = "How much";
pub const OFF_HINT: &str = "10 for 10 %, or 5.00 for an amount off the whole order.";
pub const MOST_USES: &str = "Orders in all";
pub const MOST_EACH: &str = "Orders of one person";
pub const LIMIT_HINT: &str = "Nothing for no limit.";
pub const FROM: &str = "From";
pub const UNTIL: &str = "Until";
/// In which zone times are.
pub fn zone_hint(zone: &str) -> String {
    format!("In the event's time zone, {zone}. Nothing for no limit.")
}
pub const CREATE: &str = "Make the code";
pub const MADE: &str = "The code is there.";
pub const END: &str = "End";
pub const ENDED: &str = "Ended";
pub const RUNNING: &str = "In use";
pub const EARLY: &str = "Not yet";
pub const LATE: &str = "Over";
pub const USED_UP: &str = "Used up";
pub const TAKEN: &str = "This event has a code of this name already.";
pub const TO_EVENT: &str = "To the event";

/// How much a code takes off.
pub fn off(off: Off, currency: Currency) -> String {
    match off {
        Off::Percent(percent) => format!("{percent} % off"),
        Off::Amount(amount) => format!("{} off", Money::new(amount, currency)),
    }
}
/// A line of the list.
pub fn line(promo: &Promo) -> String {
    let mut parts = vec![off(promo.off, promo.currency)];
    parts.push(match (promo.uses, promo.most_uses) {
        (uses, Some(most)) => format!("used in {uses} of {most} orders"),
        (1, None) => "used in 1 order".to_owned(),
        (uses, None) => format!("used in {uses} orders"),
    });
    match promo.most_each {
        Some(1) => parts.push("once for each person".to_owned()),
        Some(most) => parts.push(format!("{most} times for each person")),
        None => {}
    }
    parts.join(" · ")
}
/// When it can be used, from instants in words.
pub fn window(from: Option<&str>, until: Option<&str>) -> Option<String> {
    match (from, until) {
        (Some(from), Some(until)) => Some(format!("From {from} until {until}")),
        (Some(from), None) => Some(format!("From {from}")),
        (None, Some(until)) => Some(format!("Until {until}")),
        (None, None) => None,
    }
}
/// Why a code cannot be used.
pub fn hindrance(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Unknown => "There is no such promo code for this event.",
        Hindrance::TooEarly => "This promo code cannot be used yet.",
        Hindrance::TooLate => "This promo code cannot be used any more.",
        Hindrance::UsedUp => "This promo code was used as often as it can be.",
        Hindrance::UsedByThem => "You have used this promo code as often as you can.",
    }
}
