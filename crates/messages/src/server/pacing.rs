//! One write per two seconds, person and conversation, however often a browser reports marks.
//!
//! The first mark is written at once and opens a period; what comes within it is merged and
//! written at its end, which opens the next. This is a cache in one process's memory: the truth is
//! the row, marks only grow, and one that is lost with the process comes again from the browser.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, PersonId},
    people::Identity,
};
use plenum_store::{
    active,
    db::{Store, Tx},
};

use super::pointers::{self, Mark};

/// Deliveries that one request may report.
const DELIVERIES: usize = 300;
/// How long a period is.
const PERIOD: Duration = Duration::from_secs(2);

/// Whose pointer, where.
type Key = (PersonId, ConversationId);

/// Keys with an open period, and what waits for its end.
#[derive(Debug)]
struct Pacer<K> {
    open: Mutex<HashMap<K, Mark>>,
}

impl<K> Default for Pacer<K> {
    fn default() -> Self {
        Self { open: Mutex::new(HashMap::new()) }
    }
}

impl<K: Eq + Hash + Clone> Pacer<K> {
    fn open(&self) -> MutexGuard<'_, HashMap<K, Mark>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if `mark` is to be written now, which opens a period; else it waits.
    fn enter(&self, key: &K, mark: Mark) -> bool {
        match self.open().entry(key.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(Mark::default());
                true
            }
            Entry::Occupied(mut waiting) => {
                let merged = waiting.get().and(mark);
                waiting.insert(merged);
                false
            }
        }
    }

    /// At a period's end: what waited, which opens the next period; `None` closes it.
    fn next(&self, key: &K) -> Option<Mark> {
        let mut open = self.open();
        let mark = open.get_mut(key).map(std::mem::take).filter(|mark| *mark != Mark::default());
        if mark.is_none() {
            open.remove(key);
        }
        mark
    }

    /// What waits, taken out of turn; the period goes on.
    fn take(&self, key: &K) -> Mark {
        self.open().get_mut(key).map(std::mem::take).unwrap_or_default()
    }

    /// Writes `first`, then what waits at the end of each period, until nothing does.
    async fn run<O: Future<Output = AppResult<()>>>(
        &self,
        key: K,
        first: Mark,
        write: impl Fn(Mark) -> O,
        answer: oneshot::Sender<AppResult<()>>,
    ) {
        // However this ends, the key must not stay open: nobody would write for it any more.
        let closing = Closing { pacer: self, key: &key };
        let outcome = write(first).await;
        let failed = outcome.is_err();
        let _ = answer.send(outcome);
        if failed {
            return;
        }
        loop {
            tokio::time::sleep(PERIOD).await;
            let Some(mark) = closing.pacer.next(closing.key) else { return };
            if let Err(error) = write(mark).await {
                tracing::debug!(%error, "a mark was not written");
                return;
            }
        }
    }
}

struct Closing<'a, K: Eq + Hash + Clone> {
    pacer: &'a Pacer<K>,
    key: &'a K,
}

impl<K: Eq + Hash + Clone> Drop for Closing<'_, K> {
    fn drop(&mut self) {
        self.pacer.open().remove(self.key);
    }
}

/// Writes `mark` now or within two seconds.
///
/// # Errors
/// 404 if who asks is not a member, as far as it is written now.
pub async fn mark(store: &Store, who: &Identity, conversation: ConversationId, mark: Mark) -> AppResult<()> {
    let (pacer, key) = (store.part::<Pacer<Key>>(), (who.person, conversation));
    if !pacer.enter(&key, mark) {
        return Ok(());
    }
    let (answer, outcome) = oneshot::channel();
    let (store, who) = (store.clone(), who.clone());
    tokio::spawn(async move {
        let write = |mark: Mark| {
            let (store, who) = (store.clone(), who.clone());
            let person = who.person;
            // The task is not the request's any more: who asks is named again.
            active::acting(Some(person), async move {
                store.write(async move |tx: &mut Tx| pointers::mark(tx, &who, conversation, mark).await).await
            })
        };
        pacer.run(key, mark, write, answer).await;
    });
    outcome.await.map_err(|_| AppError::internal())?
}

