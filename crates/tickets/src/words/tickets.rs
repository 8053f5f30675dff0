//! The words on tickets.

use crate::model::ticket::TicketState;
use plenum_core::ids::TicketId;
use plenum_events::model::seat::Place;
use plenum_events::model::{event::EventState, seat::SeatKind};

pub const TICKETS: &str = "Your tickets";
pub const TICKET: &str = "Ticket";
/// Those of an order.
pub fn of_order(number: &str) -> String {
    format!("Tickets of order {number}")
}
pub const NONE: &str = "No tickets for what is to come";
pub const NONE_TEXT: &str = "What you buy is here, with the code that the door reads.";
pub const FIND_EVENTS: &str = "Find an event";
pub const OPEN: &str = "Show the code";
pub const PRINT: &str = "Print";
pub const ALL: &str = "All tickets";
pub const WHOLE_ORDER: &str = "All of this order";
pub const SHOW_AT_DOOR: &str = "Show this code at the door. It admits once.";
pub const CODE: &str = "Code";
/// The picture, for those who do not see it.
pub fn picture(id: TicketId) -> String {
    format!("QR code of ticket {id}")
}
pub const NO_CODE: &str = "This ticket is void: its money was given back. It admits nobody.";
pub const SEAT: &str = "Seat";
pub const KIND: &str = "Ticket";
pub const HOLDER: &str = "Name";
pub const ORDER: &str = "Order";
pub const DOORS: &str = "Doors";
pub const PAID: &str = "Paid";
pub const WHERE: &str = "Where";
pub const ONLINE: &str = "Online";
pub const STANDING: &str = "Free choice";
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
