//! The queue of one person in one browser, without the browser: what is next, what an
//! answer means, how long to wait. A message leaves it only when the server has answered,
//! or when its writer discards it (S2-71, S4-08, S4-28).

use serde::{Deserialize, Serialize};

use crate::model::{Pending, is_of_somebody_else};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::{ConversationId, MessageId, Millis},
    sorted::sort_by,
};

/// The longest wait between two attempts, in milliseconds.
const LONGEST_WAIT: u32 = 10_000;
/// The first wait, in milliseconds; doubled at each attempt.
const FIRST_WAIT: u32 = 500;

/// A message that waits for the server's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The idempotency key; the same at each attempt (I6).
    pub key: String,
    /// Where it goes.
    pub conversation: ConversationId,
    /// The Markdown source.
    pub text: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// When it was written, by the browser's clock; unique in its queue, so it is the order too.
    pub at: Millis,
    /// Why the server refused it; it waits for Retry or Discard.
    pub failed: Option<String>,
}

impl From<&Item> for Pending {
    fn from(item: &Item) -> Self {
        Self { key: item.key.clone(), text: item.text.clone(), reply_to: item.reply_to, at: item.at, failed: item.failed.clone() }
    }
}

/// All that one person has written in this browser and the server has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    items: Vec<Item>,
}

impl Queue {
    /// Reads what the browser has stored, one text per item; what cannot be read is left out.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut items: Vec<Item> = texts.into_iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        sort_by(&mut items, |a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        items.dedup_by(|a, b| a.key == b.key);
        Self { items }
    }

    /// Adds items that the browser could not store, unless they are here already.
    #[must_use]
    pub fn with(mut self, unstored: &[Item]) -> Self {
        for item in unstored {
            if self.get(&item.key).is_none() {
                self.items.push(item.clone());
            }
        }
        sort_by(&mut self.items, |a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        self
    }

    /// The time to give an item written at `now`: later than all before it, so that the order
    /// holds within one millisecond and over a clock that is set back.
    pub fn time_for(&self, now: Millis) -> Millis {
        self.items.last().map_or(now, |last| now.max(last.at + 1))
    }

    /// The item with this key.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    /// What to send next: the oldest that has not been refused.
    pub fn next(&self) -> Option<&Item> {
        self.items.iter().find(|item| item.failed.is_none())
    }

    /// How many wait to be sent.
    pub fn waiting(&self) -> usize {
        self.items.iter().filter(|item| item.failed.is_none()).count()
    }

    /// What belongs to `conversation`, in the order in which it was written.
    pub fn of(&self, conversation: ConversationId) -> Vec<Pending> {
        self.items.iter().filter(|item| item.conversation == conversation).map(Pending::from).collect()
    }

    /// True if something of `conversation` was refused.
    pub fn has_failed(&self, conversation: ConversationId) -> bool {
        self.items.iter().any(|item| item.conversation == conversation && item.failed.is_some())
    }
}

/// What an answer means for the item that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the conversation: it leaves the queue.
    Sent,
    /// Refused for good: it stays, and says why.
    Refused(String),
    /// Nobody is signed in here, or somebody else: the queue stands still until its person is back.
    SignedOut,
    /// Try the same again after so many milliseconds, or as soon as something changes.
    Again(u32),
    /// Try the same again after so many milliseconds and not earlier: the server has said so.
    NotBefore(u32),
}

/// Judges the answer to the attempt number `attempt` (0 for the first); `jitter` is from 0 to 1.
pub fn judge<T>(answer: &Result<T, AppError>, attempt: u32, jitter: f64) -> Verdict {
    match answer {
        Ok(_) => Verdict::Sent,
        Err(error) if error.kind == ErrorKind::SignedOut || is_of_somebody_else(error) => Verdict::SignedOut,
        Err(error) if error.is_transient() => match error.retry_after {
            Some(seconds) => Verdict::NotBefore(seconds.saturating_mul(1_000)),
            None => Verdict::Again(wait(attempt, jitter)),
        },
        Err(error) => Verdict::Refused(error.message.clone()),
    }
}

