//! A person in the directory.

use serde::{Deserialize, Serialize};

use plenum_core::{
    ids::Millis,
    people::{PersonCard, Role},
};

/// A line of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    pub card: PersonCard,
    /// What they do.
    pub roles: Vec<Role>,
    /// When they were last here, if they let others see it.
    pub last_seen: Option<Millis>,
}
