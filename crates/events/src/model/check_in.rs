//! What happens at a door: a code, an answer, and how many are in.

use serde::{Deserialize, Serialize};

use super::{event::EventState, seat::Place};
use plenum_core::{
    ids::{CheckInId, EventId, Millis, SpaceId, TicketId},
    people::PersonCard,
    time::Zone,
};
use plenum_wallet::model::Currency;

/// For how long one can take back whom one has let in, in milliseconds.
pub const UNDO: Millis = 60_000;
/// Who came in last: as many are shown.
pub const RECENT: usize = 8;

/// What a door answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Let them in.
    Admitted,
    /// Somebody came in with it already.
    Used,
    /// It is for another event.
    WrongEvent,
    /// Its money was given back.
    Void,
    /// It is no ticket of this place.
    Unknown,
}

/// How many are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(as = CheckInCounts))]
pub struct Counts {
    /// Tickets that have admitted.
    pub admitted: u32,
    /// Tickets that are good for something: these, and those that are still to come.
    pub expected: u32,
}

/// Whose ticket it is, as a door shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Guest {
    /// The ticket.
    #[serde(rename = "ticket_id")]
    pub ticket: TicketId,
    /// Whose it is.
    pub name: String,
    /// The ticket type.
    pub kind: String,
    /// The seat; none where one stands.
    pub place: Option<Place>,
    /// The number of the order.
    pub order: String,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Answer {
    /// What to do.
    pub outcome: Outcome,
    /// Whose ticket it is, if it is one of this event.
    pub guest: Option<Guest>,
    /// For which event it is, if that is another one of the same organisation.
    pub other_event: Option<String>,
    /// Used before: when, in milliseconds UTC.
    pub used_at: Option<Millis>,
    /// Used before: who let them in.
    pub used_by: Option<String>,
    /// What can be taken back for a minute; of those who were let in just now.
    #[serde(rename = "check_in_id")]
    pub check_in: Option<CheckInId>,
    /// How many are in now.
    pub counts: Counts,
}

/// Somebody came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// This time.
    pub id: CheckInId,
    /// Who.
    pub guest: Guest,
    /// Who let them in.
    pub by: PersonCard,
    /// When.
    pub at: Millis,
}

/// How it stands at the doors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckIns {
    /// How many are in.
    pub counts: Counts,
    /// Who came in last, the newest first; [`RECENT`] at most.
    pub recent: Vec<Entry>,
}

/// What stands above the pages of those who run an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The event.
    pub id: EventId,
    /// Its space, whose staff they are.
    pub space: SpaceId,
    /// What it is called.
    pub title: String,
    /// How it stands with it.
    pub state: EventState,
    /// The zone of its times.
    pub zone: Zone,
    /// When it begins.
    pub starts_at: Millis,
    /// In which currency its prices are.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn outcomes_read_back() {
        for &outcome in Outcome::VARIANTS {
            assert_eq!(outcome.into_str().parse(), Ok(outcome));
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.into_str());
        }
        assert!("valid".parse::<Outcome>().is_err());
    }
}
