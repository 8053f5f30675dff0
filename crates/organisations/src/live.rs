//! How live events apply to the pages of organisations: only the server knows what they show.

use crate::model::{Organisations, OwnOrganisation};
use plenum_core::{
    ids::PersonId,
    live::{Drawn, Live},
};
use plenum_directory::live::SettingsEvent;

impl Live<SettingsEvent> for Organisations {
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &SettingsEvent) -> Drawn {
        match event {
            SettingsEvent::SettingsChanged(_) => Drawn::Anew,
        }
    }
}

impl Live<SettingsEvent> for OwnOrganisation {
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &SettingsEvent) -> Drawn {
        match event {
            SettingsEvent::SettingsChanged(_) => Drawn::Anew,
        }
    }
}
