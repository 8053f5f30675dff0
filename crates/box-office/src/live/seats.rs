//! What those who look at a seat map are told: no identities. And how it applies to the map.

use serde::{Deserialize, Serialize};

use super::{event::EventEvent, own::OwnEvent};
use crate::model::{seat::SeatNow, seat_map::SeatMap};
use plenum_core::{
    ids::{EventId, Millis, PersonId, SeatId},
    live::Live,
    live_events,
};

/// Seats that have changed in one commit (S3-29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsChanged {
    /// The seats as they are now.
    pub seats: Vec<SeatNow>,
    /// When, in milliseconds UTC.
    pub at: Millis,
}

/// How many look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watching {
    /// People who are signed in count once, visitors by their tabs.
    pub watching: u32,
    /// When, in milliseconds UTC: countdowns follow this clock (I31).
    pub at: Millis,
}

/// Seats have come, gone, or are elsewhere: who draws them takes a fresh snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChanged {
    /// How often the plan was changed so far.
    pub version: i64,
    /// When, in milliseconds UTC.
    pub at: Millis,
}

live_events! {
    /// What happens to the seats of an event.
    pub enum SeatsEvent on Channel::Seats(EventId) {
        #[doc = "Seats were held, let go or sold, together."]
        SeatsChanged(SeatsChanged) = "seat.changed", fact;
        #[doc = "The seat plan was changed: take a fresh snapshot."]
        PlanChanged(PlanChanged) = "plan.changed", fact;
        #[doc = "How many look at the seat map; at most once a second."]
        WatchersChanged(Watching) = "watchers.changed", ephemeral(|_| "watchers".to_owned());
    }
}

impl Live<SeatsEvent> for SeatMap {
    /// The seats that are to be drawn again.
    type Touched = Vec<SeatId>;

    fn apply(&mut self, _: PersonId, event: &SeatsEvent) -> Vec<SeatId> {
        match event {
            SeatsEvent::SeatsChanged(changed) => changed.seats.iter().filter(|seat| self.taken.set(**seat)).map(|seat| seat.id).collect(),
            SeatsEvent::WatchersChanged(watching) => {
                self.watching = watching.watching;
                Vec::new()
            }
            // Whoever follows takes a fresh map.
            SeatsEvent::PlanChanged(_) => Vec::new(),
        }
    }
}

impl Live<EventEvent> for SeatMap {
    /// What is left, or what of the event concerns its sale, has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> bool {
        match event {
            EventEvent::AvailabilityUpdated(availability) if availability.event_id == self.event.id => {
                let touched = self.types != availability.ticket_types;
                self.types.clone_from(&availability.ticket_types);
                touched
            }
            EventEvent::EventChanged(now) if now.id == self.event.id => {
                let before = self.event.clone();
                self.event.title.clone_from(&now.title);
                self.event.state = now.state;
                (self.event.sales_from, self.event.sales_until) = (now.sales_from, now.sales_until);
                self.event.places_each = now.places_each;
                if self.event.zone.name != now.zone.name {
                    self.event.zone.clone_from(&now.zone);
                }
                self.event != before
            }
            _ => false,
        }
    }
}

impl Live<OwnEvent> for SeatMap {
    /// The seats that are to be drawn again: those that were in the basket, and those that are.
    type Touched = Vec<SeatId>;

    fn apply(&mut self, _: PersonId, event: &OwnEvent) -> Vec<SeatId> {
        match event {
            OwnEvent::HoldChanged(changed) if changed.event_id == self.event.id => {
                let before = std::mem::replace(&mut self.hold, changed.hold.clone());
                before.into_iter().chain(changed.hold.clone()).flat_map(|hold| hold.seats).collect()
            }
            OwnEvent::WaitingChanged(changed) if changed.event_id == self.event.id => {
                self.waiting.retain(|known| known.ticket_type_id != changed.ticket_type_id);
                if !changed.state.is_end() {
                    self.waiting.push(changed.clone());
                    plenum_core::sorted::sort_by_key(&mut self.waiting, |known| known.ticket_type_id);
                }
                Vec::new()
            }
            OwnEvent::BoughtChanged(changed) if changed.event_id == self.event.id => {
                self.bought = changed.bought;
                Vec::new()
            }
            OwnEvent::HoldChanged(_) | OwnEvent::BoughtChanged(_) | OwnEvent::WaitingChanged(_) => Vec::new(),
        }
    }
}
