//! What a person's own tabs are told of their tickets.

use serde::{Deserialize, Serialize};

use crate::{
    features::box_office::model::ticket::{TicketState, Tickets},
    ids::{EventId, Millis, PersonId, TicketId},
    live_events,
    realtime::live::{Drawn, Live},
};

/// A ticket as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketNow {
    /// The ticket.
    pub id: TicketId,
    /// To which event it admits.
    pub event_id: EventId,
    /// What it is good for.
    pub state: TicketState,
    /// When it admitted.
    pub used_at: Option<Millis>,
}

live_events! {
    /// What happens to one's tickets.
    pub enum TicketEvent on Channel::Person(PersonId) {
        #[doc = "A ticket of one's own as it is now: it was bought, used at a door, or its money was given back."]
        TicketChanged(TicketNow) = "ticket.changed", state(|ticket| format!("ticket:{}", ticket.id));
    }
}

impl Live<TicketEvent> for Tickets {
    /// Of one that is not shown nobody but the server knows what stands on it.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &TicketEvent) -> Drawn {
        let TicketEvent::TicketChanged(now) = event;
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
