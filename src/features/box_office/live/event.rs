//! What everyone who looks at an event is told.

use crate::{features::box_office::model::event::Availability, ids::EventId, live_events};

live_events! {
    /// What happens to an event, for everyone.
    pub enum EventEvent on Channel::Event(EventId) {
        #[doc = "How many places of each ticket type are available, held and sold, as it is now."]
        AvailabilityUpdated(Availability) = "availability.updated", state(|_| "availability".to_owned());
    }
}
