//! The words of promo codes.

use crate::model::promo::{Hindrance, Off, Promo};
use plenum_wallet::model::{Currency, Money};

/// Page.
pub const CODES: &str = "Promo codes";
/// What they are.
pub const ABOUT: &str = "Whoever enters a code when they pay gets something off the whole order. A use is counted when it is paid.";
/// The list, and its heading.
pub const ALL: &str = "All codes";
/// There are none.
pub const NONE: &str = "No promo codes yet";
/// What to do about it.
pub const NONE_TEXT: &str = "Make one below, and tell it to whom you want to come.";
/// The form.
pub const NEW: &str = "New code";
/// A field.
pub const CODE: &str = "Code";
/// What is expected.
pub const CODE_HINT: &str = "3 to 24 letters, digits or hyphens, such as MEMBERS10.";
/// A field.
pub const BY: &str = "What it takes off";
/// A choice.
pub const PERCENT: &str = "A percentage";
/// A choice.
pub const AMOUNT: &str = "An amount";
/// A field.
pub const OFF: &str = "How much";
/// What is expected.
pub const OFF_HINT: &str = "10 for 10 %, or 5.00 for an amount off the whole order.";
/// A field.
pub const MOST_USES: &str = "Orders in all";
/// A field.
pub const MOST_EACH: &str = "Orders of one person";
/// What is expected of both.
pub const LIMIT_HINT: &str = "Nothing for no limit.";
/// A field.
pub const FROM: &str = "From";
/// A field.
pub const UNTIL: &str = "Until";
/// In which zone times are.
pub fn zone_hint(zone: &str) -> String {
    format!("In the event's time zone, {zone}. Nothing for no limit.")
}
/// The button.
pub const CREATE: &str = "Make the code";
/// It was made.
pub const MADE: &str = "The code is there.";
/// A button.
pub const END: &str = "End";
/// It cannot be used any more.
pub const ENDED: &str = "Ended";
/// It can be used now.
pub const RUNNING: &str = "In use";
/// Its time has not come.
pub const EARLY: &str = "Not yet";
/// Its time has passed.
pub const LATE: &str = "Over";
/// All its uses are used.
pub const USED_UP: &str = "Used up";
/// There is such a code.
pub const TAKEN: &str = "This event has a code of this name already.";
/// Leads back.
pub const TO_EVENT: &str = "To the event";
/// Nothing more is told.
pub const SILENT: &str = "This page is no longer told what happens.";

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
