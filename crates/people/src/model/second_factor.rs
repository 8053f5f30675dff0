//! The second factor of a person, as both sides see it.

use serde::{Deserialize, Serialize};

use plenum_core::{
    ids::Millis,
    people::{PersonCard, Role},
    qr::Picture,
};

/// One's second factor, on the pages that change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFactor {
    pub state: FactorState,
    /// A role of theirs needs one, so that it cannot be turned off.
    pub required: bool,
    /// Their login's address.
    pub email: String,
    /// The recovery codes that a page without scripts has just made; shown to that page only.
    pub made: Option<Vec<String>>,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactorState {
    Off,
    /// It waits for the first code of the app.
    Begun(SetUp),
    On {
        since: Millis,
        /// Recovery codes that have not been used.
        codes_left: u32,
    },
}

/// What the app is to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The secret in base 32, in groups of four.
    pub secret: String,
    /// The same with the names of account and organisation, for a camera.
    pub picture: Picture,
}

/// For which roles an organisation demands a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    pub roles: Vec<Role>,
    /// How many people have one of these roles and no second factor.
    pub lacking: u32,
    /// Some of them, by name.
    pub people: Vec<PersonCard>,
}
