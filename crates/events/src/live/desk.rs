//! What those who run an event are told: what is sold, and who comes in.

use super::event::EventEvent;
use crate::model::{
    check_in::CheckIns,
    desk::{Desk, Sales},
};
use plenum_core::{
    ids::{EventId, PersonId, SpaceId},
    live::{Drawn, Live},
    live_events,
};

live_events! {
    /// What the staff of an event's space are told.
    pub enum DeskEvent on Channel::SpaceStaff(SpaceId) {
        #[doc = "What was sold of the event, as it is now."]
        SalesChanged(Sales) = "sales.changed", state(|_| "sales".to_owned());
    }
}

live_events! {
    /// What those at the doors of an event are told, ushers too: nothing of its money.
    pub enum DoorEvent on Channel::EventDoor(EventId) {
        #[doc = "How many are in, and who came in last, as it is now."]
        CheckInsChanged(CheckIns) = "check_ins.changed", state(|_| "check_ins".to_owned());
    }
}

impl Live<DeskEvent> for Desk {
    /// Something has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &DeskEvent) -> bool {
        match event {
            DeskEvent::SalesChanged(sales) => take(&mut self.sales, sales),
        }
    }
}

impl Live<DoorEvent> for Desk {
    /// Something has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &DoorEvent) -> bool {
        match event {
            DoorEvent::CheckInsChanged(check_ins) => take(&mut self.check_ins, check_ins),
        }
    }
}

impl Live<EventEvent> for Desk {
    /// What stands in the head only the server knows.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> Drawn {
        match event {
            EventEvent::AvailabilityUpdated(availability) => take(&mut self.availability, availability).into(),
            EventEvent::EventChanged(_) => Drawn::Anew,
            EventEvent::EventLive(_) => Drawn::Nothing,
        }
    }
}

fn take<T: Clone + PartialEq>(known: &mut T, now: &T) -> bool {
    let touched = known != now;
    known.clone_from(now);
    touched
}
