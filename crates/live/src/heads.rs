//! Following without subscribing: for each conversation that moved, its newest head goes
//! to the person channels of its connected members. Unlogged and coalesced: a reconnect
//! asks once for what moved meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{sync::Notify, time::Instant};

use super::{dispatcher::Encoded, hub::Hub};
use plenum_core::{
    channels::Channel,
    error::AppResult,
    ids::PersonId,
    live::{Kind, LiveEvent},
};

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

impl HeadEvent {
    /// `event` for `people`; of what is to be one and the same only the newest is kept for them under pressure.
    pub fn of(event: &impl LiveEvent, people: Vec<PersonId>) -> Self {
        let conflation = match event.kind() {
            Kind::Ephemeral(key) | Kind::State(key) => key,
            Kind::Fact => String::new(),
        };
        Self { event: event.name().to_owned(), payload: event.payload(), people, conflation: format!("{}:{conflation}", event.name()) }
    }
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

/// A subject's heads go out at most this often: what moved meanwhile is in the next one.
const PACE: Duration = Duration::from_millis(250);

/// Sends the heads of what `queue` names for as long as the process lives: the first at once, the next of the same subject at the end of
/// its pace.
pub async fn run(hub: Arc<Hub>, queue: fn(&Hub) -> &Moved, heads: Arc<dyn Heads>) {
    let mut pacer = Pacer::default();
    loop {
        let moved = queue(&hub);
        match pacer.wakes_at() {
            Some(at) => {
                let _ = tokio::time::timeout_at(at, moved.wake.notified()).await;
            }
            None => moved.wake.notified().await,
        }
        for subject in pacer.due(moved.take(), Instant::now()) {
            match heads.head(subject).await {
                Ok(Some(head)) => send(&hub, &head),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, subject, "a head could not be read"),
            }
            tokio::task::yield_now().await;
        }
    }
}

/// The subjects whose heads went out a moment ago, until when each rests, and whether it has moved again.
#[derive(Debug, Default)]
struct Pacer(BTreeMap<i64, (Instant, bool)>);

impl Pacer {
    /// When the first of those that moved again may go out.
    fn wakes_at(&self) -> Option<Instant> {
        self.0.values().filter(|(_, again)| *again).map(|(until, _)| *until).min()
    }

    /// Which go out now; each rests from then on.
    fn due(&mut self, moved: BTreeSet<i64>, now: Instant) -> Vec<i64> {
        for subject in moved {
            self.0.entry(subject).or_insert((now, true)).1 = true;
        }
        self.0.retain(|_, (until, again)| *again || *until > now);
        let mut due = Vec::new();
        for (subject, (until, again)) in &mut self.0 {
            if *again && *until <= now {
                (*until, *again) = (now + PACE, false);
                due.push(*subject);
            }
        }
        due
    }
}

fn send(hub: &Hub, head: &HeadEvent) {
    for person in &head.people {
        if hub.is_connected(*person) {
            let channel = Channel::Person(*person).to_string();
            if hub.has_channel(&channel) {
                hub.deliver(&channel, &Encoded::ephemeral(&channel, &head.event, &head.payload, &head.conflation), None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_head_goes_at_once_and_the_next_at_the_end_of_its_pace() {
        let mut pacer = Pacer::default();
        let now = Instant::now();
        assert_eq!(pacer.due(BTreeSet::from([1, 2]), now), [1, 2]);
        assert_eq!(pacer.wakes_at(), None, "nothing has moved again");
        assert_eq!(pacer.due(BTreeSet::from([1]), now + PACE / 2), [] as [i64; 0]);
        assert_eq!(pacer.wakes_at(), Some(now + PACE));
        assert_eq!(pacer.due(BTreeSet::from([3]), now + PACE / 2), [3], "another subject does not wait");
        assert_eq!(pacer.due(BTreeSet::new(), now + PACE), [1]);
        assert_eq!(pacer.due(BTreeSet::new(), now + PACE * 3), [] as [i64; 0]);
        assert!(pacer.0.is_empty(), "what rests no more is forgotten");
    }
}