/// Milliseconds to wait: doubled from half a second to ten seconds, half of it left to
/// chance so that many browsers do not come back at once.
fn wait(attempt: u32, jitter: f64) -> u32 {
    let full = FIRST_WAIT.saturating_mul(1 << attempt.min(10)).min(LONGEST_WAIT);
    full / 2 + (f64::from(full / 2) * jitter.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(key: &str, at: Millis, failed: bool) -> Item {
        Item {
            key: key.to_owned(),
            conversation: ConversationId(if key.len().is_multiple_of(2) { 1 } else { 2 }),
            text: format!("text of {key}"),
            reply_to: None,
            at,
            failed: failed.then(|| "no".to_owned()),
        }
    }

    fn stored(items: &[Item]) -> Vec<String> {
        items.iter().map(|item| serde_json::to_string(item).unwrap()).collect()
    }

    fn error(kind: ErrorKind, retry_after: Option<u32>) -> Result<(), AppError> {
        Err(AppError { kind, message: "why".into(), field: None, code: None, retry_after, reference: None })
    }

    proptest! {
        /// Whatever order the browser lists them in, what was written first goes out first,
        /// and nothing is there twice (I7, I8).
        #[test]
        fn the_order_is_that_of_writing(mut times in proptest::collection::vec(0i64..1_000, 1..20), turn in 0usize..20) {
            let mut queue = Queue::default();
            for (index, now) in times.iter_mut().enumerate() {
                *now = queue.time_for(*now);
                queue = queue.with(&[item(&format!("k{index}"), *now, false)]);
            }
            let mut texts = stored(&queue.items);
            let turn = turn % texts.len();
            texts.rotate_left(turn);
            texts.push(texts[0].clone());
            let read = Queue::read(texts.iter().map(String::as_str));
            prop_assert_eq!(&read, &queue);
            let keys: Vec<_> = read.items.iter().map(|item| item.key.clone()).collect();
            prop_assert_eq!(keys, (0..times.len()).map(|index| format!("k{index}")).collect::<Vec<_>>());
        }

        /// A wait is never longer than the longest, and never less than half of its step.
        #[test]
        fn waits_are_bounded(attempt in 0u32..200, jitter in 0.0f64..=1.0) {
            let wait = wait(attempt, jitter);
            prop_assert!((FIRST_WAIT / 2..=LONGEST_WAIT).contains(&wait));
            prop_assert!(attempt < 5 || wait >= LONGEST_WAIT / 2);
        }
    }

    #[test]
    fn a_refused_item_lets_the_others_pass_and_stays() {
        let texts = stored(&[item("first", 1, true), item("second", 2, false)]);
        let queue = Queue::read(texts.iter().map(String::as_str));
        assert_eq!(queue.next().map(|item| item.key.as_str()), Some("second"));
        assert_eq!(queue.waiting(), 1);
        assert!(queue.get("first").is_some());
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let good = stored(&[item("good", 1, false)]);
        let queue = Queue::read(["{", "null", "{\"key\":1}", good[0].as_str()]);
        assert_eq!(queue.items.len(), 1);
    }

    #[test]
    fn answers_are_judged_by_what_may_change() {
        assert_eq!(judge::<()>(&Ok(()), 0, 0.0), Verdict::Sent);
        assert_eq!(judge(&error(ErrorKind::SignedOut, None), 0, 0.0), Verdict::SignedOut);
        let of_somebody_else = Err::<(), _>(AppError::conflict("why").with_code(plenum_core::error::ErrorCode::OtherAuthor));
        assert_eq!(judge(&of_somebody_else, 0, 0.0), Verdict::SignedOut);
        for kind in [ErrorKind::Invalid, ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::Conflict] {
            assert_eq!(judge(&error(kind, None), 3, 0.5), Verdict::Refused("why".into()), "{kind:?}");
        }
        for kind in [ErrorKind::Internal, ErrorKind::Unreachable, ErrorKind::TooMany] {
            assert_eq!(judge(&error(kind, None), 0, 0.0), Verdict::Again(250), "{kind:?}");
        }
        // Retry-After is honoured, whatever the attempt (S4-28).
        assert_eq!(judge(&error(ErrorKind::TooMany, Some(42)), 0, 0.0), Verdict::NotBefore(42_000));
    }
}
