//! What a person's own tabs are told.

use serde::{Deserialize, Serialize};

use crate::model::{hold::Hold, waiting_list::OwnWaiting};
use plenum_core::{
    ids::{EventId, PersonId, SeatId},
    live_events,
};

/// A basket as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldChanged {
    /// Of which event.
    pub event_id: EventId,
    /// What is held; none: nothing any more.
    pub hold: Option<Hold>,
}

/// How many places of an event one has by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoughtChanged {
    /// Of which event.
    pub event_id: EventId,
    /// Bought, and not given back.
    pub bought: i64,
    /// Which seats of them, in their order; standing places have none.
    pub seats: Vec<SeatId>,
}

live_events! {
    /// What happens to what one holds and buys.
    pub enum OwnEvent on Channel::Person(PersonId) {
        #[doc = "One's basket of an event, as it is now."]
        HoldChanged(HoldChanged) = "hold.changed", state(|changed| format!("hold:{}", changed.event_id));
        #[doc = "The places of an event that one has bought, as it is now."]
        BoughtChanged(BoughtChanged) = "bought.changed", state(|changed| format!("bought:{}", changed.event_id));
        #[doc = "One's place in a waiting list, as it is now: one joined, was offered a place, let it go, or left."]
        WaitingChanged(OwnWaiting) = "waiting.changed", state(|waiting| format!("waiting:{}", waiting.ticket_type_id));
    }
}
