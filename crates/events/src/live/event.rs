//! What everyone who looks at an event is told, and how it applies to its page and to the list.

use serde::{Deserialize, Serialize};

use crate::model::{
    event::Availability,
    events::{Event, EventList, EventPage},
};
use plenum_core::{
    ids::{EventId, Millis, PersonId, SpaceId},
    live::{Drawn, Live},
    live_events,
    people::PersonCard,
};
use plenum_messages::spaces::live::SpaceEvent;

/// An event that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentLive {
    pub event_id: EventId,
    /// What it is called.
    pub title: String,
    /// When, in milliseconds UTC.
    pub at: Millis,
}

live_events! {
    /// What happens to an event, for everyone.
    pub enum EventEvent on Channel::Event(EventId) {
        #[doc = "How many places of each ticket type are available, held and sold, as it is now."]
        AvailabilityUpdated(Availability) = "availability.updated", state(|_| "availability".to_owned());
        #[doc = "The event as it is now: its state, its times, what it says."]
        EventChanged(Box<Event>) = "event.changed", state(|_| "event".to_owned());
        #[doc = "It has begun."]
        EventLive(WentLive) = "event.live", fact;
    }
}

/// An event that is not everyone's is another one now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftChanged {
    pub event_id: EventId,
}

live_events! {
    /// Changes of an unpublished event, for those who run it. They are not announced on the event's own channel, because people who followed
    /// the event before it was withdrawn may still be subscribed to that.
    pub enum DraftEvent on Channel::SpaceStaff(SpaceId) {
        #[doc = "An event that is not published says something else, has other ticket types, or was cancelled; its page is read anew."]
        DraftChanged(DraftChanged) = "draft.changed", state(|_| "draft".to_owned());
    }
}

impl Live<DraftEvent> for EventPage {
    type Touched = Drawn;

    // A draft comes from one channel and what was published from another, whose events have no order among them: the server says which is newer.
    fn apply(&mut self, _: PersonId, DraftEvent::DraftChanged(changed): &DraftEvent) -> Drawn {
        if changed.event_id == self.event.id { Drawn::Anew } else { Drawn::Nothing }
    }
}

/// Organisers stand by name, as the database sorts them.
fn in_order(card: &PersonCard) -> (String, PersonId) {
    (card.name.to_ascii_lowercase(), card.id)
}

impl Live<SpaceEvent> for EventPage {
    type Touched = Drawn;

    fn apply(&mut self, viewer: PersonId, event: &SpaceEvent) -> Drawn {
        let Some(inside) = self.inside.as_mut() else { return Drawn::Nothing };
        let touched = inside.roll.apply(viewer, event);
        let (changed, staff) = match event {
            SpaceEvent::MemberJoined(changed) => (changed, changed.member.staff),
            SpaceEvent::MemberLeft(changed) => (changed, false),
        };
        let card = &changed.member.card;
        let known = self.organisers.iter().position(|known| known.id == card.id);
        match (known, staff) {
            (None, false) => return touched.into(),
            (Some(known), true) => self.organisers[known].clone_from(card),
            (None, true) => {
                let place = self.organisers.partition_point(|known| in_order(known) < in_order(card));
                self.organisers.insert(place, card.clone());
                self.runs |= card.id == viewer;
            }
            (Some(known), false) => {
                self.organisers.remove(known);
                if card.id == viewer {
                    // An admin runs it all the same; the server says so.
                    self.runs = false;
                    return Drawn::Anew;
                }
            }
        }
        Drawn::Shown
    }
}

impl Live<EventEvent> for EventPage {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> bool {
        match event {
            EventEvent::AvailabilityUpdated(now) if now.event_id == self.event.id => {
                let touched = self.availability != *now;
                self.availability.clone_from(now);
                touched
            }
            EventEvent::EventChanged(now) if now.id == self.event.id => {
                let touched = self.event != **now;
                self.event.clone_from(now.as_ref());
                touched
            }
            // The state comes with `event.changed`.
            _ => false,
        }
    }
}

impl Live<EventEvent> for EventList {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> bool {
        let of = match event {
            EventEvent::AvailabilityUpdated(now) => now.event_id,
            EventEvent::EventChanged(now) => now.id,
            EventEvent::EventLive(_) => return false,
        };
        let Some(card) = self.cards.iter_mut().find(|card| card.event.id == of) else { return false };
        let before = card.clone();
        match event {
            EventEvent::AvailabilityUpdated(now) => card.take(now),
            EventEvent::EventChanged(now) => card.event = Event { html: String::new(), ..now.as_ref().clone() },
            EventEvent::EventLive(_) => {}
        }
        *card != before
    }
}
