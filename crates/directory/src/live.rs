//! What changes about people, as live events.

use serde::{Deserialize, Serialize};

use plenum_core::{
    ids::{Millis, OrganisationId},
    live_events,
    look::Look,
    people::PersonCard,
};

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
        #[doc = "The organisation's logo, its colour, or which public pages it has changed."]
        LookChanged(Look) = "organisation.look_changed", state(|_| "look".to_owned());
    }
}

live_events! {
    /// What anyone may know of an organisation.
    pub enum PublicEvent on Channel::OrganisationPublic(OrganisationId) {
        #[doc = "The organisation's name changed."]
        OrganisationRenamed(OrganisationChanged) = "organisation.changed", state(|_| "organisation".to_owned());
        #[doc = "The organisation's logo, its colour, or which public pages it has changed."]
        LookChanged(Look) = "organisation.look_changed", state(|_| "look".to_owned());
    }
}

/// That something of an organisation is another now than its admins see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// When, in milliseconds UTC.
    pub at: Millis,
}

live_events! {
    /// What the admins who look at the settings of an organisation are told; those who run the server are told of every organisation.
    pub enum SettingsEvent on Channel::Ops(OrganisationId) {
        #[doc = "An organisation was made, renamed, limited, suspended or resumed, or its pages changed: what is shown is to be asked for."]
        SettingsChanged(SettingsChanged) = "organisations.changed", state(|_| "organisations".to_owned());
    }
}
