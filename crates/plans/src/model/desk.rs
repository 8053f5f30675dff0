//! What the page of the editor shows.

use serde::{Deserialize, Serialize};

use super::{Plan, import::Import, ticket_type::TypeLine};
use plenum_core::ids::EventId;
use plenum_events::model::event::EventState;
use plenum_wallet::model::{Currency, Money};

/// Another event, whose plan can be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The event.
    pub id: EventId,
    /// Its title.
    pub title: String,
    /// Its ticket types.
    pub types: i64,
    /// Its seats.
    pub seats: i64,
}

/// What would be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyPreview {
    /// From where.
    pub from: Other,
    /// Its ticket types.
    pub types: Vec<TypeLine>,
    /// Its plan.
    pub plan: Plan,
}

/// The editor of an event's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// The event.
    pub event: EventId,
    /// Its title.
    pub title: String,
    /// Where it is on its way.
    pub state: EventState,
    /// In which currency its prices are.
    pub currency: Currency,
    /// Its ticket types, in their order.
    pub types: Vec<TypeLine>,
    /// Its seats.
    pub plan: Plan,
    /// The last change can be undone.
    pub undo: bool,
    /// The newest table that was read for it.
    pub import: Option<Import>,
    /// Events whose plans can be copied.
    pub others: Vec<Other>,
}

impl Desk {
    /// What all places bring when all are sold.
    pub fn worth(&self) -> Money {
        Money::new(self.types.iter().map(TypeLine::worth).sum(), self.currency)
    }

    /// The ticket types that seats can have.
    pub fn seated(&self) -> impl Iterator<Item = &TypeLine> {
        self.types.iter().filter(|of| of.seated)
    }
}
