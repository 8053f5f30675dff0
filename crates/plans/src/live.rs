//! What whoever imports a plan is told.

use crate::model::{
    desk::Desk,
    import::{ImportState, Progress},
};
use plenum_core::{
    ids::PersonId,
    live::{Drawn, Live},
    live_events,
};
use plenum_events::live::seats::SeatsEvent;

live_events! {
    /// What becomes of one's imports.
    pub enum PlanEvent on Channel::Person(PersonId) {
        #[doc = "How far a seat plan that one is importing or copying has come."]
        ImportChanged(Progress) = "import.changed", state(|progress| format!("import:{}", progress.id));
    }
}

impl Live<SeatsEvent> for Desk {
    /// What a plan is made of is not told.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &SeatsEvent) -> Drawn {
        if matches!(event, SeatsEvent::PlanChanged(_)) { Drawn::Anew } else { Drawn::Nothing }
    }
}

impl Live<PlanEvent> for Desk {
    /// An import that is new here, or over, has changed more than its bar.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &PlanEvent) -> Drawn {
        let PlanEvent::ImportChanged(progress) = event;
        if progress.event_id != self.event {
            return Drawn::Nothing;
        }
        let Some(known) = self.import.as_mut().map(|import| &mut import.progress).filter(|known| known.id >= progress.id) else {
            return Drawn::Anew;
        };
        if known.id > progress.id || *known == *progress {
            return Drawn::Nothing;
        }
        if progress.state != ImportState::Running {
            return Drawn::Anew;
        }
        if known.written > progress.written {
            return Drawn::Nothing;
        }
        known.clone_from(progress);
        Drawn::Shown
    }
}
