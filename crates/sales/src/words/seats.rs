//! The words of the seat map, of baskets and of waiting.

use crate::model::seat_map::Seen;
use plenum_core::ids::Millis;
use plenum_events::model::seat::SeatKind;
use plenum_ui::time_left;
use plenum_wallet::model::Money;

pub const SEATS: &str = "Seats";
pub const PLACES: &str = "Places";
pub const VIEWS: &str = "How the seats are shown";
pub const MAP: &str = "Map";
pub const LIST: &str = "List";
pub const BEST: &str = "Best seats together";
pub const BEST_COUNT: &str = "How many";
pub const BEST_WHERE: &str = "Where";
pub const ANYWHERE: &str = "Anywhere";
pub const FIND: &str = "Find the best together";
pub const ZOOM_IN: &str = "Larger";
pub const ZOOM_OUT: &str = "Smaller";
pub const STAGE: &str = "Stage";
pub const PLAN: &str = "Seat map";
pub const PLAN_HELP: &str = "Arrow keys move from seat to seat, Enter or Space picks one, plus and minus zoom.";
pub const KEY_MOVE: &str = "Go to the next seat that way";
pub const KEY_ENDS: &str = "Go to the first or last of the row";
pub const KEY_PICK: &str = "Pick the seat, or give it back";
pub const KEY_CLOSER: &str = "Come closer";
pub const KEY_FARTHER: &str = "Stand farther back";
pub const OTHERS_WAIT: &str = "Others wait for these places, and come first. You can wait for one, too.";
/// Why a seat cannot be held.
pub fn held_by_others(row: &str, number: i64) -> String {
    format!("Somebody else is holding row {row}, seat {number}.")
}
/// Why a seat cannot be held.
pub fn is_sold(row: &str, number: i64) -> String {
    format!("Row {row}, seat {number} has been sold.")
}
pub const LEGEND: &str = "What the seats mean";
pub const BEING_HELD: &str = "Being held";
pub const SOLD: &str = "Sold";
pub const YOURS: &str = "Yours";
pub const BOUGHT: &str = "Bought by you";
pub const YOUR_SEATS: &str = "Your places";
pub const NOT_HELD_YET: &str = "These places are not held yet.";
pub const SIGN_IN_TO_HOLD: &str = "Sign in to hold them";
pub const SIGN_IN_TO_CHOOSE: &str = "Sign in to hold places";
pub const NOTHING_YET: &str = "Nothing yet. Pick a seat, or let us find the best ones together.";
pub const NO_PLACES_YET: &str = "Nothing yet. Choose how many places you want.";
pub const MORE_TIME: &str = "More time";
pub const LEAVE: &str = "Let them go";
pub const TOTAL: &str = "Total";
pub const TIME_IS_UP: &str = "Time is up: these places are not held for you any more.";
pub const HOLD_AGAIN: &str = "Try to hold them again";
pub const FORGET: &str = "Forget them";
pub const CONFIRMING: &str = "confirming…";
pub const AVAILABILITY: &str = "Availability";
pub const STANDING: &str = "Places without seats";
pub const ONE_MORE: &str = "One more";
pub const ONE_LESS: &str = "One less";
pub const HOLD_THESE: &str = "Hold these seats";
pub const PICK_THESE: &str = "Pick these seats";
pub const ROW_FULL: &str = "full";
pub const SOLD_OUT: &str = "Sold out";
pub const NO_PLACES: &str = "No places yet";
pub const TELL_ME: &str = "Tell me when there is a place";
pub const STOP_WAITING: &str = "Stop waiting";
pub const OFFERED: &str = "A place is held for you: it is in your basket.";
pub const SALE_COMING: &str = "The sale begins";
pub const SALE_OVER: &str = "The sale is over.";
pub const SALE_STOPPED: &str = "Places of this event are not sold now.";
pub const SHOW_BASKET: &str = "Show";
pub const HIDE_BASKET: &str = "Hide";
pub const TO_EVENT: &str = "About the event";

/// `Row A, seat 14`
pub fn seat(row: &str, number: i64) -> String {
    format!("Row {row}, seat {number}")
}

