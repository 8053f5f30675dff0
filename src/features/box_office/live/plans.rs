//! What whoever imports a plan is told.

use crate::{features::box_office::model::plan::import::Progress, ids::PersonId, live_events};

live_events! {
    /// What becomes of one's imports.
    pub enum PlanEvent on Channel::Person(PersonId) {
        #[doc = "How far a seat plan that one is importing or copying has come."]
        ImportChanged(Progress) = "import.changed", state(|progress| format!("import:{}", progress.id));
    }
}
