//! Following without subscribing: for each conversation that moved, its newest head goes
//! to the person channels of its connected members. Unlogged and coalesced: a reconnect
//! asks once for what moved meanwhile.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use tokio::sync::Notify;

use super::{dispatcher::Encoded, hub::Hub};
use crate::{channels::Channel, error::AppResult, ids::PersonId};

/// What a feature registers to have its subjects followed.
pub trait Heads: Send + Sync + 'static {
    /// The newest head of `subject` and who follows it; `None` if there is nothing to say.
    fn head<'a>(&'a self, subject: i64) -> BoxFuture<'a, AppResult<Option<HeadEvent>>>;
}

/// A head on its way to the people who follow.
#[derive(Debug, Clone)]
pub struct HeadEvent {
    /// The event's wire name.
    pub event: String,
    /// Its payload as JSON text.
    pub payload: String,
    /// Who follows.
    pub people: Vec<PersonId>,
    /// Under pressure the newest of this key replaces the older.
    pub conflation: String,
}

/// Subjects that moved and have not been sent yet; each at most once.
#[derive(Debug, Default)]
pub struct Moved {
    subjects: Mutex<BTreeSet<i64>>,
    wake: Notify,
}

impl Moved {
    /// Notes that `subject` has moved.
    pub fn note(&self, subject: i64) {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner).insert(subject);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeSet<i64> {
        std::mem::take(&mut *self.subjects.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends heads for as long as the process lives.
pub async fn run(hub: Arc<Hub>, heads: Arc<dyn Heads>) {
    loop {
        hub.moved().wake.notified().await;
        for subject in hub.moved().take() {
            match heads.head(subject).await {
                Ok(Some(head)) => send(&hub, &head),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, subject, "a head could not be read"),
            }
            tokio::task::yield_now().await;
        }
    }
}

fn send(hub: &Hub, head: &HeadEvent) {
    for person in &head.people {
        if hub.is_connected(*person) {
            let channel = Channel::Person(*person).to_string();
            hub.deliver(&channel, &Encoded::ephemeral(&channel, &head.event, &head.payload, &head.conflation), None);
        }
    }
}
