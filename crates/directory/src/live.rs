//! What changes about people, as live events.

use serde::{Deserialize, Serialize};

use plenum_core::{ids::OrganisationId, live_events, people::PersonCard};

/// The organisation's own settings that every page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationChanged {
    /// Its name now.
    pub name: String,
}

live_events! {
    /// What all people of an organisation see change.
    pub enum OrganisationEvent on Channel::Organisation(OrganisationId) {
        #[doc = "A person's name or avatar colour changed, or a person is new."]
        PersonChanged(PersonCard) = "person.changed", state(|card| format!("person:{}", card.id));
        #[doc = "The organisation's name changed."]
        OrganisationRenamed(OrganisationChanged) = "organisation.changed", state(|_| "organisation".to_owned());
    }
}

live_events! {
    /// What anyone may know of an organisation.
    pub enum PublicEvent on Channel::OrganisationPublic(OrganisationId) {
        #[doc = "The organisation's name changed."]
        OrganisationRenamed(OrganisationChanged) = "organisation.changed", state(|_| "organisation".to_owned());
    }
}
