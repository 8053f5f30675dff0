//! How live events apply to the page of an entrance.

use crate::model::door::Door;
use plenum_core::{
    ids::PersonId,
    live::{Drawn, Live},
};
use plenum_events::live::{desk::DoorEvent, event::EventEvent};

impl Live<EventEvent> for Door {
    /// What stands in the head only the server knows.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> Drawn {
        if matches!(event, EventEvent::EventChanged(_)) { Drawn::Anew } else { Drawn::Nothing }
    }
}

impl Live<DoorEvent> for Door {
    /// Something has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &DoorEvent) -> bool {
        match event {
            DoorEvent::CheckInsChanged(check_ins) => {
                let touched = self.check_ins != *check_ins;
                self.check_ins.clone_from(check_ins);
                touched
            }
        }
    }
}
