//! The words on tickets.

use crate::model::ticket::TicketState;
use plenum_core::ids::TicketId;
use plenum_events::model::seat::Place;
use plenum_events::model::{event::EventState, seat::SeatKind};

/// One's tickets.
pub const TICKETS: &str = "Your tickets";
/// One of them.
pub const TICKET: &str = "Ticket";
/// Those of an order.
pub fn of_order(number: &str) -> String {
    format!("Tickets of order {number}")
}
/// There are none.
pub const NONE: &str = "No tickets for what is to come";
/// What to do about it.
pub const NONE_TEXT: &str = "What you buy is here, with the code that the door reads.";
/// Leads to what one can buy.
pub const FIND_EVENTS: &str = "Find an event";
/// Opens a ticket.
pub const OPEN: &str = "Show the code";
/// Prints the page.
pub const PRINT: &str = "Print";
/// Leads to all.
pub const ALL: &str = "All tickets";
/// Leads to those of the same order.
pub const WHOLE_ORDER: &str = "All of this order";
/// What the code is for.
pub const SHOW_AT_DOOR: &str = "Show this code at the door. It admits once.";
/// The code in letters, for a camera that does not read it.
pub const CODE: &str = "Code";
/// The picture, for those who do not see it.
pub fn picture(id: TicketId) -> String {
    format!("QR code of ticket {id}")
}
/// A ticket without a code.
pub const NO_CODE: &str = "This ticket is void: its money was given back. It admits nobody.";
/// A fact.
pub const SEAT: &str = "Seat";
/// A fact.
pub const KIND: &str = "Ticket";
/// A fact.
pub const HOLDER: &str = "Name";
/// A fact.
pub const ORDER: &str = "Order";
/// A fact.
pub const DOORS: &str = "Doors";
/// A fact.
pub const PAID: &str = "Paid";
/// A fact.
pub const WHERE: &str = "Where";
/// What takes place online.
pub const ONLINE: &str = "Online";
/// Where one stands.
pub const STANDING: &str = "Free choice";
/// Nothing more comes.
pub const ENDED: &str = "This page is no longer told what happens.";
/// When it admitted.
pub fn used_at(time: &str) -> String {
    format!("Used at {time}")
}

/// What a ticket is good for.
pub fn state(state: TicketState) -> &'static str {
    match state {
        TicketState::Valid => "Valid",
        TicketState::Used => "Used",
        TicketState::Void => "Void",
    }
}

/// What has become of the event, if that is worth a warning.
pub fn event_note(state: EventState) -> Option<&'static str> {
    match state {
        EventState::Postponed => Some("The event has been postponed. This ticket stays valid for the new date."),
        EventState::Cancelled => Some("The event has been cancelled. What you paid goes back to your wallet."),
        EventState::Draft | EventState::Published | EventState::Live | EventState::Ended => None,
    }
}

/// `Stalls, row A, seat 14`
pub fn place(place: &Place) -> String {
    let kind = match place.kind {
        SeatKind::Standard => "",
        SeatKind::Accessible => " (wheelchair)",
        SeatKind::Companion => " (companion)",
        SeatKind::Restricted => " (restricted view)",
    };
    format!("{}, row {}, seat {}{kind}", place.section, place.row, place.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_found_by_its_words() {
        let seat = |kind| Place { section: "Stalls".into(), row: "A".into(), number: 14, kind };
        assert_eq!(place(&seat(SeatKind::Standard)), "Stalls, row A, seat 14");
        assert_eq!(place(&seat(SeatKind::Companion)), "Stalls, row A, seat 14 (companion)");
    }
}
