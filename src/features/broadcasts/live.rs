//! What happens to broadcasts, and how it applies to a list of them and to one.

use super::model::{Broadcast, Broadcasts};
use crate::{
    ids::{OrganisationId, PersonId},
    live_events,
    realtime::live::Live,
};

live_events! {
    /// What an organisation's admins and managers are told of its broadcasts.
    pub enum BroadcastEvent on Channel::Broadcasts(OrganisationId) {
        #[doc = "A broadcast as it is now: it was made, has come further, or was paused, resumed or cancelled."]
        BroadcastChanged(Broadcast) = "broadcast.changed", state(|broadcast| format!("broadcast:{}", broadcast.id));
    }
}

impl Broadcasts {
    /// Adds the page of older ones that was asked for.
    pub fn append(&mut self, older: Self) {
        let floor = self.floor;
        self.broadcasts.extend(older.broadcasts.into_iter().filter(|broadcast| broadcast.id.0 < floor));
        self.floor = older.floor;
    }
}

impl Live<BroadcastEvent> for Broadcasts {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &BroadcastEvent) -> bool {
        let BroadcastEvent::BroadcastChanged(changed) = event;
        if let Some(known) = self.broadcasts.iter_mut().find(|known| known.id == changed.id) {
            let touched = known != changed;
            known.clone_from(changed);
            return touched;
        }
        if changed.id.0 < self.floor {
            return false;
        }
        let place = self.broadcasts.partition_point(|known| known.id > changed.id);
        self.broadcasts.insert(place, changed.clone());
        true
    }
}

impl Live<BroadcastEvent> for Broadcast {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &BroadcastEvent) -> bool {
        let BroadcastEvent::BroadcastChanged(changed) = event;
        let touched = changed.id == self.id && changed != self;
        if touched {
            self.clone_from(changed);
        }
        touched
    }
}
