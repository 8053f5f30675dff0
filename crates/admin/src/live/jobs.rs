//! What the admins who run the place are told of its jobs, and how it applies.

use crate::model::jobs::Jobs;
use plenum_core::{
    ids::{OrganisationId, PersonId},
    live::Live,
    live_events,
};

live_events! {
    /// The jobs of the whole place: told on the channel of the organisation that runs it, and on no other.
    pub enum JobsEvent on Channel::Ops(OrganisationId) {
        #[doc = "What waits and what failed too often, when it has changed and every few seconds, while somebody looks; to those who run the place."]
        JobsUpdated(Jobs) = "jobs.updated", ephemeral(|_| String::new());
    }
}

impl Live<JobsEvent> for Jobs {
    /// Something is another.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &JobsEvent) -> bool {
        let JobsEvent::JobsUpdated(newest) = event;
        let touched = self != newest;
        if touched {
            self.clone_from(newest);
        }
        touched
    }
}
