//! The members of a space, as both sides see them.

use serde::{Deserialize, Serialize};

use plenum_core::people::PersonCard;

/// Members that are named; of more there is a number, and pages that one asks for.
pub const NAMED: i64 = 200;

/// Somebody in a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SpaceMember {
    /// Who.
    pub card: PersonCard,
    /// They run it.
    pub staff: bool,
}

/// Who is in a space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// By id; none while there are more than [`NAMED`].
    pub members: Vec<SpaceMember>,
    /// How many.
    pub count: i64,
}