/// Says that messages have reached a browser of who asks. What is none of theirs is left out.
pub async fn mark_delivered(store: &Store, who: &Identity, mut heads: Vec<(ConversationId, u64)>) -> AppResult<()> {
    heads.truncate(DELIVERIES);
    let news = pointers::undelivered(&mut *store.read().await?, who, heads).await?;
    let marks = news.into_iter().map(|(conversation, number)| mark(store, who, conversation, Mark { read: None, delivered: Some(number) }));
    // Together, so that they share a commit.
    for outcome in futures::future::join_all(marks).await {
        if let Err(error) = outcome {
            tracing::debug!(%error, "a delivery was not written");
        }
    }
    Ok(())
}

/// Marks unread from `number` on, for who asks alone.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mark_unread(store: &Store, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    // What was read before must not take the mark back afterwards.
    let (waiting, who) = (store.part::<Pacer<Key>>().take(&(who.person, conversation)), who.clone());
    let write = async move |tx: &mut Tx| {
        if waiting != Mark::default() {
            pointers::mark(tx, &who, conversation, waiting).await?;
        }
        pointers::mark_unread(tx, &who, conversation, number).await
    };
    store.write(write).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn read(number: u64) -> Mark {
        Mark { read: Some(number), delivered: None }
    }

    /// Marks every 100 ms for 5 s are four writes: at once, and at the end of each period with the furthest.
    #[tokio::test(start_paused = true)]
    async fn marks_are_written_at_once_and_then_once_a_period() {
        let pacer: Arc<Pacer<u8>> = Arc::default();
        let written: Arc<Mutex<Vec<(u64, Mark)>>> = Arc::default();
        let begun = tokio::time::Instant::now();
        let mut runs = Vec::new();
        for step in 0..50_u64 {
            if pacer.enter(&1, read(step)) {
                let (pacer, written) = (pacer.clone(), written.clone());
                runs.push(tokio::spawn(async move {
                    let write = |mark| {
                        written.lock().unwrap().push((begun.elapsed().as_millis() as u64, mark));
                        std::future::ready(Ok(()))
                    };
                    pacer.run(1, read(step), write, oneshot::channel().0).await;
                }));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(runs.len(), 1);
        for run in runs {
            run.await.unwrap();
        }
        let written = written.lock().unwrap().clone();
        let at: Vec<u64> = written.iter().map(|(at, _)| at / 100).collect();
        assert_eq!(at, [0, 20, 40, 60], "{written:?}");
        assert_eq!(written.first().unwrap().1, read(0));
        assert_eq!(written.last().unwrap().1, read(49));
        assert!(pacer.open().is_empty(), "the period is closed once nothing waits");
    }

    /// A refused first mark closes the period, so that the next one is asked again.
    #[tokio::test(start_paused = true)]
    async fn a_refusal_closes_the_period() {
        let pacer: Pacer<u8> = Pacer::default();
        assert!(pacer.enter(&1, read(1)));
        let (answer, outcome) = oneshot::channel();
        pacer.run(1, read(1), |_| std::future::ready(Err(AppError::not_found("no"))), answer).await;
        assert!(outcome.await.unwrap().is_err());
        assert!(pacer.enter(&1, read(1)));
    }

    #[test]
    fn marks_merge_to_the_furthest() {
        let pacer: Pacer<u8> = Pacer::default();
        assert!(pacer.enter(&1, read(1)));
        assert!(!pacer.enter(&1, read(9)));
        assert!(!pacer.enter(&1, Mark { read: Some(4), delivered: Some(12) }));
        assert!(pacer.enter(&2, read(1)), "another key has its own period");
        assert_eq!(pacer.take(&1), Mark { read: Some(9), delivered: Some(12) });
        assert_eq!(pacer.next(&1), None);
        assert!(pacer.enter(&1, read(10)));
    }
}
