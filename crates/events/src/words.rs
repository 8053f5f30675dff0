//! The words of those who look at events.

use crate::model::{
    event::{EventState, TypeAvailability},
    events::{Ahead, EventCard, Place, When},
    sale::Sale,
};
use plenum_core::{ids::Millis, time::Zone};
use plenum_wallet::model::Money;

pub const EVENTS: &str = "Events";
pub const FILTER: &str = "Find events";
pub const SEARCH: &str = "Search";
pub const SEARCH_HINT: &str = "Title, place or words of the description";
pub const WHEN: &str = "When";
pub const WHERE: &str = "Where";
pub const ANYWHERE: &str = "Anywhere";
pub const ONLY_FREE: &str = "Only with places left";
pub const ONLY_MINE: &str = "Only those I run, drafts too";
pub const SHOW: &str = "Show";
pub const CLEAR: &str = "Clear the filter";
pub const NEXT_PAGE: &str = "More events";
pub const FIRST_PAGE: &str = "Back to the first";
pub const PAGES: &str = "Pages of events";
pub const NONE: &str = "No events here";
pub const NONE_TEXT: &str = "Nothing fits. Clear the filter to see all that are coming.";
pub const NONE_TEXT_ORGANISER: &str = "Make one: it stays a draft until you publish it.";

/// When the events of a list are.
pub fn when(when: When) -> &'static str {
    match when {
        When::Coming => "All to come",
        When::Week => "Within seven days",
        When::Month => "Within thirty days",
        When::Past => "Past",
    }
}

/// Where.
pub fn place(place: Place) -> &'static str {
    match place {
        Place::Hall => "In a hall",
        Place::Virtual => "Online",
    }
}

/// The state of an event that is neither sold now nor live.
pub fn state(state: EventState) -> &'static str {
    match state {
        EventState::Draft => "Draft",
        EventState::Published => "Published",
        EventState::Live => "Live now",
        EventState::Ended => "Ended",
        EventState::Postponed => "Postponed",
        EventState::Cancelled => "Cancelled",
    }
}

/// How the sale of a published event stands; the times are read in `zone`.
pub fn sale(sale: Sale, sold_out: bool, zone: &Zone) -> String {
    match sale {
        Sale::Coming(at) => format!("on sale from {}", zone.stamp(at)),
        Sale::On(_) if sold_out => "sold out".to_owned(),
        Sale::On(_) => "on sale".to_owned(),
        Sale::Over | Sale::Stopped => "sale is over".to_owned(),
    }
}

/// What is left: "97 of 146 left".
pub fn left(available: i64, capacity: i64) -> String {
    match (available, capacity) {
        (_, ..=0) => "No places yet".to_owned(),
        (..=0, _) => "Sold out".to_owned(),
        _ => format!("{available} of {capacity} left"),
    }
}

/// The lowest price.
pub fn from(price: Money) -> String {
    if price.amount == 0 { "free".to_owned() } else { format!("from {price}") }
}

/// A price.
pub fn price(price: Money) -> String {
    if price.amount == 0 { "Free".to_owned() } else { price.to_string() }
}

/// `2 d 04:18:32`
pub fn duration(left: Millis) -> String {
    let seconds = (left.max(0) + 999) / 1000;
    let (days, clock) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", clock / 3_600, clock / 60 % 60, clock % 60);
    if days > 0 { format!("{days} d {clock}") } else { clock }
}

/// What a countdown says; nothing if there is nothing to count to. It says so until the server says that it has happened.
pub fn countdown(ahead: Ahead, now: Millis) -> Option<String> {
    match ahead {
        Ahead::Start(at) if at > now => Some(format!("starts in {}", duration(at - now))),
        Ahead::Start(_) => Some("starts now".to_owned()),
        Ahead::End(at) if at > now => Some(format!("ends in {}", duration(at - now))),
        Ahead::End(_) => Some("ends now".to_owned()),
        Ahead::Nothing => None,
    }
}

/// When and where, on one line.
pub fn when_and_where(card: &EventCard) -> String {
    let event = &card.event;
    let at = event.zone.full(event.starts_at);
    match (event.place, event.venue.as_str()) {
        (Place::Virtual, _) => format!("{at} · {}", place(Place::Virtual)),
        (Place::Hall, venue) => format!("{at} · {venue}"),
    }
}