/// `Row A`
pub fn row(label: &str) -> String {
    format!("Row {label}")
}

/// What a seat is like, if it is not like most.
pub fn kind(kind: SeatKind) -> Option<&'static str> {
    match kind {
        SeatKind::Standard => None,
        SeatKind::Accessible => Some("accessible"),
        SeatKind::Companion => Some("companion"),
        SeatKind::Restricted => Some("restricted view"),
    }
}

/// The same in a legend.
pub fn kind_in_legend(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Standard => "Standard",
        SeatKind::Accessible => "Accessible",
        SeatKind::Companion => "Companion",
        SeatKind::Restricted => "Restricted view",
    }
}

/// What a seat is for whoever looks.
pub fn seen(seen: Seen) -> &'static str {
    match seen {
        Seen::Free => "available",
        Seen::Held => "held by somebody",
        Seen::Yours => "yours",
        Seen::Bought => "yours, bought",
        Seen::Sold => "sold",
    }
}

/// `Row A, seat 14, stalls, €25.00, companion, available`
pub fn seat_name(row: &str, number: i64, section: &str, price: Money, like: SeatKind, state: &str) -> String {
    let like = kind(like).map(|kind| format!(", {kind}")).unwrap_or_default();
    format!("{}, {}, {price}{like}, {state}", seat(row, number), section.to_lowercase())
}

pub const PICKED: &str = "picked";

/// Told when no more can be picked.
pub fn at_most(each: i64) -> String {
    format!("One person can have at most {each} places.")
}

/// Told when there are not so many together.
pub fn none_together(count: usize) -> String {
    if count == 1 { "There is no seat left.".to_owned() } else { format!("There are no {count} seats together.") }
}

/// `127 looking`
pub fn looking(count: u32) -> String {
    format!("{count} looking")
}

/// `3 of at most 6`
pub fn of_at_most(count: i64, most: i64) -> String {
    format!("{count} of at most {most}")
}

/// `and 2 bought`
pub fn bought(count: i64) -> String {
    format!("You have bought {count} {}.", if count == 1 { "place" } else { "places" })
}

pub const HELD_FOR_YOU: &str = "Held for you";

/// The last two minutes.
pub fn ending(left: Millis) -> String {
    format!("Your places are held for {} more. Pay for them, or ask for more time.", time_left(left))
}

/// `58 of 160`
pub fn left_of(left: i64, capacity: i64) -> String {
    format!("{left} of {capacity}")
}

/// `12 free`
pub fn free(count: usize) -> String {
    if count == 0 { ROW_FULL.to_owned() } else { format!("{count} free") }
}

/// `2 × Standing`
pub fn times(quantity: i64, name: &str) -> String {
    format!("{quantity} × {name}")
}

/// Names the button that lets one go.
pub fn let_go(name: &str) -> String {
    format!("Let go: {name}")
}

/// Told when a seat is one's own.
pub fn now_yours(name: &str) -> String {
    format!("{name}: held for you.")
}

/// Told when it is not any more.
pub fn now_gone(name: &str) -> String {
    format!("{name}: let go.")
}

/// What was taken while somebody signed in.
pub fn taken_meanwhile(names: &[String]) -> String {
    format!("Taken meanwhile: {}.", names.join("; "))
}

/// `You are number 3 in the list.`
pub fn place_in_list(place: i64) -> String {
    if place == 1 { "You are the next one.".to_owned() } else { format!("You are number {place} in the list.") }
}

/// The button of the list that tells for which ticket type.
pub fn notify_me_of(name: &str) -> String {
    format!("{TELL_ME}: {name}")
}

/// Title of a notification.
pub fn offered(event: &str) -> String {
    format!("There is a place for you: {event}")
}

/// Its text.
pub fn offered_text(ticket_type: &str, minutes: i64) -> String {
    let minutes = minutes.max(1);
    format!("{ticket_type}. It is held for you for {minutes} {}.", if minutes == 1 { "minute" } else { "minutes" })
}

/// The line at the foot of a narrow screen.
pub fn basket_line(count: i64, total: Money) -> String {
    format!("{count} {} · {total}", if count == 1 { "place" } else { "places" })
}
