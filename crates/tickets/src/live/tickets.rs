//! What a person's own tabs are told of their tickets.

use serde::{Deserialize, Serialize};

use crate::model::ticket::{TicketState, Tickets};
use plenum_core::{
    ids::{EventId, Millis, OrderId, PersonId, TicketId},
    live::{Drawn, Live},
    live_events,
};
use plenum_events::live::event::EventEvent;

/// What a ticket is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketNow {
    /// The ticket.
    pub id: TicketId,
    /// What it is good for.
    pub state: TicketState,
    /// When it admitted.
    pub used_at: Option<Millis>,
}

/// The tickets of an order as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketsNow {
    /// The order.
    pub order_id: OrderId,
    /// To which event they admit.
    pub event_id: EventId,
    /// All of them.
    pub tickets: Vec<TicketNow>,
}

live_events! {
    /// What happens to one's tickets.
    pub enum TicketEvent on Channel::Person(PersonId) {
        #[doc = "All tickets of one of one's orders as they are now: they were bought, one was used at a door, or money was given back."]
        TicketsChanged(TicketsNow) = "tickets.changed", state(|tickets| format!("tickets:{}", tickets.order_id));
    }
}

impl Live<TicketEvent> for Tickets {
    /// Of one that is not shown nobody but the server knows what stands on it.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &TicketEvent) -> Drawn {
        let TicketEvent::TicketsChanged(now) = event;
        now.tickets.iter().map(|now| self.take(now)).max().unwrap_or(Drawn::Nothing)
    }
}

impl Tickets {
    fn take(&mut self, now: &TicketNow) -> Drawn {
        let Some(known) = self.tickets.iter_mut().find(|known| known.id == now.id) else { return Drawn::Anew };
        if (known.state, known.used_at) == (now.state, now.used_at) {
            return Drawn::Nothing;
        }
        (known.state, known.used_at) = (now.state, now.used_at);
        if now.state == TicketState::Void {
            (known.code, known.picture) = (None, None);
        }
        Drawn::Shown
    }
}

impl Live<EventEvent> for Tickets {
    /// What stands on them of the event only the server knows.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> Drawn {
        match event {
            EventEvent::EventChanged(event) if self.tickets.iter().any(|ticket| ticket.event_id == event.id) => Drawn::Anew,
            _ => Drawn::Nothing,
        }
    }
}
