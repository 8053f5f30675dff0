//! How live events apply to the page `/admin/mail`.

use crate::model::mail::Mailing;
use plenum_core::{
    ids::PersonId,
    live::{Drawn, Live},
    mail::MailEvent,
};

impl Live<MailEvent> for Mailing {
    /// The newest, the counts and who refuses only the server knows.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &MailEvent) -> Drawn {
        match event {
            MailEvent::MailsChanged(_) => Drawn::Anew,
        }
    }
}
