//! What live events do to the pages of this crate.

use crate::model::{PersonDetail, SignedIn};
use plenum_core::{
    activity::live::AuditEvent,
    ids::PersonId,
    live::{Drawn, Live},
};

/// Each sign-in and sign-out adds a row to the activity record, and its number is announced. The list of who is signed in is requested from the
/// server.
impl Live<AuditEvent> for SignedIn {
    type Touched = Drawn;

    fn apply(&mut self, _viewer: PersonId, event: &AuditEvent) -> Drawn {
        let AuditEvent::Moved(_) = event;
        Drawn::Anew
    }
}

/// Whatever changes how a person stands adds a row to the activity record, too.
impl Live<AuditEvent> for PersonDetail {
    type Touched = Drawn;

    fn apply(&mut self, _viewer: PersonId, event: &AuditEvent) -> Drawn {
        let AuditEvent::Moved(_) = event;
        Drawn::Anew
    }
}
