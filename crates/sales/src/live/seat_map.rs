//! How live events apply to a seat map.

use super::own::OwnEvent;
use crate::model::seat_map::SeatMap;
use plenum_core::{
    ids::{PersonId, SeatId},
    live::Live,
};
use plenum_events::live::{event::EventEvent, seats::SeatsEvent};

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
    /// The seats that are to be drawn again: those that were the viewer's, and those that are.
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
                let before = std::mem::replace(&mut self.bought_seats, changed.seats.clone());
                before.into_iter().chain(changed.seats.iter().copied()).collect()
            }
            OwnEvent::HoldChanged(_) | OwnEvent::BoughtChanged(_) | OwnEvent::WaitingChanged(_) => Vec::new(),
        }
    }
}
