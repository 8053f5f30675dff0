//! The words of those who look at events.

use crate::model::{
    event::{EventState, TypeAvailability},
    events::{Ahead, EventCard, Place, Sale, When},
};
use plenum_core::{ids::Millis, time::Zone};
use plenum_wallet::model::Money;

/// The list.
pub const EVENTS: &str = "Events";
/// The filter.
pub const FILTER: &str = "Find events";
/// A field.
pub const SEARCH: &str = "Search";
/// What to enter there.
pub const SEARCH_HINT: &str = "Title, place or words of the description";
/// A choice.
pub const WHEN: &str = "When";
/// A choice.
pub const WHERE: &str = "Where";
/// Any place.
pub const ANYWHERE: &str = "Anywhere";
/// A choice.
pub const ONLY_FREE: &str = "Only with places left";
/// A choice of organisers.
pub const ONLY_MINE: &str = "Only those I run, drafts too";
/// Applies the filter.
pub const SHOW: &str = "Show";
/// Takes it away.
pub const CLEAR: &str = "Clear the filter";
/// More of the list.
pub const NEXT_PAGE: &str = "More events";
/// Back to its first page.
pub const FIRST_PAGE: &str = "Back to the first";
/// The links between pages.
pub const PAGES: &str = "Pages of events";
/// There is none.
pub const NONE: &str = "No events here";
/// What to do then.
pub const NONE_TEXT: &str = "Nothing fits. Clear the filter to see all that are coming.";
/// What to do then, for organisers.
pub const NONE_TEXT_ORGANISER: &str = "Make one: it stays a draft until you publish it.";
/// A page that is no longer followed.
pub const ENDED: &str = "This page is no longer told what happens.";

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
        Sale::From(at) => format!("on sale from {}", zone.stamp(at)),
        Sale::Until(_) if sold_out => "sold out".to_owned(),
        Sale::Until(_) => "on sale".to_owned(),
        Sale::Closed => "sale is over".to_owned(),
    }
}

/// What is left: "97 of 146 left".
pub fn left(available: i64, capacity: i64) -> String {
    if available <= 0 { "Sold out".to_owned() } else { format!("{available} of {capacity} left") }
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

/// A fact of the page.
pub const BEGINS: &str = "Begins";
/// A fact.
pub const ENDS: &str = "Ends";
/// After where it is: when one can come in.
pub fn doors_open(clock: &str) -> String {
    format!(" · doors {clock}")
}
/// A fact.
pub const DOORS: &str = "Doors";
/// A fact.
pub const SALES: &str = "Places are sold";
/// A fact.
pub const ORGANISERS: &str = "Organised by";
/// From when until when.
pub fn from_until(from: &str, until: &str) -> String {
    format!("{from} – {until}")
}
/// What is left.
pub const AVAILABILITY: &str = "Availability";
/// No ticket type yet.
pub const NO_TYPES: &str = "There are no tickets yet.";
/// One of its types.
pub fn of_type(of: &TypeAvailability) -> String {
    match (of.held, of.available) {
        (0, _) => price(of.price),
        (held, _) => format!("{} · {held} being held", price(of.price)),
    }
}
/// What it is about.
pub const ABOUT: &str = "About this event";
/// The link to be told to others.
pub const SHARE: &str = "Share";
/// It has begun.
pub const LIVE_NOW: &str = "It has begun.";
/// It was put off.
pub fn postponed(note: &str) -> String {
    with_note("This event is postponed. Tickets stay valid; the new time will stand here.", note)
}
/// It does not take place.
pub fn cancelled(note: &str) -> String {
    with_note("This event is cancelled. What was paid for tickets is given back.", note)
}
/// It is a draft.
pub const DRAFT_NOTE: &str = "This is a draft: only its organisers see it.";

fn with_note(text: &str, note: &str) -> String {
    if note.is_empty() { text.to_owned() } else { format!("{text} {note}") }
}

/// What members see.
pub const INSIDE: &str = "Who is coming";
/// Of members.
pub const HERE_NOW: &str = "Here now";
/// How many are coming.
pub fn coming(count: i64) -> String {
    if count == 1 { "1 is coming".to_owned() } else { format!("{count} are coming") }
}
/// How many look at it.
pub fn here(count: usize) -> String {
    format!("{count} here now")
}
/// Somebody who runs it.
pub const STAFF: &str = "Organiser";
/// Somebody who is on the page now.
pub const IS_HERE: &str = "here now";
/// Leads to the room.
pub const ROOM: &str = "Open the event's room";
/// Of many who are coming.
pub const MORE_PEOPLE: &str = "Show more";
/// Asks for the first of many.
pub const SHOW_PEOPLE: &str = "Show who is coming";
/// Links of those who run it.
pub const TOOLS: &str = "For its organisers";
/// A link.
pub const EDIT: &str = "Edit";
/// A link.
pub const PLAN: &str = "Seat plan";
/// Leads to its promo codes.
pub const CODES: &str = "Promo codes";
/// A link.
pub const DESK: &str = "Desk";
/// A link.
pub const CHECK_IN: &str = "Check-in";
/// For visitors, above the list.
pub const DOOR: &str = "Sign in";
/// For visitors.
pub const SIGN_IN: &str = "Sign in to get tickets";

/// What ticket holders are told.
pub fn told_live(title: &str) -> String {
    format!("It begins: {title}")
}
/// What ticket holders are told.
pub fn told_changed(title: &str) -> String {
    format!("Please note: {title}")
}
/// Where it is, and when the doors open.
pub fn told_place(place: Place, venue: &str, doors: Option<&str>) -> String {
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
pub fn told_postponed(title: &str) -> String {
    format!("Postponed: {title}")
}
/// What ticket holders are told.
pub fn told_rescheduled(title: &str) -> String {
    format!("New time: {title}")
}
/// What ticket holders are told.
pub fn told_cancelled(title: &str) -> String {
    format!("Cancelled: {title}")
}
/// And why.
pub fn told_refund(note: &str) -> String {
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
        assert_eq!(sale(Sale::Until(5), true, &zone), "sold out");
        assert_eq!(sale(Sale::From(1_795_102_860_000), false, &zone), "on sale from 19 Nov 2026, 15:41");
    }
}
