//! Live events of a seat map: the state of seats, without identities.

use serde::{Deserialize, Serialize};

use crate::model::seat::SeatNow;
use plenum_core::{
    ids::{EventId, Millis},
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