pub const BEGINS: &str = "Begins";
pub const ENDS: &str = "Ends";
/// After where it is: when one can come in.
pub fn doors_open(clock: &str) -> String {
    format!(" · doors {clock}")
}
pub const DOORS: &str = "Doors";
pub const SALES: &str = "Places are sold";
pub const ORGANISERS: &str = "Organised by";
/// From when until when.
pub fn from_until(from: &str, until: &str) -> String {
    format!("{from} – {until}")
}
pub const AVAILABILITY: &str = "Availability";
pub const NO_TYPES: &str = "There are no tickets yet.";
/// One of its types.
pub fn of_type(of: &TypeAvailability) -> String {
    match (of.held, of.available) {
        (0, _) => price(of.price),
        (held, _) => format!("{} · {held} being held", price(of.price)),
    }
}
pub const ABOUT: &str = "About this event";
pub const SHARE: &str = "Share";
pub const LIVE_NOW: &str = "It has begun.";
/// It was put off.
pub fn postponed(note: &str) -> String {
    with_note("This event is postponed. Tickets stay valid; the new time will stand here.", note)
}
/// It does not take place.
pub fn cancelled(note: &str) -> String {
    with_note("This event is cancelled. What was paid for tickets is given back.", note)
}
pub const DRAFT_NOTE: &str = "This is a draft: only its organisers see it.";

fn with_note(text: &str, note: &str) -> String {
    if note.is_empty() { text.to_owned() } else { format!("{text} {note}") }
}

pub const INSIDE: &str = "Who is coming";
pub const HERE_NOW: &str = "Here now";
/// How many are coming.
pub fn coming(count: i64) -> String {
    if count == 1 { "1 is coming".to_owned() } else { format!("{count} are coming") }
}
/// How many look at it.
pub fn here(count: usize) -> String {
    format!("{count} here now")
}
pub const STAFF: &str = "Organiser";
pub const IS_HERE: &str = "here now";
pub const ROOM: &str = "Open the event's room";
pub const MORE_PEOPLE: &str = "Show more";
pub const SHOW_PEOPLE: &str = "Show who is coming";
pub const TOOLS: &str = "For its organisers";
pub const EDIT: &str = "Edit";
pub const PLAN: &str = "Seat plan";
pub const CODES: &str = "Promo codes";
pub const DESK: &str = "Desk";
pub const CHECK_IN: &str = "Check-in";
pub const DOOR: &str = "Sign in";
pub const SIGN_IN: &str = "Sign in to get tickets";

/// What ticket holders are told.
pub fn notice_live(title: &str) -> String {
    format!("It begins: {title}")
}
/// What ticket holders are told.
pub fn notice_changed(title: &str) -> String {
    format!("Please note: {title}")
}
/// Where it is, and when the doors open.
pub fn notice_place(place: Place, venue: &str, doors: Option<&str>) -> String {
    let at = match (place, venue) {
        (Place::Virtual, "") => "It is online.".to_owned(),
        (Place::Virtual, venue) => format!("It is online: {venue}."),
        (Place::Hall, venue) => format!("It is at {venue}."),
    };
    match doors {
        Some(doors) => format!("{at} Doors open {doors}."),
        None => at,
    }
}
/// What ticket holders are told.
pub fn notice_postponed(title: &str) -> String {
    format!("Postponed: {title}")
}
/// What ticket holders are told.
pub fn notice_rescheduled(title: &str) -> String {
    format!("New time: {title}")
}
/// What ticket holders are told.
pub fn notice_cancelled(title: &str) -> String {
    format!("Cancelled: {title}")
}
/// And why.
pub fn notice_refund(note: &str) -> String {
    with_note("Whatever was paid is given back to the wallet.", note)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I31: a countdown is a function of the server's now, and says what is left to the second above.
    #[test]
    fn a_countdown_is_counted_from_the_servers_clock() {
        let at = 2 * 86_400_000 + 4 * 3_600_000 + 18 * 60_000 + 32_000;
        assert_eq!(countdown(Ahead::Start(at), 0).as_deref(), Some("starts in 2 d 04:18:32"));
        assert_eq!(countdown(Ahead::Start(at), at - 1).as_deref(), Some("starts in 00:00:01"));
        assert_eq!(countdown(Ahead::Start(at), at).as_deref(), Some("starts now"));
        assert_eq!(countdown(Ahead::End(60_000), 0).as_deref(), Some("ends in 00:01:00"));
        assert_eq!(countdown(Ahead::Nothing, 0), None);
    }

    #[test]
    fn what_is_left_is_said() {
        assert_eq!((left(97, 146), left(0, 146)), ("97 of 146 left".to_owned(), "Sold out".to_owned()));
        let zone = Zone::default();
        assert_eq!(sale(Sale::On(5), true, &zone), "sold out");
        assert_eq!(sale(Sale::Coming(1_795_102_860_000), false, &zone), "on sale from 19 Nov 2026, 15:41");
    }
}
