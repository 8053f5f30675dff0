//! The page of an entrance.

use serde::{Deserialize, Serialize};

use super::ticket::TicketState;
use plenum_core::ids::Millis;
use plenum_events::model::check_in::{CheckIns, Guest, Head};

/// The page of a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Of which event.
    pub head: Head,
    /// Who looks runs the event, and sees its sales.
    pub runs: bool,
    /// How it stands.
    pub check_ins: CheckIns,
    /// The ticket that a page without scripts has just asked about.
    pub asked: Option<Found>,
}

/// Somebody who may be meant by what was searched for at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub guest: Guest,
    /// What their ticket is good for.
    pub state: TicketState,
    /// When it admitted.
    pub used_at: Option<Millis>,
}
