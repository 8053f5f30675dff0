//! What goes wrong, by kind and place.
//!
//! Every error that leaves the server is counted once: [`watch`] stands around all requests and sees what became of each; sockets,
//! webhooks and jobs call [`Faults::count`]. Nothing of this is stored, and nothing of it is about a person: inputs that were
//! refused are counted by the field's name, never with what was entered.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    db,
    windowed_counts::{Seen, Tally},
};
pub use plenum_core::faults::{Reference, because, references, short, with_reference};
use plenum_core::{
    error::{AppError, ErrorKind},
    faults::remember,
    ids::{Millis, OrganisationId},
};

/// Kinds of errors that are remembered.
const FAULTS: usize = 400;
/// Where requests are answered that no route knows.
const ELSEWHERE: &str = "no such address";

/// What errors have in common that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Whose people met it, where that is known.
    pub organisation: Option<OrganisationId>,
    /// As HTTP says it.
    pub status: u16,
    /// The route, or what else of the server it was.
    pub place: String,
}

/// What went wrong on one store's server; a [part](db::Store::part) of the store.
#[derive(Debug)]
pub struct Faults(Tally<Fault, String>);

impl Default for Faults {
    fn default() -> Self {
        Self(Tally::new(FAULTS))
    }
}

impl Faults {
    /// Counts something that went wrong at `place`; `said` is why, without anything of a person in it.
    pub fn count(&self, place: &str, status: u16, said: &str) {
        self.add(Fault { organisation: None, status, place: place.to_owned() }, short(said));
    }

    /// Counts an error that leaves the server at `place`.
    pub fn count_error(&self, place: &str, error: &AppError, organisation: Option<OrganisationId>) {
        if let Some(word) = &error.reference {
            tracing::error!(reference = word, place, "an internal error was told");
            remember(word, "", Some(place));
        }
        let said = match (error.kind, &error.field) {
            // What was entered, or somebody's name, may stand in the sentence.
            (_, Some(field)) => format!("field {field}"),
            (ErrorKind::Invalid, None) => String::new(),
            // The reference is another each time, and has a list of its own.
            (ErrorKind::Internal, _) => AppError::internal().message,
            _ => error.message.clone(),
        };
        self.add(Fault { organisation, status: error.status(), place: place.to_owned() }, short(&said));
    }

    fn add(&self, fault: Fault, said: String) {
        self.0.note(fault, db::now(), |known| *known = said);
    }

    /// What went wrong lately, the newest first; the message beside each is the last one's.
    pub fn known(&self, now: Millis) -> Vec<Seen<Fault, String>> {
        self.0.list(now)
    }
}

/// An error, and whose people it was told to.
type Told = (AppError, Option<OrganisationId>);

/// What goes wrong while a request is answered: put into it by [`watch`], filled by what answers. The last word counts.
#[derive(Debug, Clone, Default)]
pub struct Slot(Arc<Mutex<Option<Told>>>);

impl Slot {
    /// The request ends with `error`.
    pub fn put(&self, error: &AppError, organisation: Option<OrganisationId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((error.clone(), organisation));
    }

    fn take(&self) -> Option<Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Why a response is what it is, for answers that are no [`AppError`].
#[derive(Debug, Clone)]
pub struct Said(pub String);

/// An error as a plain answer, where there is no page to show it on.
pub fn error_response(error: AppError) -> Response {
    let error = with_reference(error);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, error.message.clone()).into_response();
    response.extensions_mut().insert(error);
    response
}

/// Middleware around everything: counts how requests end that end badly.
pub async fn watch(State(faults): State<Arc<Faults>>, mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    let place = request.extensions().get::<MatchedPath>().map_or_else(|| ELSEWHERE.to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(slot.clone());
    let response = next.run(request).await;
    let status = response.status();
    if let Some((error, organisation)) = slot.take() {
        faults.count_error(&place, &error, organisation);
    } else if let Some(error) = response.extensions().get::<AppError>() {
        faults.count_error(&place, error, None);
    } else if status.is_client_error() || status.is_server_error() {
        let said =
            response.extensions().get::<Said>().map_or_else(|| status.canonical_reason().unwrap_or_default(), |said| said.0.as_str());
        faults.count(&place, status.as_u16(), said);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(faults: &Faults) -> Vec<(u16, u64, String)> {
        faults.known(db::now()).into_iter().map(|seen| (seen.key.status, seen.count, seen.about)).collect()
    }

    /// What was entered is nowhere; the field's name is.
    #[test]
    fn a_refused_input_is_counted_by_its_field() {
        let faults = Faults::default();
        for text in ["my secret", "another"] {
            faults.count_error("test: input", &AppError::invalid("origins", format!("{text} is not an origin.")), None);
        }
        assert_eq!(counted(&faults), [(422, 2, "field origins".to_owned())]);
    }

    /// An internal error is told with a reference, under which its cause and its place are found.
    #[test]
    fn an_internal_error_is_found_by_its_reference() {
        let error = because("the disk is full");
        let word = error.reference.clone().unwrap();
        assert!(error.message.contains(&word));
        assert_eq!(with_reference(error.clone()), error, "one reference is enough");
        let faults = Faults::default();
        faults.count_error("test: internal", &error, None);
        let found = references().into_iter().find(|reference| reference.word == word).unwrap();
        assert_eq!((found.cause.as_str(), found.place.as_deref()), ("the disk is full", Some("test: internal")));
        let [(500, 1, said)] = &counted(&faults)[..] else { panic!("it is counted once") };
        assert!(!said.contains(&word));
        assert!(with_reference(AppError::conflict("It is full.")).reference.is_none());
    }
}
